"""Text reduced to what a quotation must keep, letters, digits and amounts, with the way back to the source's offsets.

Two texts that differ only in Unicode form, case, quotation marks, dashes, white space, punctuation, emphasis marks or
hyphens inside words have the same characters here. Points and commas inside numbers stay: 5.00 is not 500.
"""

import re
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_LONG = 33
_ZEROS = bytes(_LONG - 1)
_NONE, _FIRM, _SOFT = 0, 1, 2  # how a word is parted from the one before it

# Marks that Python's \w leaves out, and scripts whose vowel signs are marks.
_MARKS = (
    r"\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    r"\u0900-\u0963\u0966-\u0dff\u1000-\u1049\u1780-\u17d3\u20d0-\u20ff\ufe20-\ufe2f"
)
# Scripts that put no space between words: every character counts as a word.
_UNSPACED = r"\u0e00-\u0e4e\u0e80-\u0ecd\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_LETTER = rf"(?:(?![{_UNSPACED}])[^\W_]|[{_MARKS}])"
_TOKEN = re.compile(
    rf"\d+(?:[.,]\d+)+"  # 1,000.50
    rf"|[{_UNSPACED}]"
    rf"|{_LETTER}+(?:['’ʼ]{_LETTER}+)*"  # don't
    rf"|[$€£¥₹¢%§]"
)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?:\D|$))")
_HYPHENS = "-\u00ad\u2010\u2011\u200b\u200c\u200d\u2060\ufeff"
_APOSTROPHES = frozenset("'’ʼ")


@dataclass(frozen=True)
class Squashed:
    """A text without all that a quotation may get wrong.

    ``text`` has the folded characters of the words in order, nothing between them. ``offsets`` has for each of them the
    index in the source it comes from. ``words`` has for each word its index in ``text``, ``spans`` its place in the
    source. ``parted`` has for each character of ``text`` whether a word begins there: 0 no, 1 yes, 2 yes, after a
    hyphen that a line end or a typesetter may have put there.
    """

    text: str
    offsets: "array[int]"
    words: "array[int]"
    spans: tuple[tuple[int, int], ...]
    parted: bytes

    def word(self, at: int) -> str:
        """The folded word with this index."""
        end = self.words[at + 1] if at + 1 < len(self.words) else len(self.text)
        return self.text[self.words[at] : end]


def fold_words(text: str) -> frozenset[str]:
    """The folded words of a list, for telling which words a text has."""
    squashed = squash(text)
    return frozenset(squashed.word(at) for at in range(len(squashed.words)))


def squash(source: str, leave_out: Sequence[tuple[int, int]] = ()) -> Squashed:
    """The words of ``source`` folded and joined; words inside the spans ``leave_out`` (in order) are left out."""
    pieces: list[str] = []
    offsets, words = array("l"), array("l")
    spans: list[tuple[int, int]] = []
    parted = bytearray()
    last = 0  # where the word before ends
    skip = iter(leave_out)
    hole = next(skip, None)
    for found in _TOKEN.finditer(source):
        start, end = found.span()
        while hole and hole[1] <= start:
            hole = next(skip, None)
        if hole and hole[0] <= start:
            continue
        word = found[0]
        words.append(len(offsets))
        if word.isalpha() and word.isascii():  # nine words of ten
            folded = word.lower()
            offsets.extend(range(start, end))
        else:
            folded, places = _fold(word, start)
            if not folded:
                words.pop()
                continue
            offsets.extend(places)
        pieces.append(folded)
        spaced = start - last == 1 and source[last] == " "
        parted.append(_FIRM if spaced or not spans else _parting(source, last, start))
        parted.extend(_ZEROS[: len(folded) - 1] if len(folded) <= _LONG else bytes(len(folded) - 1))
        spans.append((start, end))
        last = end
    return Squashed("".join(pieces), offsets, words, tuple(spans), bytes(parted))


def same_partings(one: bytes, other: bytes) -> bool:
    """Whether two equally long runs of ``parted`` agree, but for hyphens that only one of them has."""
    if one == other:
        return True
    return all(a == b or _SOFT in (a, b) for a, b in zip(one, other, strict=True))


def _parting(source: str, end: int, start: int) -> int:
    gap = source[end:start]
    if gap == " " or not (source[end - 1].isalpha() and source[start].isalpha()):
        return _FIRM
    # A word with no gap before it follows a character of an unspaced script.
    return _SOFT if not gap or (gap.strip() and not gap.strip().strip(_HYPHENS)) else _FIRM


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
