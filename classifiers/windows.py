"""Consecutive whole clauses packed into the windows that model calls read, cut by content so that an edit moves few."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from classifiers.tokens import count_tokens
from smallprint.records import Clause, Document

_LEAST = 0.5  # of the budget: a window is cut no sooner, unless the document ends


@dataclass(frozen=True)
class Window:
    """What one model call reads. Nothing in it depends on the place of its clauses in the document.

    ``clauses`` are whole and in order, as in the document; ``context`` are lines of text from outside the window that
    explain it: the headings above its first clause, the words that open a list which it continues.
    """

    index: int  # from 0
    clauses: tuple[Clause, ...]
    context: tuple[str, ...]
    sha256: str  # of the clauses' texts and the context

    def numbered(self) -> Iterator[tuple[int, Clause]]:
        """The clauses that can be cited, with their numbers in this window from 1; bare headings have none."""
        return enumerate((clause for clause in self.clauses if not clause.heading_only), start=1)


def cut_windows(document: Document, clauses: Sequence[Clause], *, budget_tokens: int) -> tuple[Window, ...]:
    """All clauses, each in exactly one window of at most ``budget_tokens``; a longer clause has a window of its own."""
    costs = [count_tokens(clause.text) for clause in clauses]
    cuts = _cuts(costs, [_rank(clauses, at) for at in range(len(clauses))], budget_tokens)
    bounds = [0, *cuts, len(clauses)] if clauses else []
    by_id = {clause.id: clause for clause in clauses}
    return tuple(_window(n, tuple(clauses[start:end]), by_id) for n, (start, end) in enumerate(pairwise(bounds)))


def split_window(document: Document, clauses: Sequence[Clause], window: Window) -> tuple[Window, ...]:
    """The window in two halves, cut at the best clause near its middle; itself alone if it is a single clause."""
    if len(window.clauses) < 2:
        return (window,)
    costs = [count_tokens(clause.text) for clause in window.clauses]
    total, before = sum(costs), 0
    places = []
    for at in range(1, len(costs)):
        before += costs[at - 1]
        places.append((abs(2 * before - total), at))
    cut = min(places)[1]
    by_id = {clause.id: clause for clause in clauses}
    halves = (window.clauses[:cut], window.clauses[cut:])
    return tuple(_window(window.index, half, by_id) for half in halves)


def _window(index: int, clauses: tuple[Clause, ...], by_id: dict[str, Clause]) -> Window:
    context = tuple(_context(clauses, by_id))
    parts = [*context, "", *(clause.text for clause in clauses)]
    return Window(index, clauses, context, sha256("\x1f".join(parts).encode()).hexdigest())


def _context(clauses: tuple[Clause, ...], by_id: dict[str, Clause]) -> Iterator[str]:
    first = clauses[0]
    above = [heading for heading in first.heading_path if heading not in first.text]
    if above:
        yield "Section: " + " > ".join(above)
    inside = {clause.id for clause in clauses}
    if first.lead_in and first.lead_in not in inside and first.lead_in in by_id:
        yield "List opened by: " + by_id[first.lead_in].text


def _rank(clauses: Sequence[Clause], at: int) -> tuple[int, str]:
    """How good a place the start of a clause is for a cut; less is better."""
    clause, before = clauses[at], clauses[at - 1] if at else None
    digest = sha256(clause.text.encode()).hexdigest()
    if before is None or before.heading_only:
        return (99, digest)
    if clause.heading_path == before.heading_path:
        return (50 if clause.lead_in else 40, digest)
    shared = sum(1 for _ in _shared(clause.heading_path, before.heading_path))
    return (min(shared, 30), digest)


def _shared(one: Sequence[str], other: Sequence[str]) -> Iterator[str]:
    for here, there in zip(one, other, strict=False):
        if here != there:
            return
        yield here


def _cuts(costs: Sequence[int], ranks: Sequence[tuple[int, str]], budget: int) -> list[int]:
    """Indices of the clauses that begin a further window."""
    cuts: list[int] = []
    start, rest = 0, sum(costs)
    while rest > budget:
        size, best, end = 0, None, start
        while end < len(costs) and (size + costs[end] <= budget or end == start):
            size += costs[end]
            end += 1
            if end < len(costs) and size >= _LEAST * budget and (best is None or ranks[end] < ranks[best]):
                best = end
        start_next = best if best is not None else end
        if start_next >= len(costs):
            break
        rest -= sum(costs[start:start_next])
        cuts.append(start_next)
        start = start_next
    return cuts
