"""Plain text to blocks: detects the character set, joins wrapped lines, recognizes list items and titles."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.document_title import document_title
from extractors.layout import Extraction, Options, RawBlock, refuse_oversized
from extractors.line_shapes import (
    continues_sentence,
    is_caps,
    is_lettered,
    is_numbered_title,
    is_title,
    number_depth,
    split_bullet,
    split_marker,
)
from extractors.utf16 import unmarked_utf16
from smallprint.records import DocumentWarning

_BOMS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}
# Characters outside ASCII in Western text. Text that decodes from Windows-1252 to these alone is Windows-1252, whatever
# statistics say of so few characters.
_WESTERN_CHARS = frozenset("‘’“”„‚–—…•·€£§©®™°«»¿¡ \u00a0" + "äöüßÄÖÜàâæçéèêëîïôœùûÿÀÂÇÉÈÊÎÔÙÛáíóúñÁÍÓÚÑìòãõåøÅØÆ")
_SAMPLE_BYTES = 65_536  # from which the character set is guessed, since statistics of a whole file take long
LINES_PER_BLOCK = (
    5  # a generous average with blank lines; a file is too long if it has more for the most blocks allowed
)

# How people wrap plain text, chosen by eye. Quantile and ragged share matter most: a fifth less changes about half of
# 31 text files; the other figures change two files at most.
_WRAP_WIDTHS = range(40, 121)  # columns
_WRAP_QUANTILE = 0.95  # of the line lengths: addresses and tables run over the width that all other lines keep to
_RAGGED_SHARE = 0.7  # of the wrap width: a line of this length may have been wrapped by hand
_SHORT_LINE_CHARS = 60  # a shorter line in a wrapped file may end its paragraph
_INDENT_CHARS = 2  # of the first line of a paragraph
# A title that nothing but blank lines marks has to be shorter than others, and be followed by more than a line of text.
_MAX_PLAIN_TITLE_WORDS = 9
_MAX_PLAIN_TITLE_CHARS = 70
_LINE_CHARS = 80

_CLAUSE_END = re.compile(r"(?:[.;:!?]['\"’”)\]]*|[;,] (?:and|or|und|oder|et|ou|y|o|e|lub|i))$")
_SENTENCE_END = re.compile(r"[.!?:]['\"’”)\]]*$")
_HYPHEN_END = re.compile(r"[^\W\d_]-$")
_UNDERLINE = re.compile(r"^\s{0,80}([=\-~_*])\1{2,}\s{0,80}$")
_HASHES = re.compile(r"(#{1,6}) +(?=\S)")


def decode(data: bytes) -> tuple[str, tuple[DocumentWarning, ...]]:
    """The text in ``data``, with a warning where its character set was guessed or bytes were replaced."""
    for bom, charset in _BOMS.items():
        if data.startswith(bom):
            return data.decode(charset, errors="replace"), ()
    utf16 = unmarked_utf16(data)  # before UTF-8: ASCII letters with zero bytes between them are valid UTF-8
    if utf16:
        guessed = DocumentWarning(code="charset_guessed", detail=f"read as {utf16}")
        return data.decode(utf16, errors="replace"), (guessed,)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    charset = _guess_charset(data)
    text = data.decode(charset, errors="replace")
    replaced = text.count("\ufffd")
    detail = f"read as {charset}" + (f"; {replaced} bytes or characters could not be read" if replaced else "")
    return text, (DocumentWarning(code="charset_guessed", detail=detail),)


def extract_text(data: bytes, _options: Options) -> Extraction:
    """The blocks of a plain text file: blank lines separate paragraphs, wrapped lines are joined.

    Raises:
        DocumentError: ``too_large`` where it has more lines than any document.

    """
    text, warnings = decode(data)
    refuse_oversized(text.count("\n") // LINES_PER_BLOCK)
    lines = [line.expandtabs(4).rstrip() for line in re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text)]
    width = _wrap_width(lines)
    passages = [passage for stanza in _stanzas(lines) for passage in _passages(stanza, width)]
    refuse_oversized(len(passages))
    blocks = tuple(_blocks(passages))
    return Extraction(blocks, title=document_title(blocks), warnings=warnings)


def _guess_charset(data: bytes) -> str:
    sample = data[:_SAMPLE_BYTES]
    western = sample.decode("cp1252", errors="replace")
    if all(character in _WESTERN_CHARS for character in western if not character.isascii()):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best is not None else "cp1252"


@dataclass
class _Passage:
    """Lines that make one block: a paragraph, an item, a title. Each but the first begins with what joins it."""

    lines: list[str]
    indent: int  # of the first line, columns
    alone: bool = False  # blank lines above and below
    underlined: bool = False

    @property
    def text(self) -> str:
        return "".join(self.lines).strip()


def _stanzas(lines: list[str]) -> Iterator[list[str]]:
    """The runs of lines between blank lines."""
    stanza: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            stanza.append(line)
        elif stanza:
            yield stanza
            stanza = []


def _wrap_width(lines: list[str]) -> int | None:
    """The column at which the file wraps its lines; None where every line is a paragraph."""
    lengths = sorted(len(line) for line in lines if line.strip())
    if not lengths:
        return None
    width = lengths[int(len(lengths) * _WRAP_QUANTILE)]
    longest = lengths[-1]
    return width if width in _WRAP_WIDTHS and longest <= width * 1.5 + 20 else None


def _passages(stanza: list[str], width: int | None) -> Iterator[_Passage]:
    """A stanza, split where an item or paragraph begins inside it; deliberate line ends within a passage are kept."""
    passage: _Passage | None = None
    for index, line in enumerate(stanza):
        if _UNDERLINE.match(line):
            if passage is not None and len(passage.lines) == 1:
                passage.underlined = True
                yield passage
                passage = None
            continue
        if passage is not None:
            before = stanza[index - 1]
            full = width is not None and len(before) + 1 + len(line.split(maxsplit=1)[0]) > width
            if not _begins_passage(before, line, passage, full=full, wrapped=width is not None):
                passage.lines.append(_joint(before, wrapped=full or _is_ragged(before, width)) + line.strip())
                continue
            yield passage
        passage = _Passage([line.strip()], _indent(line), alone=len(stanza) == 1)
    if passage is not None:
        yield passage


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _joint(before: str, *, wrapped: bool) -> str:
    """What replaces a line end: a line break where the author meant it, nothing after a word broken at its hyphen."""
    if not wrapped:
        return "\n"
    return "" if _HYPHEN_END.search(before) else " "


def _is_ragged(line: str, width: int | None) -> bool:
    """True for a line wrapped by hand: in a wrapped file, a long one that does not end a sentence."""
    return width is not None and len(line) > width * _RAGGED_SHARE and not _SENTENCE_END.search(line)


def _begins_passage(before: str, line: str, passage: _Passage, *, full: bool, wrapped: bool) -> bool:
    """Whether a line begins a new passage.

    Args:
        before: the line above, which belongs to ``passage``.
        line: not blank.
        passage: the current one.
        full: the first word of ``line`` would not have fitted onto the line above.
        wrapped: the file wraps its lines.

    """
    ended = bool(_CLAUSE_END.search(before))
    if split_bullet(line)[0]:
        return True
    number, rest = split_marker(line)
    if number and rest and (not full or ended or _indent(line) < passage.indent):
        return True
    if not wrapped:
        return True
    indented = _indent(line) >= passage.indent + _INDENT_CHARS and len(passage.lines) > 1
    return not full and ended and (indented or len(before) < _SHORT_LINE_CHARS) and line.lstrip()[:1].isupper()


def _blocks(passages: list[_Passage]) -> Iterator[RawBlock]:
    item_indents = sorted({passage.indent for passage in passages if _is_item(passage.text)})
    has_marked_titles = any(
        _is_numbered_title(passage) or passage.underlined or is_caps(passage.text) for passage in passages[1:]
    )
    for index, passage in enumerate(passages):
        following = passages[index + 1] if index + 1 < len(passages) else None
        level = _heading_level(passage, following, first=index == 0, has_marked_titles=has_marked_titles)
        text = passage.text
        if level is not None and not _is_list_entry(passages, index):
            yield RawBlock("heading", _HASHES.sub("", text, count=1), level=level)
        elif _is_item(text):
            yield RawBlock("list_item", split_bullet(text)[1], level=item_indents.index(passage.indent) + 1)
        else:
            yield RawBlock("paragraph", text)


def _is_item(text: str) -> bool:
    if split_bullet(text)[0]:
        return True
    number, rest = split_marker(text)
    return bool(rest) and is_lettered(number)


def _is_numbered_title(passage: _Passage) -> bool:
    return len(passage.lines) == 1 and is_numbered_title(passage.text)


def _is_list_entry(passages: list[_Passage], index: int) -> bool:
    """True for a numbered title next to another of its depth: both are short entries of a list, not headings."""
    if not _is_numbered_title(passages[index]):
        return False
    neighbors = [passages[beside] for beside in (index - 1, index + 1) if 0 <= beside < len(passages)]
    depth = number_depth(split_marker(passages[index].text)[0])
    return any(_is_numbered_title(other) and number_depth(split_marker(other.text)[0]) == depth for other in neighbors)


def _heading_level(
    passage: _Passage, following: _Passage | None, *, first: bool, has_marked_titles: bool
) -> int | None:
    """The level of a heading, None for other passages; strict: a false heading costs more than a missed one."""
    text = passage.text
    hashes = _HASHES.match(text)
    if len(passage.lines) > 1 or split_bullet(text)[0]:
        return None
    if hashes:
        return len(hashes[1])
    number, _ = split_marker(text)
    if passage.underlined and is_title(text):
        return 1 if first else 2
    if number:
        is_completed = following is not None and continues_sentence(following.text)
        return 1 + number_depth(number) if _is_numbered_title(passage) and not is_completed else None
    if first and is_title(text):
        return 1
    if is_caps(text) and is_title(text):
        return 2
    if (
        passage.alone
        and following is not None
        and is_title(text, words=_MAX_PLAIN_TITLE_WORDS, characters=_MAX_PLAIN_TITLE_CHARS)
        and (len(following.text) > _LINE_CHARS or _is_item(following.text))
    ):
        return 3 if has_marked_titles else 2
    return None
