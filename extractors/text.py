"""Plain text to blocks: the character set told from the bytes, wrapped lines joined, items and titles recognised."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.document_title import document_title
from extractors.layout import Extraction, Options, RawBlock, refuse_flood
from extractors.line_shapes import (
    depth,
    goes_on,
    is_caps,
    is_lettered,
    is_numbered_title,
    is_title,
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
# What stands outside ASCII in Western text; a Windows-1252 reading made of these alone is trusted over statistics.
_WESTERN = frozenset("‘’“”„‚–—…•·€£§©®™°«»¿¡ \u00a0" + "äöüßÄÖÜàâæçéèêëîïôœùûÿÀÂÇÉÈÊÎÔÙÛáíóúñÁÍÓÚÑìòãõåøÅØÆ")
LINES_OF_A_BLOCK = 5  # on average, at most; blank ones count
_WRAP_WIDTHS = range(40, 121)  # columns at which people wrap plain text
_TERMINATED = re.compile(r"(?:[.;:!?]['\"’”)\]]*|[;,] (?:and|or|und|oder|et|ou|y|o|e|lub|i))$")
_ENDED = re.compile(r"[.!?:]['\"’”)\]]*$")
_HYPHENATED = re.compile(r"[^\W\d_]-$")
_UNDERLINE = re.compile(r"\s*([=\-~_*])\1{2,}\s*$")
_HASHES = re.compile(r"(#{1,6}) +(?=\S)")


def decode(data: bytes) -> tuple[str, tuple[DocumentWarning, ...]]:
    """The text in ``data``, and a warning where its character set had to be guessed or bytes were replaced."""
    for bom, charset in _BOMS.items():
        if data.startswith(bom):
            return data.decode(charset, errors="replace"), ()
    wide = unmarked_utf16(data)  # before UTF-8, which ASCII letters with zero bytes between them are, too
    if wide:
        return data.decode(wide, errors="replace"), (DocumentWarning(code="charset_guessed", detail=f"read as {wide}"),)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    charset = _guess(data)
    text = data.decode(charset, errors="replace")
    lost = text.count("\ufffd")
    detail = f"read as {charset}" + (f"; {lost} bytes or characters could not be read" if lost else "")
    return text, (DocumentWarning(code="charset_guessed", detail=detail),)


def extract_text(data: bytes, _options: Options) -> Extraction:
    """Blocks of a plain text file: blank lines part paragraphs, wrapped lines are joined.

    Raises:
        DocumentError: ``too_large`` where it has more lines than any document.

    """
    text, warnings = decode(data)
    refuse_flood(text.count("\n") // LINES_OF_A_BLOCK)
    lines = [line.expandtabs(4).rstrip() for line in re.split(r"\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]", text)]
    width = _wrap_width(lines)
    pieces = [piece for chunk in _chunks(lines) for piece in _pieces(chunk, width)]
    refuse_flood(len(pieces))
    blocks = tuple(_blocks(pieces))
    return Extraction(blocks, title=document_title(blocks), warnings=warnings)


def _guess(data: bytes) -> str:
    sample = data[:65536]
    western = sample.decode("cp1252", errors="replace")
    if all(character in _WESTERN for character in western if not character.isascii()):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(sample).best()
    return best.encoding if best is not None else "cp1252"


@dataclass
class _Piece:
    """Lines that belong together: a paragraph, an item, a title."""

    lines: list[str]
    indent: int
    alone: bool = False  # blank lines above and below
    underlined: bool = False

    @property
    def text(self) -> str:
        return "".join(self.lines).strip()


def _chunks(lines: list[str]) -> Iterator[list[str]]:
    chunk: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            chunk.append(line)
        elif chunk:
            yield chunk
            chunk = []


def _wrap_width(lines: list[str]) -> int | None:
    """The column at which the file wraps its lines; None where a line is a paragraph."""
    lengths = sorted(len(line) for line in lines if line.strip())
    if not lengths:
        return None
    width = lengths[int(len(lengths) * 0.95)]
    longest = lengths[-1]
    return width if width in _WRAP_WIDTHS and longest <= width * 1.5 + 20 else None


def _pieces(chunk: list[str], width: int | None) -> Iterator[_Piece]:
    """A chunk cut where an item or paragraph begins inside it; deliberate line ends within a piece are kept."""
    piece: _Piece | None = None
    for index, line in enumerate(chunk):
        if _UNDERLINE.match(line):
            if piece is not None and len(piece.lines) == 1:
                piece.underlined = True
                yield piece
                piece = None
            continue
        indent = len(line) - len(line.lstrip())
        if piece is not None:
            full = width is not None and len(chunk[index - 1]) + 1 + len(line.split(maxsplit=1)[0]) > width
            if not _begins_anew(chunk[index - 1], line, piece, full=full, wrapped=width is not None):
                wrapped = full or _is_ragged(chunk, index, width)
                piece.lines.append(_glue(chunk[index - 1], wrapped=wrapped) + line.strip())
                continue
            yield piece
        piece = _Piece([line.strip()], indent, alone=len(chunk) == 1)
    if piece is not None:
        yield piece


def _glue(before: str, *, wrapped: bool) -> str:
    """What stands between two lines: a word that is broken at its hyphen needs no space."""
    if not wrapped:
        return "\n"
    return "" if _HYPHENATED.search(before) else " "


def _is_ragged(chunk: list[str], index: int, width: int | None) -> bool:
    """Whether a line end is the wrap of a ragged text: in a wrapped file, a long line that does not end a sentence."""
    before = chunk[index - 1]
    return width is not None and len(before) > width * 0.7 and not _ENDED.search(before)


def _begins_anew(before: str, line: str, piece: _Piece, *, full: bool, wrapped: bool) -> bool:
    ended = bool(_TERMINATED.search(before))
    if split_bullet(line)[0]:
        return True
    number, rest = split_marker(line)
    if number and rest and (not full or ended or len(line) - len(line.lstrip()) < piece.indent):
        return True
    if not wrapped:
        return True
    indented = len(line) - len(line.lstrip()) >= piece.indent + 2 and len(piece.lines) > 1
    return not full and ended and (indented or len(before) < 60) and line.lstrip()[:1].isupper()


def _blocks(pieces: list[_Piece]) -> Iterator[RawBlock]:
    indents = sorted({piece.indent for piece in pieces if _is_item(piece.text)})
    structured = any(_is_numbered_head(piece) or piece.underlined or is_caps(piece.text) for piece in pieces[1:])
    for index, piece in enumerate(pieces):
        following = pieces[index + 1] if index + 1 < len(pieces) else None
        level = _heading_level(piece, following, first=index == 0, structured=structured)
        text = piece.text
        if _in_run(pieces, index):
            level = None
        if level is not None:
            yield RawBlock("heading", _HASHES.sub("", text, count=1), level=level)
        elif _is_item(text):
            yield RawBlock("list_item", split_bullet(text)[1], level=indents.index(piece.indent) + 1)
        else:
            yield RawBlock("paragraph", text)


def _is_item(text: str) -> bool:
    if split_bullet(text)[0]:
        return True
    number, rest = split_marker(text)
    return bool(rest) and is_lettered(number)


def _is_numbered_head(piece: _Piece) -> bool:
    return len(piece.lines) == 1 and is_numbered_title(piece.text)


def _in_run(pieces: list[_Piece], index: int) -> bool:
    """Whether a numbered title stands next to another of its depth: then both are entries of a list, not headings."""
    if not _is_numbered_head(pieces[index]):
        return False
    beside = [pieces[at] for at in (index - 1, index + 1) if 0 <= at < len(pieces)]
    own = depth(split_marker(pieces[index].text)[0])
    return any(_is_numbered_head(other) and depth(split_marker(other.text)[0]) == own for other in beside)


def _heading_level(piece: _Piece, following: _Piece | None, *, first: bool, structured: bool) -> int | None:
    """The depth of a heading, None for any other piece; conservative: a missed heading costs less than a false one."""
    text = piece.text
    hashes = _HASHES.match(text)
    if len(piece.lines) > 1 or split_bullet(text)[0]:
        return None
    if hashes:
        return len(hashes[1])
    number, _ = split_marker(text)
    if piece.underlined and is_title(text):
        return 1 if first else 2
    if number:
        opens = following is not None and goes_on(following.text)
        return 1 + depth(number) if _is_numbered_head(piece) and not opens else None
    if first and is_title(text):
        return 1
    if is_caps(text) and is_title(text):
        return 2
    if piece.alone and following is not None and is_title(text, words=9, characters=70) and _is_body(following.text):
        return 3 if structured else 2
    return None


def _is_body(text: str) -> bool:
    return len(text) > 80 or _is_item(text)
