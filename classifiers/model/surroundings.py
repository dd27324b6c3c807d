"""What a window needs from outside itself: headings above it, the lead-in of its list, definitions of its terms."""

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

from extractors.clauses.sentences import sentence_spans
from smallprint.records import Clause, Document

# Bounds on what is paid for again in every window. On 31 real documents all context together takes 1.5 % of the
# document's tokens; of 400 defining sentences 62 are longer than a line.
_MAX_LINE_CHARS = 400  # of a lead-in or definition
_MAX_DEFINITIONS_CHARS = 800  # in a window
_MAX_TERMS = 400  # looked up; the longest list in those documents has 46, so that only a hostile one has more
_MAX_HEADING_EXTRA_CHARS = 20  # a line with no more than this beside a term is the term's heading; chosen by eye
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
        beginning = _letters(first.text[: 40 + sum(map(len, first.heading_path))])
        return tuple(heading for heading in first.heading_path if not beginning.startswith(_letters(heading)))

    def lead_in(self, window: Sequence[Clause]) -> str:
        """The last sentence before the list, or the head of the table, that a window continues; else empty."""
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
        definitions: list[str] = []
        for sentence in self._defining_sentences.get(window, ()):
            if sum(map(len, definitions)) + len(sentence) <= _MAX_DEFINITIONS_CHARS:
                definitions.append(sentence)
        return tuple(definitions)

    @cached_property
    def _defining_sentences(self) -> dict[int, list[str]]:
        """For each window the sentences that define a term which, of all other windows, it alone uses.

        A definition that several windows need is given to none of them: the text explains such a term by using it, and
        each edit of the definition would ask all those windows again.
        """
        texts = ["\n".join(clause.text for clause in self._clauses[a:b]) for a, b in self._spans]
        users: dict[tuple[int, int], set[int]] = {}  # sentence -> windows that use a term of it
        for home, clause, term in self._defined_terms():
            usage = re.compile(rf"(?<!\w){re.escape(term)}(?!\w)")
            others = {n for n, text in enumerate(texts) if n != home and term in text and usage.search(text)}
            if len(others) == 1 and (span := _sentence_with(clause, term)):
                users.setdefault(span, set()).update(others)
        defining: dict[int, list[str]] = {}
        for (start, end), windows in sorted(users.items()):
            if len(windows) == 1:
                defining.setdefault(windows.pop(), []).append(_shortened(self._document.text[start:end]))
        return defining

    def _defined_terms(self) -> Iterator[tuple[int, Clause, str]]:
        """Of each definition the window it is in, the clause and the term; where a term is defined twice, the first."""
        terms: set[str] = set()
        for home, (low, high) in enumerate(self._spans):
            for clause in self._clauses[low:high]:
                for term in clause.defines:
                    if len(terms) < _MAX_TERMS and term not in terms and _needs_definition(term):
                        terms.add(term)
                        yield home, clause, term


def _needs_definition(term: str) -> bool:
    """Whether a reader may not know the term: it begins with a capital and is neither an acronym nor "You" or "Us"."""
    return term[:1].isupper() and len(term) > 3 and not _ACRONYM.fullmatch(term)


def _sentence_with(clause: Clause, term: str) -> tuple[int, int] | None:
    """Span of the sentence that defines a term: one with the term in quotation marks, else one that is no heading."""
    mentions = [(start, end) for start, end in sentence_spans(clause.text) if term in clause.text[start:end]]
    quoted = [span for span in mentions if re.search(rf"[\"'“„«‘]\s?{re.escape(term)}", clause.text[slice(*span)])]
    longer = [span for span in mentions if span[1] - span[0] > len(term) + _MAX_HEADING_EXTRA_CHARS]
    span = next(iter((*quoted, *longer)), None)
    return None if span is None else (clause.start + span[0], clause.start + span[1])


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).casefold()


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MAX_LINE_CHARS else line[:_MAX_LINE_CHARS].rsplit(" ", 1)[0] + " …"
