"""Text reduced to what a quotation must keep, letters, digits and amounts, with the way back to the source's offsets.

Two texts that differ only in Unicode form, case, quotation marks, dashes, white space, punctuation, emphasis marks or
hyphens inside words have the same characters here. Points and commas inside numbers stay: 5.00 is not 500.
"""

import re
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import compress, pairwise

_NONE, _FIRM, _SOFT = 0, 1, 2  # how a word is parted from the one before it

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
# Most of a text: plain words with neither hyphen nor figure between. They are taken many at a time, because a loop over
# words takes seconds for a long document; what _WORD finds in them is the same.
_GAP = ' \t\n\r,.;:!?()[]{}<>"/\\|*_&+=@#^~'
_RUN = rf"(?P<run>(?:[A-Za-z]+[{re.escape(_GAP)}]+)+)"
_TOKEN = re.compile(rf"{_RUN}|{_WORD}")
_WITHOUT_GAPS = _GAP.encode()
_IS_LETTER = bytes(0 if chr(byte) in _GAP else 1 for byte in range(256))
_FIRST_LETTER = re.compile(rb"(?<![A-Za-z])[A-Za-z]")
_ONLY_FIRST = bytes(1 if byte == 1 else 0 for byte in range(256))
_BEGINS = re.compile(rb"[^\0]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_HYPHENS = "-\u00ad\u2010\u2011\u200b\u200c\u200d\u2060\ufeff"
_APOSTROPHES = frozenset("'’ʼ")


@dataclass(frozen=True)
class Squashed:
    """A text without all that a quotation may get wrong.

    ``text`` has the folded characters of the words in order, nothing between them. ``offsets`` has for each of them the
    index in the source it comes from. ``parted`` has for each character of ``text`` whether a word begins there: 0 no,
    1 yes, 2 yes, after a hyphen that a line end or a typesetter may have put there.
    """

    text: str
    offsets: "array[int]"
    parted: bytes

    @cached_property
    def words(self) -> "array[int]":
        """For each word the index in ``text`` where it begins."""
        return array("l", (match.start() for match in _BEGINS.finditer(self.parted)))

    def span(self, at: int) -> tuple[int, int]:
        """The place in the source of the word with this index."""
        return self.offsets[self.words[at]], self.offsets[self._end(at) - 1] + 1

    def word(self, at: int) -> str:
        """The folded word with this index."""
        return self.text[self.words[at] : self._end(at)]

    def folded(self) -> list[str]:
        """All words, folded, in order."""
        return [self.text[start:end] for start, end in pairwise([*self.words, len(self.text)])]

    def _end(self, at: int) -> int:
        return self.words[at + 1] if at + 1 < len(self.words) else len(self.text)


def fold_words(text: str) -> frozenset[str]:
    """The folded words of a list, for telling which words a text has."""
    return frozenset(squash(text).folded())


def squash(source: str, leave_out: Sequence[tuple[int, int]] = ()) -> Squashed:
    """The words of ``source`` folded and joined; words inside the spans ``leave_out`` (in order) are left out."""
    text = _Text(source)
    at = 0
    for start, end in leave_out:
        text.read(at, start)
        at = max(at, end)
    text.read(at, len(source))
    return Squashed("".join(text.pieces), text.offsets, bytes(text.parted))


class _Text:
    """What ``squash`` has gathered of a source so far."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.pieces: list[str] = []
        self.offsets = array("l")
        self.parted = bytearray()
        self.last = -1  # where the word before ends; none yet

    def read(self, start: int, end: int) -> None:
        """Take the words between two places."""
        for found in _TOKEN.finditer(self.source, start, end):
            first = len(self.parted)
            if found.lastgroup:
                self._take_run(found[0], found.start())
                self._part(first, found.start())
                self.last = found.end() - len(found[0]) + len(found[0].rstrip(_GAP))
            else:
                folded, places = _fold(found[0], found.start())
                if not folded:
                    continue
                self.pieces.append(folded)
                self.offsets.extend(places)
                self.parted.extend(bytes(len(folded)))
                self._part(first, found.start())
                self.last = found.end()

    def _take_run(self, run: str, start: int) -> None:
        raw = run.encode("ascii")
        self.pieces.append(raw.translate(None, _WITHOUT_GAPS).lower().decode("ascii"))
        self.offsets.extend(compress(range(start, start + len(raw)), raw.translate(_IS_LETTER)))
        self.parted.extend(_FIRST_LETTER.sub(b"\x01", raw).translate(_ONLY_FIRST, _WITHOUT_GAPS))

    def _part(self, at: int, start: int) -> None:
        """Say how the word that begins at a place is parted from the one before."""
        self.parted[at] = _FIRM if self.last < 0 else _parting(self.source, self.last, start)


def same_partings(one: bytes, other: bytes) -> bool:
    """Whether two equally long runs of ``parted`` agree, but for hyphens that only one of them has."""
    if one == other:
        return True
    return all(a == b or _SOFT in (a, b) for a, b in zip(one, other, strict=True))


def _parting(source: str, end: int, start: int) -> int:
    gap = source[end:start]
    if gap == " " or not (source[end - 1].isalpha() and source[start].isalpha()):
        return _FIRM
    if not gap:
        return _SOFT  # a word with no gap before it follows a character of an unspaced script
    marks = gap.strip()
    if not marks or marks.strip(_HYPHENS):
        return _FIRM
    # A hyphen between two spaces is a dash, but for "non - refundable", as some typesetters part it.
    dash = gap[0] == gap[-1] == " " and source[max(0, end - 3) : end].casefold() != "non"
    return _FIRM if dash else _SOFT


def _fold(word: str, start: int) -> tuple[str, Sequence[int]]:
    if word.isascii():
        if "," in word:
            return _without_thousands(word.lower(), start)
        return word.lower(), range(start, start + len(word))
    folded: list[str] = []
    places: list[int] = []
    for at, character in enumerate(word, start):
        new = _fold_character(character)
        folded.append(new)
        places.extend([at] * len(new))
    return "".join(folded), places


def _without_thousands(word: str, start: int) -> tuple[str, Sequence[int]]:
    """1,000 and 1000 are the same number; 1,50 and 150 are not."""
    dropped = {match.start() for match in _THOUSANDS.finditer(word)}
    kept = [at for at in range(len(word)) if at not in dropped]
    return "".join(word[at] for at in kept), [start + at for at in kept]


@lru_cache(maxsize=4096)
def _fold_character(character: str) -> str:
    if character in _APOSTROPHES:
        return "'"
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(c for c in folded if not c.isspace() and c not in _HYPHENS)
