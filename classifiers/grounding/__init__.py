"""Proof of quotations: the passage of the document that an analyst's quote is from, or why there is none.

docs/decisions/0011-grounding.md says what each status means and what is never accepted. Searches are tried in this
order, each in the cited clauses before the window and there before the rest of the document; the first that finds a
passage decides. What is returned is always the source's own text.

| search for | list numbers | gives |
|---|---|---|
| the whole quote | must agree | exact, normalized |
| its parts around ellipses | must agree | spliced; fuzzy where a gap hides a negation |
| the whole quote | ignored | exact, normalized |
| its parts around ellipses | ignored | spliced; fuzzy where a gap hides a negation |
| its sentences, joined though others lie between | must agree, then ignored | spliced |
| a passage with a few other words | are words | fuzzy |

Where several passages outside the cited clauses are as likely, the status is ambiguous instead.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from classifiers.grounding import splices
from classifiers.grounding.near_matches import NearMatches
from classifiers.grounding.passages import (
    ClauseIndex,
    Focus,
    Passage,
    Words,
    ends_sentence,
    find_passages,
    starts_sentence,
)
from extractors.layout import page_at
from smallprint.records import Clause, Document, Evidence, EvidenceStatus

MAX_QUOTE_CHARS = 20_000  # more is a copy of the document; bounds the time that a hostile answer takes
# Fewer words prove a passage only as a whole sentence of a cited clause. Chosen by eye, for phrases such as "you agree
# that": the generated quotes of docs/decisions/0011-grounding.md fare alike from 3 to 6 words.
_MIN_WORDS = 4
_CLOSING_MARKS = ".,;:!?…\"'”’»)]"
_OPENING_MARKS = "\"'“‘«([„"


@dataclass(frozen=True)
class Unlocated:
    """The quote proves nothing; ``why`` is a phrase for the reviewer. It is falsy, like no evidence."""

    why: str

    def __bool__(self) -> Literal[False]:
        """Never true."""
        return False


@dataclass(frozen=True)
class _Match:
    """The passages that a search found, in document order."""

    passages: tuple[Passage, ...]
    status: EvidenceStatus
    coverage: float = 1.0


class Grounder:
    """Proves quotations from one document; built once, in time linear in its text."""

    def __init__(self, document: Document, clauses: Sequence[Clause]) -> None:
        self.document = document
        self._clauses = ClauseIndex(clauses)
        self._numbered = Words(document.text, numbered=True)

    def ground(
        self, quote: str, *, cited: Sequence[str] = (), window: Sequence[str] = ()
    ) -> tuple[Evidence, ...] | Unlocated:
        """The passages that prove a quote, or why there are none.

        Args:
            quote: a passage, or parts of one with "..." between.
            cited: ids of the clauses that the analyst names, the most important first.
            window: ids of the clauses that the analyst has read.

        Returns:
            Evidence in document order: one span, or for a quote from distant cited clauses one span a part.

        """
        if len(quote) > MAX_QUOTE_CHARS:
            return Unlocated(f"the quote has more than {MAX_QUOTE_CHARS:,} characters")
        words = Words(quote, numbered=True)
        if words.weight < 2:
            return Unlocated("the quote has less than two words")
        match = self._search(words, Focus(self._clauses.indices(cited), self._clauses.indices(window)))
        if match is None:
            return Unlocated("the quoted words are not in the document")
        return tuple(self._evidence(passage, match) for passage in match.passages)

    def _search(self, quote: Words, focus: Focus) -> _Match | None:
        """The first match in the order of the table above."""
        elided = splices.elided_parts(quote.text)
        for numbered in (True, False):
            source = self._numbered if numbered else self._unnumbered
            words = quote if numbered else Words(quote.text, numbered=False)
            match = self._whole(source, words, focus) or self._spliced(source, elided, focus, numbered=numbered)
            if match:
                return match
        joined = splices.joined_parts(quote.text)
        for numbered in (True, False):
            source = self._numbered if numbered else self._unnumbered
            match = self._spliced(source, joined, focus, numbered=numbered, whole_sentences=True)
            if match:
                return match
        return self._near(quote, focus)

    @cached_property
    def _unnumbered(self) -> Words:
        """The document without its list numbers; built when a quote needs it, which few do."""
        return Words(self.document.text, numbered=False)

    @cached_property
    def _near_matches(self) -> NearMatches:
        return NearMatches(self._numbered.folded, other_words=self.document.language in (None, "en"))

    def _whole(self, source: Words, quote: Words, focus: Focus) -> _Match | None:
        passages = list(find_passages(source, quote, 0, len(self.document.text)))
        # The document's passages are bounded in number: those in the cited clauses must be among them.
        for n in focus.cited:
            clause = self._clauses.clauses[n]
            passages.extend(find_passages(source, quote, clause.start, clause.end))
        proving = [passage for passage in dict.fromkeys(passages) if self._is_enough(quote, passage, focus)]
        chosen = self._clauses.choose(proving, focus)
        if not chosen:
            return None
        passage, has_rivals = chosen
        exact = self._exact(passage, quote.text.strip())
        status: EvidenceStatus = "ambiguous" if has_rivals else "exact" if exact else "normalized"
        return _Match((exact or self._with_marks(passage, quote.text),), status)

    def _is_enough(self, quote: Words, passage: Passage, focus: Focus) -> bool:
        """Whether so few words prove anything here: less than four only as a whole sentence of a cited clause."""
        if quote.weight >= _MIN_WORDS:
            return True
        if not any(n in focus.cited for n in self._clauses.touched(passage)):
            return False
        text = self.document.text
        return quote.weight >= 2 and starts_sentence(text, passage.start) and ends_sentence(text, passage.end)

    def _exact(self, passage: Passage, quote: str) -> Passage | None:
        """The span that has the quote character by character, marks around its words included."""
        start = passage.start - Words(quote, numbered=True).folded.offsets[0]
        if start >= 0 and self.document.text.startswith(quote, start):
            return Passage(start, start + len(quote))
        return None

    def _with_marks(self, passage: Passage, quote: str) -> Passage:
        """The passage with the marks around it in the document, where the quote has a mark there too."""
        text, start, end = self.document.text, passage.start, passage.end
        if quote.rstrip()[-1:] in _CLOSING_MARKS:
            while end < len(text) and text[end] in _CLOSING_MARKS:
                end += 1
        if quote.lstrip()[:1] in _OPENING_MARKS and start > 0 and text[start - 1] in _OPENING_MARKS:
            start -= 1
        return Passage(start, end)

    def _spliced(
        self, source: Words, parts: list[str], focus: Focus, *, numbered: bool, whole_sentences: bool = False
    ) -> _Match | None:
        words = [Words(part, numbered=numbered) for part in parts] if len(parts) > 1 else []
        if not splices.are_enough(words):
            return None
        chain_of: dict[Passage, list[Passage]] = {}
        bounds = (0, len(self.document.text))
        for chain in splices.chains(source, words, bounds, whole_sentences=whole_sentences):
            if self._is_close(chain):
                chain_of[Passage(chain[0].start, chain[-1].end)] = chain
        chosen = self._clauses.choose(_shortest_by_end(chain_of), focus)
        # Parts in several clauses are a span each, because what lies between was left out; whole sentences are one.
        crosses_clauses = chosen is None or (not whole_sentences and len(self._clauses.touched(chosen[0])) > 1)
        if crosses_clauses and (separate := self._separate(source, words, focus)):
            marked = (self._with_marks(passage, part) for passage, part in zip(separate, parts, strict=True))
            return _Match(tuple(marked), "spliced")
        if not chosen:
            return None
        passage, has_rivals = chosen
        negated = any(splices.hides_negation(source.text, *pair) for pair in pairwise(chain_of[passage]))
        status: EvidenceStatus = (
            "ambiguous" if has_rivals else "fuzzy" if negated and not whole_sentences else "spliced"
        )
        return _Match((self._with_marks(passage, parts[-1]),), status)

    def _is_close(self, chain: list[Passage]) -> bool:
        """Whether a chain is in one clause, or its gaps are short enough for parts of several."""
        if len(self._clauses.touched(Passage(chain[0].start, chain[-1].end))) <= 1:
            return True
        return all(splices.is_bounded(gap) for gap in splices.gaps(self.document.text, chain))

    def _separate(self, source: Words, parts: Sequence[Words], focus: Focus) -> list[Passage]:
        """Each part by itself, in cited clauses that follow each other as the parts do; empty if one is not there."""
        passages: list[Passage] = []
        for part in parts:
            if part.weight < _MIN_WORDS:
                return []
            start = passages[-1].end if passages else 0
            candidates = find_passages(source, part, start, len(source.text))
            in_cited = (p for p in candidates if any(n in focus.cited for n in self._clauses.touched(p)))
            passage = next(in_cited, None)
            if passage is None:
                return []
            passages.append(passage)
        return passages

    def _near(self, quote: Words, focus: Focus) -> _Match | None:
        matches = self._near_matches.find(quote.folded)
        span = self._numbered.folded.span
        match_of = {Passage(span(match.first)[0], span(match.last)[1]): match for match in reversed(matches)}
        chosen = self._clauses.choose(match_of, focus)
        if not chosen:
            return None
        passage, has_rivals = chosen
        if has_rivals:
            lowest = min(match.cost for match in matches)
            has_rivals = sum(1 for match in matches if match.cost == lowest) > 1
        status: EvidenceStatus = "ambiguous" if has_rivals else "fuzzy"
        return _Match((self._with_marks(passage, quote.text),), status, round(match_of[passage].coverage, 4))

    def _evidence(self, passage: Passage, match: _Match) -> Evidence:
        touched = self._clauses.touched(passage)
        return Evidence(
            start=passage.start,
            end=passage.end,
            status=match.status,
            text=self.document.text[passage.start : passage.end],
            clauses=tuple(self._clauses.clauses[n].id for n in touched),
            page=page_at(self.document.blocks, passage.start),
            coverage=match.coverage,
        )


def _shortest_by_end(spans: Iterable[Passage]) -> list[Passage]:
    """Of the spans that share an end, the shortest."""
    by_end: dict[int, Passage] = {}
    for span in spans:
        if span.end not in by_end or span.start > by_end[span.end].start:
            by_end[span.end] = span
    return list(by_end.values())
