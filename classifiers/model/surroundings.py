"""What a window needs from outside itself: headings above it, the opening of its list, definitions of its terms."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from extractors.clauses.sentences import sentence_spans
from smallprint.records import Clause, Document

_LONGEST_LINE = 400  # characters of a lead-in or definition
_MOST_DEFINITIONS = 800  # characters a window
_MOST_TERMS = 400  # looked at; no honest document defines more
_HEADING = 20  # characters that a line may have beside a term and still be its heading
_ACRONYM = re.compile(r"[A-Z0-9&.]{1,6}s?")


class Surroundings:
    """The clauses of a document, cut into windows at ``spans`` of clause indices."""

    def __init__(self, document: Document, clauses: Sequence[Clause], spans: Sequence[tuple[int, int]]) -> None:
        self._document = document
        self._clauses = clauses
        self._spans = spans
        self._by_id = {clause.id: clause for clause in clauses}

    def headings(self, first: Clause) -> tuple[str, ...]:
        """The headings above a window's first clause that it does not itself begin with."""
        own = _plain(first.text[: 40 + sum(map(len, first.heading_path))])
        return tuple(heading for heading in first.heading_path if not own.startswith(_plain(heading)))

    def lead_in(self, window: Sequence[Clause]) -> str:
        """The last sentence before the list that a window begins inside of, or the head of its table; else empty."""
        opening = self._by_id.get(window[0].lead_in or "")
        if opening is None or opening.start >= window[0].start:
            return ""
        for block in self._document.blocks:
            if block.kind == "table_row" and opening.start <= block.start < opening.end:
                return _shortened(self._document.text[block.start : block.end])
        start, end = sentence_spans(opening.text)[-1]
        return _shortened(opening.text[start:end])

    def definitions(self, window: int) -> tuple[str, ...]:
        """Sentences from other windows that define terms of this one, in document order, of bounded length."""
        kept: list[str] = []
        for sentence in self._defining.get(window, ()):
            if sum(map(len, kept)) + len(sentence) <= _MOST_DEFINITIONS:
                kept.append(sentence)
        return tuple(kept)

    @cached_property
    def _defining(self) -> dict[int, list[str]]:
        """For each window the defining sentences that belong to it alone.

        A term that several other windows use travels to none of them: the text explains such a term by using it, and
        each edit of its definition would ask all of them again.
        """
        texts = ["\n".join(clause.text for clause in self._clauses[a:b]) for a, b in self._spans]
        users: dict[tuple[int, int], set[int]] = {}  # sentence -> windows that use a term of it
        for home, clause, term in self._terms():
            used = re.compile(rf"(?<!\w){re.escape(term)}(?!\w)")
            others = {n for n, text in enumerate(texts) if n != home and term in text and used.search(text)}
            if len(others) == 1 and (span := _sentence_with(clause, term)):
                users.setdefault(span, set()).update(others)
        defining: dict[int, list[str]] = {}
        for (start, end), windows in sorted(users.items()):
            if len(windows) == 1:
                defining.setdefault(windows.pop(), []).append(_shortened(self._document.text[start:end]))
        return defining

    def _terms(self) -> Iterator[tuple[int, Clause, str]]:
        """The home window, the clause and the term of each definition; where a term is defined twice, the first."""
        seen: set[str] = set()
        for home, (low, high) in enumerate(self._spans):
            for clause in self._clauses[low:high]:
                for term in clause.defines:
                    if len(seen) < _MOST_TERMS and term not in seen and _is_particular(term):
                        seen.add(term)
                        yield home, clause, term


def _is_particular(term: str) -> bool:
    """Whether a reader may not know what a term means: a name in capitals, not a usual abbreviation, you or us."""
    return term[:1].isupper() and len(term) > 3 and not _ACRONYM.fullmatch(term)


def _sentence_with(clause: Clause, term: str) -> tuple[int, int] | None:
    """The sentence that defines a term: where it stands in quotation marks, else where it is not a heading."""
    having = [(start, end) for start, end in sentence_spans(clause.text) if term in clause.text[start:end]]
    quoted = [span for span in having if re.search(rf"[\"'“„«‘]\s?{re.escape(term)}", clause.text[slice(*span)])]
    longer = [span for span in having if span[1] - span[0] > len(term) + _HEADING]
    for start, end in (*quoted, *longer):
        return clause.start + start, clause.start + end
    return None


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_LINE else line[:_LONGEST_LINE].rsplit(" ", 1)[0] + " …"
