"""Where the words of a quotation stand in a document, word for word, and which of several places is meant."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from classifiers.grounding.enumerators import enumerators
from classifiers.grounding.normalize import Squashed, same_partings, squash
from smallprint.records import Clause

_MOST_PLACES = 64  # looked at for words that the document repeats
_SENTENCE_END = re.compile(r"[\"'”’»)\]*_]{0,4}\s*(?:[.;:!?。！？]|\n|$)")
_SENTENCE_START = re.compile(r"(?:[.;:!?。！？][\"'”’»)\]*_]{0,4}\s{0,3}|\n\s{0,8}|^)[\"'“‘«(\[•*_–—-]{0,4}\s?$")
_BETWEEN = " \t\u00a0\"'“‘«*_"  # what may stand between a list number and its words


@dataclass(frozen=True)
class Passage:
    """A span of the document, from the first to the last word that was found."""

    start: int
    end: int


class Words:
    """The words of a text or quotation, with its list numbers or without them."""

    def __init__(self, text: str, *, numbered: bool) -> None:
        self.text = text
        self.holes = [] if numbered else enumerators(text)
        self.squashed = squash(text, self.holes)

    def numbers(self, start: int, end: int) -> list[str]:
        """The list numbers, left out of the words, that stand inside a span."""
        low = bisect_left(self.holes, (start, 0))
        high = bisect_left(self.holes, (end, 0))
        return [self.text[a:b].strip("()[]. ").casefold() for a, b in self.holes[low:high]]

    @cached_property
    def inner_numbers(self) -> list[str]:
        """The list numbers after the first word."""
        return self.numbers(self.squashed.offsets[0], len(self.text)) if self.squashed.text else []

    def number_before(self, at: int) -> str:
        """The list number, left out of the words, right before a place; not a clause's number in the prompt: [7]."""
        n = bisect_left(self.holes, (at, 0)) - 1
        if n < 0 or self.text[self.holes[n][1] : at].strip(_BETWEEN) or self.text[self.holes[n][0]] == "[":
            return ""
        return self.numbers(*self.holes[n])[0]

    @cached_property
    def weight(self) -> int:
        """Number of words that have letters; a character of a script without spaces is half a word."""
        lettered = self.squashed.folded()
        whole = sum(1 for word in lettered if word[0].isalpha() and (len(word) > 1 or word.isascii()))
        return whole + sum(1 for word in lettered if len(word) == 1 and word.isalpha() and not word.isascii()) // 2


def find(source: Words, quote: Words, low: int, high: int) -> Iterator[Passage]:
    """Passages that have exactly the quotation's words and begin and end inside ``[low, high)``; whole words only."""
    doc, words = source.squashed, quote.squashed
    size = len(words.text)
    if not size:
        return
    first, last = bisect_left(doc.offsets, low), bisect_left(doc.offsets, high)
    at = doc.text.find(words.text, first, last)
    for _ in range(_MOST_PLACES):
        if at < 0:
            return
        if _stands(doc, words, at, size):
            passage = Passage(doc.offsets[at], doc.offsets[at + size - 1] + 1)
            if _agree(source, passage, quote):
                yield passage
        at = doc.text.find(words.text, at + 1, last)


def _stands(doc: Squashed, words: Squashed, at: int, size: int) -> bool:
    after = doc.parted[at + size] if at + size < len(doc.text) else 1
    if not doc.parted[at] or not after:
        return False
    if 2 in (doc.parted[at], after) and _inside_hyphens(doc, at, at + size):
        return False
    return same_partings(doc.parted[at + 1 : at + size], words.parted[1:])


def _inside_hyphens(doc: Squashed, at: int, end: int) -> bool:
    """Whether a hyphen joins the words to the one before or after: ``refundable`` is not what non-refundable says."""
    before = at > 0 and doc.parted[at] == 2 and doc.offsets[at] > doc.offsets[at - 1] + 1
    after = end < len(doc.text) and doc.parted[end] == 2 and doc.offsets[end] > doc.offsets[end - 1] + 1
    return before or after


def _agree(source: Words, passage: Passage, quote: Words) -> bool:
    """Whether the list numbers of the quote, where it has any, are those of the passage."""
    here, there = quote.number_before(quote.squashed.offsets[0]), source.number_before(passage.start)
    if here and there and here != there:
        return False
    return _in_order(quote.inner_numbers, source.numbers(passage.start, passage.end))


def _in_order(some: Iterable[str], among: Iterable[str]) -> bool:
    rest = iter(among)
    return all(one in rest for one in some)


def ends_sentence(text: str, end: int) -> bool:
    """Whether a sentence, an item or a line ends here."""
    return _SENTENCE_END.match(text, end) is not None


def starts_sentence(text: str, start: int) -> bool:
    """Whether a sentence, an item or a line begins here; a list number may stand before it."""
    before = text[max(0, start - 16) : start]
    number = re.search(r"[(\[]?\w{1,5}[.)\]]{1,2}\s{0,3}$", before)
    return any(_SENTENCE_START.search(part) for part in (before, before[: number.start()] if number else before))


class Scope:
    """The clauses of a document, and which of several passages an analyst means that cited some of them."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self.clauses = clauses
        self._starts = [clause.start for clause in clauses]
        self._at = {clause.id: n for n, clause in enumerate(clauses)}

    def indices(self, ids: Iterable[str]) -> list[int]:
        """Places of the clauses in the document, in the order given; unknown ids are passed over."""
        return [self._at[one] for one in ids if one in self._at]

    def touched(self, passage: Passage) -> range:
        """Places of the clauses that a passage has characters of."""
        first = max(0, bisect_right(self._starts, passage.start) - 1)
        if first < len(self.clauses) and self.clauses[first].end <= passage.start:
            first += 1
        return range(first, bisect_left(self._starts, passage.end))

    def choose(
        self, passages: Iterable[Passage], cited: Sequence[int], window: Iterable[int]
    ) -> tuple[Passage, bool] | None:
        """The passage that is meant, and whether another is as good; None if there is none.

        A passage in the cited clauses is meant before one in the window, and that before any other.
        """
        cited_set, window_set = set(cited), set(window)
        ranked: list[tuple[int, tuple[float, ...], Passage]] = []
        for passage in passages:
            touched = self.touched(passage)
            if any(n in cited_set for n in touched):
                outside = sum(1 for n in touched if n not in cited_set)
                place = min(cited.index(n) for n in touched if n in cited_set)
                ranked.append((0, (outside, place, passage.start), passage))
            else:
                away = min((abs(n - c) for n in touched for c in cited), default=0)
                ranked.append((1 if any(n in window_set for n in touched) else 2, (away, passage.start), passage))
        if not ranked:
            return None
        tier, _, best = min(ranked, key=lambda one: (one[0], one[1]))
        rivals = {self.touched(passage) for rank, _, passage in ranked if rank == tier}
        return best, tier > 0 and len(rivals) > 1
