"""Text folded to what a quotation must keep, letters, digits and amounts, with the way back to the source's offsets.

Two texts that differ only in Unicode form, case, quotation marks, dashes, white space, punctuation, emphasis marks or
hyphens inside words have the same characters here. Points and commas inside numbers stay: 5.00 is not 500.
"""

import re
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import compress, pairwise

# Whether a word begins at a character, and how it is separated from the word before.
INSIDE_WORD, WORD_START, SOFT_WORD_START = 0, 1, 2

# Marks that Python's \w leaves out, and scripts whose vowel signs are marks.
_MARKS = (
    r"\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    r"\u0900-\u0963\u0966-\u0dff\u1000-\u1049\u1780-\u17d3\u20d0-\u20ff\ufe20-\ufe2f"
)
# Scripts that put no space between words: every character counts as a word.
_UNSPACED = r"\u0e00-\u0e4e\u0e80-\u0ecd\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_LETTER = rf"(?:(?![{_UNSPACED}])[^\W_]|[{_MARKS}])"
_WORD = (
    rf"\d+(?:[.,]\d+)+"  # 1,000.50
    rf"|[{_UNSPACED}]"
    rf"|{_LETTER}+(?:['’ʼ]{_LETTER}+)*"  # don't
    rf"|[$€£¥₹¢%§]"
)
# Most of a text: plain words with neither hyphen nor digit between. They are taken many at a time, because a loop over
# words takes seconds for a long document; what _WORD finds in them is the same.
_GAP = ' \t\n\r,.;:!?()[]{}<>"/\\|*_&+=@#^~'
_RUN = rf"(?P<run>(?:[A-Za-z]+[{re.escape(_GAP)}]+)+)"
_TOKEN = re.compile(rf"{_RUN}|{_WORD}")
_GAP_BYTES = _GAP.encode()
_LETTER_MASK = bytes(0 if chr(byte) in _GAP else 1 for byte in range(256))
_FIRST_LETTER = re.compile(rb"(?<![A-Za-z])[A-Za-z]")
_WORD_START_MASK = bytes(1 if byte == WORD_START else 0 for byte in range(256))
_ANY_WORD_START = re.compile(rb"[^\0]")
_THOUSANDS_COMMA = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_HYPHENS = "-\u00ad\u2010\u2011\u200b\u200c\u200d\u2060\ufeff"
_APOSTROPHES = frozenset("'’ʼ")


@dataclass(frozen=True)
class FoldedText:
    """A text without anything that a quotation may get wrong.

    Attributes:
        text: the folded characters of the words in order, nothing between them.
        offsets: for each of these characters the index in the source that it comes from.
        word_starts: for each of these characters ``INSIDE_WORD``, ``WORD_START``, or ``SOFT_WORD_START`` after a hyphen
            that a line end or a typesetter may have put there.

    """

    text: str
    offsets: "array[int]"
    word_starts: bytes

    @cached_property
    def words(self) -> "array[int]":
        """For each word the index in ``text`` where it begins."""
        return array("l", (match.start() for match in _ANY_WORD_START.finditer(self.word_starts)))

    def span(self, word: int) -> tuple[int, int]:
        """The span in the source of the word with this index."""
        return self.offsets[self.words[word]], self.offsets[self._end(word) - 1] + 1

    def folded_words(self) -> list[str]:
        """All words, folded, in order."""
        return [self.text[start:end] for start, end in pairwise([*self.words, len(self.text)])]

    def _end(self, word: int) -> int:
        return self.words[word + 1] if word + 1 < len(self.words) else len(self.text)


def fold_words(text: str) -> frozenset[str]:
    """The set of a text's folded words, for membership tests."""
    return frozenset(fold_text(text).folded_words())


def fold_text(source: str, leave_out: Sequence[tuple[int, int]] = ()) -> FoldedText:
    """The words of ``source`` folded and joined; words inside the spans ``leave_out`` (in order) are left out."""
    folding = _Folding(source)
    position = 0
    for start, end in leave_out:
        _fold_span(folding, position, start)
        position = max(position, end)
    _fold_span(folding, position, len(source))
    return FoldedText("".join(folding.pieces), folding.offsets, bytes(folding.word_starts))


@dataclass
class _Folding:
    """What has been folded of a source so far."""

    source: str
    pieces: list[str] = field(default_factory=list)
    offsets: "array[int]" = field(default_factory=lambda: array("l"))
    word_starts: bytearray = field(default_factory=bytearray)
    last_end: int = -1  # where in the source the last word ends; -1 before the first


def _fold_span(folding: _Folding, start: int, end: int) -> None:
    for token in _TOKEN.finditer(folding.source, start, end):
        first = len(folding.word_starts)
        if token.lastgroup == "run":
            _append_run(folding, token[0], token.start())
            last_end = token.end() - len(token[0]) + len(token[0].rstrip(_GAP))
        else:
            folded, offsets = _fold_word(token[0], token.start())
            if not folded:
                continue
            folding.pieces.append(folded)
            folding.offsets.extend(offsets)
            folding.word_starts.extend(bytes(len(folded)))
            last_end = token.end()
        is_first = folding.last_end < 0
        folding.word_starts[first] = (
            WORD_START if is_first else _kind_of_start(folding.source, folding.last_end, token.start())
        )
        folding.last_end = last_end


def _append_run(folding: _Folding, run: str, start: int) -> None:
    """Append plain ASCII words with the gaps after them, all at once."""
    raw = run.encode("ascii")
    folding.pieces.append(raw.translate(None, _GAP_BYTES).lower().decode("ascii"))
    folding.offsets.extend(compress(range(start, start + len(raw)), raw.translate(_LETTER_MASK)))
    folding.word_starts.extend(_FIRST_LETTER.sub(b"\x01", raw).translate(_WORD_START_MASK, _GAP_BYTES))


def same_word_starts(quoted: bytes, source: bytes) -> bool:
    """Whether two equally long runs of ``word_starts`` agree, but for hyphens that only one of them has."""
    if quoted == source:
        return True
    return all(a == b or SOFT_WORD_START in (a, b) for a, b in zip(quoted, source, strict=True))


def _kind_of_start(source: str, end: int, start: int) -> int:
    """How a word that starts at ``start`` is separated from one that ends at ``end``."""
    gap = source[end:start]
    if gap == " " or not (source[end - 1].isalpha() and source[start].isalpha()):
        return WORD_START
    if not gap:
        return SOFT_WORD_START  # a word with no gap before it follows a character of an unspaced script
    marks = gap.strip()
    if not marks or marks.strip(_HYPHENS):
        return WORD_START
    # A hyphen between two spaces is a dash, except in "non - refundable", as some typesetters write it.
    is_dash = gap[0] == gap[-1] == " " and source[max(0, end - 3) : end].casefold() != "non"
    return WORD_START if is_dash else SOFT_WORD_START


def _fold_word(word: str, start: int) -> tuple[str, Sequence[int]]:
    """The folded word, and for each of its characters the offset in the source."""
    if word.isascii():
        if "," in word:
            return _without_thousands_commas(word.lower(), start)
        return word.lower(), range(start, start + len(word))
    folded: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(word, start):
        characters = _fold_character(character)
        folded.append(characters)
        offsets.extend([offset] * len(characters))
    return "".join(folded), offsets


def _without_thousands_commas(word: str, start: int) -> tuple[str, Sequence[int]]:
    """1,000 and 1000 are the same number; 1,50 and 150 are not."""
    commas = {match.start() for match in _THOUSANDS_COMMA.finditer(word)}
    indices = [index for index in range(len(word)) if index not in commas]
    return "".join(word[index] for index in indices), [start + index for index in indices]


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in _APOSTROPHES:
        return "'"
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(c for c in folded if not c.isspace() and c not in _HYPHENS)
