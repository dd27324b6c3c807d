"""Passages of a document that have a quotation's words, word for word, and which of several is meant."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from classifiers.grounding.enumerators import enumerators
from classifiers.grounding.normalize import (
    INSIDE_WORD,
    SOFT_WORD_START,
    WORD_START,
    FoldedText,
    fold_text,
    same_word_starts,
)
from smallprint.records import Clause

# Passages looked at for words that a document repeats. Of 5,291 generated quotes one was missed at 8, none at 64.
_MAX_PASSAGES = 64
_SENTENCE_END = re.compile(r"[\"'”’»)\]*_]{0,4}\s{0,8}(?:[.;:!?。！？]|\n|$)")
_SENTENCE_START = re.compile(r"(?:[.;:!?。！？][\"'”’»)\]*_]{0,4}\s{0,3}|\n\s{0,8}|^)[\"'“‘«(\[•*_–—-]{0,4}\s?$")
_MARKS_AFTER_NUMBER = " \t\u00a0\"'“‘«*_"  # what may be between a list number and its words


@dataclass(frozen=True)
class Passage:
    """A span of the document, from the start of its first matched word to the end of its last."""

    start: int
    end: int


class Words:
    """The words of a text or quotation, with its list numbers or without them."""

    def __init__(self, text: str, *, numbered: bool) -> None:
        self.text = text
        self.left_out = [] if numbered else enumerators(text)  # spans of list numbers
        self.folded = fold_text(text, self.left_out)

    def numbers(self, start: int, end: int) -> list[str]:
        """The list numbers, left out of the words, that are inside a span."""
        low = bisect_left(self.left_out, (start, 0))
        high = bisect_left(self.left_out, (end, 0))
        return [self.text[a:b].strip("()[]. ").casefold() for a, b in self.left_out[low:high]]

    @cached_property
    def inner_numbers(self) -> list[str]:
        """The list numbers after the first word."""
        return self.numbers(self.folded.offsets[0], len(self.text)) if self.folded.text else []

    def number_before(self, offset: int) -> str:
        """The list number, left out of the words, right before an offset; not a clause's number in the prompt: [7]."""
        n = bisect_left(self.left_out, (offset, 0)) - 1
        if n < 0:
            return ""
        start, end = self.left_out[n]
        if self.text[end:offset].strip(_MARKS_AFTER_NUMBER) or self.text[start] == "[":
            return ""
        return self.numbers(start, end)[0]

    @cached_property
    def weight(self) -> int:
        """Number of words that have letters; a character of a script without spaces is half a word."""
        words = self.folded.folded_words()
        spaced = sum(1 for word in words if word[0].isalpha() and (len(word) > 1 or word.isascii()))
        return spaced + sum(1 for word in words if len(word) == 1 and word.isalpha() and not word.isascii()) // 2


def find_passages(source: Words, quote: Words, low: int, high: int) -> Iterator[Passage]:
    """Passages inside ``[low, high)`` that have exactly the quotation's words; parts of words do not count."""
    document, quoted = source.folded, quote.folded
    size = len(quoted.text)
    if not size:
        return
    first, last = bisect_left(document.offsets, low), bisect_left(document.offsets, high)
    index = document.text.find(quoted.text, first, last)
    for _ in range(_MAX_PASSAGES):
        if index < 0:
            return
        if _has_same_words(document, quoted, index):
            passage = Passage(document.offsets[index], document.offsets[index + size - 1] + 1)
            if _numbers_agree(source, passage, quote):
                yield passage
        index = document.text.find(quoted.text, index + 1, last)


def _has_same_words(document: FoldedText, quoted: FoldedText, index: int) -> bool:
    """Whether the same characters at ``index`` are also the same words, neither more nor less."""
    size = len(quoted.text)
    starts = document.word_starts
    following = starts[index + size] if index + size < len(document.text) else WORD_START
    if starts[index] == INSIDE_WORD or following == INSIDE_WORD:
        return False
    if SOFT_WORD_START in (starts[index], following) and _is_part_of_hyphenated(document, index, index + size):
        return False
    return same_word_starts(quoted.word_starts[1:], starts[index + 1 : index + size])


def _is_part_of_hyphenated(document: FoldedText, index: int, end: int) -> bool:
    """Whether a hyphen joins the words to the one before or after: ``refundable`` is not what non-refundable says."""

    def is_joined(n: int) -> bool:
        is_soft = document.word_starts[n] == SOFT_WORD_START
        return is_soft and document.offsets[n] > document.offsets[n - 1] + 1

    return (index > 0 and is_joined(index)) or (end < len(document.text) and is_joined(end))


def _numbers_agree(source: Words, passage: Passage, quote: Words) -> bool:
    """Whether the list numbers of the quote, where it has any, are those of the passage."""
    quoted_number = quote.number_before(quote.folded.offsets[0])
    source_number = source.number_before(passage.start)
    if quoted_number and source_number and quoted_number != source_number:
        return False
    return _is_subsequence(quote.inner_numbers, source.numbers(passage.start, passage.end))


def _is_subsequence(numbers: Iterable[str], of: Iterable[str]) -> bool:
    remaining = iter(of)
    return all(number in remaining for number in numbers)


def ends_sentence(text: str, end: int) -> bool:
    """Whether a sentence, a list item or a line ends here."""
    return _SENTENCE_END.match(text, end) is not None


def starts_sentence(text: str, start: int) -> bool:
    """Whether a sentence, a list item or a line begins here, or a list number before it does."""
    before = text[max(0, start - 16) : start]
    number = re.search(r"[(\[]?\w{1,5}[.)\]]{1,2}\s{0,3}$", before)
    return any(_SENTENCE_START.search(part) for part in (before, before[: number.start()] if number else before))


@dataclass(frozen=True)
class Focus:
    """Where an analyst looked: indices of the clauses it cites, the most important first, and of those it has read."""

    cited: Sequence[int]
    window: Sequence[int]


class ClauseIndex:
    """The clauses of a document, and which of several passages is meant by an analyst with a certain focus."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self.clauses = clauses
        self._starts = [clause.start for clause in clauses]
        self._index_of = {clause.id: n for n, clause in enumerate(clauses)}

    def indices(self, ids: Iterable[str]) -> list[int]:
        """Indices of the clauses with these ids, in the order of ``ids``; unknown ids are ignored."""
        return [self._index_of[clause_id] for clause_id in ids if clause_id in self._index_of]

    def touched(self, passage: Passage) -> range:
        """Indices of the clauses that a passage has characters of."""
        first = max(0, bisect_right(self._starts, passage.start) - 1)
        if first < len(self.clauses) and self.clauses[first].end <= passage.start:
            first += 1
        return range(first, bisect_left(self._starts, passage.end))

    def choose(self, passages: Iterable[Passage], focus: Focus) -> tuple[Passage, bool] | None:
        """The passage that is meant, and whether others are as likely; None if there is none.

        Passages in the cited clauses rank first, then those in the window, then all others.
        """
        cited, window = set(focus.cited), set(focus.window)
        ranked: list[tuple[int, tuple[float, ...], Passage]] = []
        for passage in passages:
            touched = self.touched(passage)
            if any(n in cited for n in touched):
                uncited = sum(1 for n in touched if n not in cited)
                order = min(focus.cited.index(n) for n in touched if n in cited)
                ranked.append((0, (uncited, order, passage.start), passage))
            else:
                distance = min((abs(n - c) for n in touched for c in focus.cited), default=0)
                tier = 1 if any(n in window for n in touched) else 2
                ranked.append((tier, (distance, passage.start), passage))
        if not ranked:
            return None
        best_tier, _, best = min(ranked, key=lambda candidate: candidate[:2])
        rivals = {self.touched(passage) for tier, _, passage in ranked if tier == best_tier}
        return best, best_tier > 0 and len(rivals) > 1
