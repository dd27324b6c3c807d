"""Text that is too long for one clause cut at sentences, else at the best place that a long sentence offers."""

import re
from collections.abc import Iterator

from extractors.clauses.sentences import sentence_spans

LONGEST = 4000  # characters of a clause
_USUAL = 2500  # characters of a slice, where sentences allow
_WEAK_ENDS = (
    re.compile(r"[;:](?=\s)"),
    re.compile(r",(?=\s[^\W\d_])"),
    re.compile(r"(?<![§.°])(?=\s[^\W\d_])"),
    re.compile(r"(?=\s)"),
)


def slices(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Spans of at most ``LONGEST`` characters that tile ``text[start:end]``; one span where that is short enough."""
    if end - start <= LONGEST:
        return [(start, end)]
    whole = text[start:end]
    parts = -(-len(whole) // _USUAL)
    target = len(whole) / parts
    out: list[tuple[int, int]] = []
    for at, to in _short_sentences(whole):
        if out and (to - out[-1][0] <= LONGEST) and (out[-1][1] - out[-1][0] < target * 0.8):
            out[-1] = (out[-1][0], to)
        else:
            out.append((at, to))
    return [(start + at, start + to) for at, to in out]


def _short_sentences(text: str) -> Iterator[tuple[int, int]]:
    for start, end in sentence_spans(text):
        at = start
        while end - at > LONGEST:
            cut = _weak_end(text, at)
            yield at, at + len(text[at:cut].rstrip())
            at = cut
            while at < end and text[at].isspace():
                at += 1
        if at < end:
            yield at, end


def _weak_end(text: str, start: int) -> int:
    """Where to end a slice of a sentence that is too long: at a semicolon, a comma, a space, or anywhere."""
    window = text[start : start + LONGEST]
    for pattern in _WEAK_ENDS:
        ends = [found.end() for found in pattern.finditer(window, LONGEST // 2)]
        if ends:
            return start + ends[-1]
    return start + LONGEST
