"""Consecutive whole clauses packed into the windows that model calls read, cut by content so that an edit moves few."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import pairwise

from classifiers.model.cuts import CutPoint, choose_cuts, cut_points_of
from classifiers.model.surroundings import Surroundings
from classifiers.model.tokens import count_tokens
from extractors.clauses.sentences import sentence_spans
from smallprint.records import Clause, Document

# A longer heading is a sentence set as a heading and may state a term; of 133 bare headings in 31 real documents one is
# longer.
_MAX_BARE_HEADING_CHARS = 80


@dataclass(frozen=True)
class Window:
    """What one model call reads. Only ``index`` depends on where in the document the window is.

    So a window renders the same after clauses were added or changed elsewhere, and its stored answer is used again.
    """

    index: int  # from 0
    clauses: tuple[Clause, ...]  # whole and in order; a part of a clause only after ``split_window`` of a single clause
    headings: tuple[str, ...] = ()  # above the first clause and outside the window, outermost first
    lead_in: str = ""  # opening of the list, or head of the table, in the middle of which the window begins
    definitions: tuple[str, ...] = ()  # sentences from elsewhere that define terms used here

    @property
    def context(self) -> tuple[str, ...]:
        """Text from outside the window that explains it: section, lead-in and definitions, a line each."""
        lines = [f"Section: {' > '.join(self.headings)}"] if self.headings else []
        lines += [f"Continues: {self.lead_in}"] if self.lead_in else []
        return (*lines, *(f"Definition: {sentence}" for sentence in self.definitions))

    @property
    def sha256(self) -> str:
        """Of the clauses' texts and the context: windows with the same hash ask the same question."""
        texts = (f"{clause.heading_only:d}{clause.text}" for clause in self.clauses)
        return sha256("\x1f".join((*self.context, "", *texts)).encode()).hexdigest()

    def numbered(self) -> Iterator[tuple[int, Clause]]:
        """The clauses that can be cited, with their numbers in this window from 1; bare headings have none.

        A heading as long as a sentence is numbered too: it may state a term.
        """
        return enumerate((clause for clause in self.clauses if _is_citable(clause)), start=1)


def _is_citable(clause: Clause) -> bool:
    return not clause.heading_only or len(clause.text) > _MAX_BARE_HEADING_CHARS


def cut_windows(document: Document, clauses: Sequence[Clause], *, budget_tokens: int) -> tuple[Window, ...]:
    """All clauses, each in exactly one window of at most ``budget_tokens`` estimated tokens.

    A clause beyond the budget has a window of its own, with the bare headings in front of it; ``cut_clauses`` bounds
    clauses, so none is split here. How the cuts are chosen: docs/decisions/0011-grounding.md.

    Raises:
        ValueError: the budget is not positive.

    """
    if budget_tokens < 1:
        raise ValueError("a window needs a budget of at least one token")
    if not clauses:
        return ()
    points = cut_points_of(clauses, budget_tokens)
    starts = [0, *choose_cuts(points, budget_tokens), len(points)]
    first_clauses = [*(point.clause for point in points), len(clauses)]
    spans = [(first_clauses[start], first_clauses[end]) for start, end in pairwise(starts)]
    surroundings = Surroundings(document, clauses, spans)
    return tuple(
        Window(
            index=n,
            clauses=tuple(clauses[start:end]),
            headings=surroundings.headings(clauses[start]),
            lead_in=surroundings.lead_in(clauses[start:end]),
            definitions=surroundings.definitions(n),
        )
        for n, (start, end) in enumerate(spans)
    )


def split_window(document: Document, clauses: Sequence[Clause], window: Window) -> tuple[Window, ...]:
    """The window in two, for an answer that was cut off.

    Cut where a section begins near the middle, else between clauses; a single clause between its sentences, both parts
    under its id. A single sentence cannot be split: the window is returned whole.
    """
    halves = _halve_clauses(window.clauses) if len(window.clauses) > 1 else _halve_clause(window.clauses[0])
    if len(halves) < 2:
        return (window,)
    surroundings = Surroundings(document, clauses, ())
    first, second = halves
    return (
        replace(window, clauses=first),
        replace(
            window, clauses=second, headings=surroundings.headings(second[0]), lead_in=surroundings.lead_in(second)
        ),
    )


def _halve_clauses(clauses: tuple[Clause, ...]) -> tuple[tuple[Clause, ...], ...]:
    total = sum(count_tokens(clause.text) for clause in clauses)
    # Two thirds, so that a section start off the middle may be chosen.
    points = cut_points_of(clauses, total)
    cuts = choose_cuts(points, max(1, total * 2 // 3))
    if not cuts:
        return (clauses,)
    middle = min(cuts, key=lambda cut: abs(2 * _tokens(points[:cut]) - total))
    cut = points[middle].clause
    return clauses[:cut], clauses[cut:]


def _tokens(points: Sequence[CutPoint]) -> int:
    return sum(point.tokens for point in points)


def _halve_clause(clause: Clause) -> tuple[tuple[Clause, ...], ...]:
    """A clause in two parts, split between the two sentences nearest to its middle."""
    starts = [start for start, _ in sentence_spans(clause.text)][1:]
    if not starts:
        return ((clause,),)
    middle = min(starts, key=lambda start: abs(2 * start - len(clause.text)))
    head = clause.text[:middle].rstrip()
    first = clause.model_copy(update={"end": clause.start + len(head), "text": head})
    second = clause.model_copy(update={"start": clause.start + middle, "text": clause.text[middle:]})
    return (first,), (second,)
