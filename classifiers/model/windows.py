"""Consecutive whole clauses packed into the windows that model calls read, cut by content so that an edit moves few."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from classifiers.model.cuts import Place, choose_cuts, places_of
from classifiers.model.surroundings import Surroundings
from classifiers.model.tokens import count_tokens
from extractors.clauses.sentences import sentence_spans
from smallprint.records import Clause, Document

_SAYS = 80  # characters of a heading that may hold a term


@dataclass(frozen=True)
class Window:
    """What one model call reads. Nothing in it but ``index`` tells where in the document it stands.

    So a window renders the same after clauses were added or changed elsewhere, and a stored answer is found again.
    """

    index: int  # from 0
    clauses: tuple[Clause, ...]  # whole and in order; part of one only after ``split_window`` of a single clause
    headings: tuple[str, ...] = ()  # above the first clause, outermost first, where they stand outside the window
    lead_in: str = ""  # the words that open the list, or the head of the table, that the window begins inside of
    definitions: tuple[str, ...] = ()  # sentences from elsewhere that define terms used here

    @property
    def context(self) -> tuple[str, ...]:
        """What lies outside the window and explains it, a line each."""
        lines = [f"Section: {' > '.join(self.headings)}"] if self.headings else []
        lines += [f"Continues: {self.lead_in}"] if self.lead_in else []
        return (*lines, *(f"Definition: {sentence}" for sentence in self.definitions))

    @property
    def sha256(self) -> str:
        """Of the clauses' texts and the context: windows with the same hash ask the same."""
        texts = (f"{clause.heading_only:d}{clause.text}" for clause in self.clauses)
        return sha256("\x1f".join((*self.context, "", *texts)).encode()).hexdigest()

    def numbered(self) -> Iterator[tuple[int, Clause]]:
        """The clauses that can be cited, with their numbers in this window from 1; bare headings have none.

        A heading as long as a sentence is numbered: it may say something, whatever it looks like.
        """
        return enumerate((one for one in self.clauses if not one.heading_only or len(one.text) > _SAYS), start=1)


def cut_windows(document: Document, clauses: Sequence[Clause], *, budget_tokens: int) -> tuple[Window, ...]:
    """All clauses, each in exactly one window of at most ``budget_tokens`` estimated tokens.

    A clause beyond the budget has a window of its own, with the bare headings in front of it; ``cut_clauses`` bounds
    clauses, so none is parted here. How the cuts are chosen: docs/decisions/0011-grounding.md.

    Raises:
        ValueError: the budget is not positive.

    """
    if budget_tokens < 1:
        raise ValueError("a window needs a budget of at least one token")
    if not clauses:
        return ()
    places = places_of(clauses, budget_tokens)
    starts = [0, *choose_cuts(places, budget_tokens), len(places)]
    at = [*(place.clause for place in places), len(clauses)]
    spans = [(at[start], at[end]) for start, end in pairwise(starts)]
    around = Surroundings(document, clauses, spans)
    return tuple(
        Window(
            index=n,
            clauses=tuple(clauses[start:end]),
            headings=around.headings(clauses[start]),
            lead_in=around.lead_in(clauses[start:end]),
            definitions=around.definitions(n),
        )
        for n, (start, end) in enumerate(spans)
    )


def split_window(document: Document, clauses: Sequence[Clause], window: Window) -> tuple[Window, ...]:
    """The window in two, for an answer that was cut off.

    Cut where a section begins near the middle, else between clauses; a single clause between its sentences, both parts
    under its id. A single sentence cannot be split: the window comes back alone.
    """
    halves = _halves(window.clauses) if len(window.clauses) > 1 else _parts(window.clauses[0])
    if len(halves) < 2:
        return (window,)
    around = Surroundings(document, clauses, ())
    first, second = halves
    return (
        Window(window.index, first, window.headings, window.lead_in, window.definitions),
        Window(window.index, second, around.headings(second[0]), around.lead_in(second), window.definitions),
    )


def _halves(clauses: tuple[Clause, ...]) -> tuple[tuple[Clause, ...], ...]:
    total = sum(count_tokens(clause.text) for clause in clauses)
    # Two thirds, so that a section start off the middle may be chosen.
    places = places_of(clauses, total)
    cuts = choose_cuts(places, max(1, total * 2 // 3))
    if not cuts:
        return (clauses,)
    middle = min(cuts, key=lambda cut: abs(2 * _tokens(places[:cut]) - total))
    cut = places[middle].clause
    return clauses[:cut], clauses[cut:]


def _tokens(places: Sequence[Place]) -> int:
    return sum(place.tokens for place in places)


def _parts(clause: Clause) -> tuple[tuple[Clause, ...], ...]:
    """A clause in two parts that meet between the sentences nearest to its middle."""
    starts = [start for start, _ in sentence_spans(clause.text)][1:]
    if not starts:
        return ((clause,),)
    middle = min(starts, key=lambda start: abs(2 * start - len(clause.text)))
    head = clause.text[:middle].rstrip()
    first = clause.model_copy(update={"end": clause.start + len(head), "text": head})
    second = clause.model_copy(update={"start": clause.start + middle, "text": clause.text[middle:]})
    return (first,), (second,)
