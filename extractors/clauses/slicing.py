"""Splits text that is too long for one clause: between sentences, inside a long one at the best punctuation."""

import re
from collections.abc import Iterator

from extractors.clauses.sentences import sentence_spans

MAX_CLAUSE_CHARS = 4000  # a page and a half of print, chosen by eye: docs/decisions/0006-clauses.md
_TARGET_CHARS = 2500  # of a slice, chosen by eye, as far as sentences allow; slices of a clause are about equal
_FULL_SHARE = 0.8  # of the target: a slice this long takes no further sentence
# Where to split inside a sentence, the best first.
_WEAK_ENDS = (
    re.compile(r"[;:](?=\s)"),
    re.compile(r",(?=\s[^\W\d_])"),
    re.compile(r"(?<![§.°])(?=\s[^\W\d_])"),
    re.compile(r"(?=\s)"),
)


def slices(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of at most ``MAX_CLAUSE_CHARS`` that tile ``text[start:end]``, without the white space between them."""
    if end - start <= MAX_CLAUSE_CHARS:
        return [(start, end)]
    passage = text[start:end]
    count = -(-len(passage) // _TARGET_CHARS)  # rounded up
    target = len(passage) / count
    spans: list[tuple[int, int]] = []
    for sentence_start, sentence_end in _short_sentences(passage):
        slice_start, slice_end = spans[-1] if spans else (0, 0)
        has_room = sentence_end - slice_start <= MAX_CLAUSE_CHARS and slice_end - slice_start < target * _FULL_SHARE
        if spans and has_room:
            spans[-1] = (slice_start, sentence_end)
        else:
            spans.append((sentence_start, sentence_end))
    return [(start + span_start, start + span_end) for span_start, span_end in spans]


def _short_sentences(text: str) -> Iterator[tuple[int, int]]:
    """The spans of the sentences, those that are too long in several."""
    for sentence_start, end in sentence_spans(text):
        start = sentence_start
        while end - start > MAX_CLAUSE_CHARS:
            split = _weak_end(text, start)
            yield start, start + len(text[start:split].rstrip())
            start = split
            while start < end and text[start].isspace():
                start += 1
        if start < end:
            yield start, end


def _weak_end(text: str, start: int) -> int:
    """Where to split a sentence that is too long: after a semicolon, a comma, a word, or anywhere."""
    window = text[start : start + MAX_CLAUSE_CHARS]
    for pattern in _WEAK_ENDS:
        ends = [match.end() for match in pattern.finditer(window, MAX_CLAUSE_CHARS // 2)]
        if ends:
            return start + ends[-1]
    return start + MAX_CLAUSE_CHARS
