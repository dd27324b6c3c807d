"""Proof of quotations: where in the document the words that an analyst quotes stand, or why they do not.

A quote is looked for in the cited clauses, then in the window, then in the document. What comes back is always the
source's own text. docs/decisions/0011-grounding.md says what each status means and what is never accepted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from classifiers.grounding import splices
from classifiers.grounding.near_matches import NearMatches
from classifiers.grounding.passages import Passage, Scope, Words, ends_sentence, find, starts_sentence
from extractors.layout import page_at
from smallprint.records import Clause, Document, Evidence, EvidenceStatus

LONGEST_QUOTE = 20_000  # characters; whoever sends more has not quoted
_ENOUGH_WORDS = 4  # for words to prove anything wherever they stand
_CLOSING = ".,;:!?…\"'”’»)]"
_OPENING = "\"'“‘«([„"


@dataclass(frozen=True)
class Unlocated:
    """The quote proves nothing; ``why`` is a phrase for the reviewer. False, so that ``if not evidence`` finds it."""

    why: str

    def __bool__(self) -> Literal[False]:
        """Never true."""
        return False


@dataclass(frozen=True)
class _Found:
    passages: tuple[Passage, ...]
    status: EvidenceStatus
    coverage: float = 1.0


class Grounder:
    """Proves quotations from one document; built once, in time linear in its text."""

    def __init__(self, document: Document, clauses: Sequence[Clause]) -> None:
        self.document = document
        self._scope = Scope(clauses)
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
        if len(quote) > LONGEST_QUOTE:
            return Unlocated(f"the quote has more than {LONGEST_QUOTE:,} characters")
        words = Words(quote, numbered=True)
        if words.weight < 2:
            return Unlocated("the quote has less than two words")
        where = (self._scope.indices(cited), self._scope.indices(window))
        found = self._find(words, *where)
        if found is None:
            return Unlocated("the quoted words are not in the document")
        return tuple(self._evidence(passage, found) for passage in found.passages)

    def _find(self, quote: Words, cited: list[int], window: list[int]) -> _Found | None:
        parts = splices.elided_parts(quote.text)
        # With list numbers, then without, which few quotations need.
        for numbered in (True, False):
            source = self._numbered if numbered else self._bare
            words = quote if numbered else Words(quote.text, numbered=False)
            found = self._whole(source, words, cited, window)
            found = found or self._spliced(source, parts, cited, window, numbered=numbered)
            if found:
                return found
        return self._joined(quote, cited, window) or self._near(quote, cited, window)

    @cached_property
    def _bare(self) -> Words:
        return Words(self.document.text, numbered=False)

    @cached_property
    def _near_matches(self) -> NearMatches:
        return NearMatches(self._numbered.squashed, other_words=self.document.language in (None, "en"))

    def _everywhere(self) -> tuple[int, int]:
        return 0, len(self.document.text)

    def _whole(self, source: Words, quote: Words, cited: list[int], window: list[int]) -> _Found | None:
        places = list(find(source, quote, *self._everywhere()))
        for n in cited:
            clause = self._scope.clauses[n]
            places.extend(find(source, quote, clause.start, clause.end))
        enough = [place for place in dict.fromkeys(places) if self._proves(quote, place, cited)]
        chosen = self._scope.choose(enough, cited, window)
        if not chosen:
            return None
        passage, rivals = chosen
        exact = self._exact(passage, quote.text.strip())
        status: EvidenceStatus = "ambiguous" if rivals else "exact" if exact else "normalized"
        return _Found((exact or self._with_marks(passage, quote.text),), status)

    def _proves(self, words: Words, place: Passage, cited: list[int]) -> bool:
        """Whether so few words prove anything here: less than four only as a whole sentence of a cited clause."""
        if words.weight >= _ENOUGH_WORDS:
            return True
        if not any(n in cited for n in self._scope.touched(place)):
            return False
        text = self.document.text
        return words.weight >= 2 and starts_sentence(text, place.start) and ends_sentence(text, place.end)

    def _exact(self, passage: Passage, quote: str) -> Passage | None:
        """The span that the quote has letter by letter, marks around its words included."""
        words = Words(quote, numbered=True).squashed
        start = passage.start - words.offsets[0]
        if start >= 0 and self.document.text.startswith(quote, start):
            return Passage(start, start + len(quote))
        return None

    def _with_marks(self, passage: Passage, quote: str) -> Passage:
        """The passage with the closing marks that its last word has, if the quote closes with a mark too."""
        text, start, end = self.document.text, passage.start, passage.end
        if quote.rstrip()[-1:] in _CLOSING:
            while end < len(text) and text[end] in _CLOSING:
                end += 1
        if quote.lstrip()[:1] in _OPENING and start > 0 and text[start - 1] in _OPENING:
            start -= 1
        return Passage(start, end)

    def _joined(self, quote: Words, cited: list[int], window: list[int]) -> _Found | None:
        parts = splices.joined_parts(quote.text)
        for numbered in (True, False):
            source = self._numbered if numbered else self._bare
            if found := self._spliced(source, parts, cited, window, numbered=numbered, whole=True):
                return found
        return None

    def _spliced(
        self,
        source: Words,
        parts: list[str],
        cited: list[int],
        window: list[int],
        *,
        numbered: bool,
        whole: bool = False,
    ) -> _Found | None:
        words = [Words(part, numbered=numbered) for part in parts] if len(parts) > 1 else []
        if not splices.is_enough(words):
            return None
        spans = {}
        for chain in splices.chains(source, words, self._everywhere(), whole=whole):
            if self._is_close(chain):
                spans[Passage(chain[0].start, chain[-1].end)] = chain
        chosen = self._scope.choose(self._tightest(spans), cited, window)
        # Words of several clauses are several spans: what lies between was left out. Whole sentences are one passage.
        apart = self._apart(source, words, cited)
        parted = chosen is None or (not whole and len(self._scope.touched(chosen[0])) > 1)
        if parted and len(apart) == len(words):
            marked = (self._with_marks(one, part) for one, part in zip(apart, parts, strict=True))
            return _Found(tuple(marked), "spliced")
        if not chosen:
            return None
        passage, rivals = chosen
        hidden = any(splices.hides_negation(source.text, *pair) for pair in pairwise(spans[passage]))
        status: EvidenceStatus = "ambiguous" if rivals else "fuzzy" if hidden and not whole else "spliced"
        return _Found((self._with_marks(passage, parts[-1]),), status)

    def _is_close(self, chain: list[Passage]) -> bool:
        if len(self._scope.touched(Passage(chain[0].start, chain[-1].end))) <= 1:
            return True
        return all(splices.is_bounded(gap) for gap in splices.gaps(self.document.text, chain))

    def _tightest(self, spans: dict[Passage, list[Passage]]) -> list[Passage]:
        """Of the spans that end at one place, the shortest."""
        by_end: dict[int, Passage] = {}
        for span in spans:
            if span.end not in by_end or span.start > by_end[span.end].start:
                by_end[span.end] = span
        return list(by_end.values())

    def _apart(self, source: Words, parts: Sequence[Words], cited: list[int]) -> list[Passage]:
        """Each part by itself, in cited clauses that stand in the quote's order."""
        passages: list[Passage] = []
        for part in parts:
            if part.weight < _ENOUGH_WORDS:
                return []
            start = passages[-1].end if passages else 0
            places = find(source, part, start, len(source.text))
            inside = (place for place in places if any(n in cited for n in self._scope.touched(place)))
            place = next(inside, None)
            if place is None:
                return []
            passages.append(place)
        return passages

    def _near(self, quote: Words, cited: list[int], window: list[int]) -> _Found | None:
        matches = self._near_matches.find(quote.squashed)
        span = self._numbered.squashed.span
        places = {Passage(span(match.first)[0], span(match.last)[1]): match for match in reversed(matches)}
        chosen = self._scope.choose(places, cited, window)
        if not chosen:
            return None
        passage, rivals = chosen
        if rivals:
            best = min(match.cost for match in matches)
            rivals = sum(1 for match in matches if match.cost == best) > 1
        status: EvidenceStatus = "ambiguous" if rivals else "fuzzy"
        return _Found((self._with_marks(passage, quote.text),), status, round(places[passage].coverage, 4))

    def _evidence(self, passage: Passage, found: _Found) -> Evidence:
        touched = self._scope.touched(passage)
        return Evidence(
            start=passage.start,
            end=passage.end,
            status=found.status,
            text=self.document.text[passage.start : passage.end],
            clauses=tuple(self._scope.clauses[n].id for n in touched),
            page=page_at(self.document.blocks, passage.start),
            coverage=found.coverage,
        )
