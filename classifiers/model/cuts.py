"""Where to cut a sequence of clauses into windows, decided by their content and not by their position.

First come the anchors: the best cut point within half a budget on either side, a section start if there is one, ties
broken by a hash of its words. An anchor depends on its neighborhood alone, so an edit elsewhere leaves it where it is.
Then each stretch between two anchors that exceeds the budget is halved, and windows that fit together are joined.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate, pairwise

from classifiers.model.tokens import count_tokens
from smallprint.records import Clause

# Shares of the budget, from the windows benchmark on 31 real documents (docs/decisions/0011-grounding.md). With half
# the radius three times as many insertions at the top move more than two windows; with a smaller minimum the windows
# are emptier and edits begin to move more than two of them.
_ANCHOR_RADIUS_SHARE = 0.5  # on either side of an anchor
_MIN_WINDOW_SHARE = 0.35  # what a cut must leave on both sides
# Ranks of cut points. A section start ranks by how many headings it shares with the clause before, at most 4: deeper
# headings say no more about where the subject changes (limits of 2 and of 8 gave the benchmark's same figures).
_MAX_SECTION_RANK = 4
_SAME_SECTION_RANK = 5
_SAME_LIST_RANK = 6


@dataclass(frozen=True)
class CutPoint:
    """A clause at which a window may begin, with the bare headings before it."""

    clause: int  # index of its first clause
    tokens: int  # up to the next cut point
    rank: tuple[int, str]  # how well a window begins here; less is better


def cut_points_of(clauses: Sequence[Clause], budget: int) -> list[CutPoint]:
    """The clauses at which windows of ``budget`` tokens may begin; a bare heading stays with what follows it."""
    points: list[CutPoint] = []
    start, tokens, only_headings = 0, 0, True
    for index, clause in enumerate(clauses):
        # A document of nothing but headings is cut all the same.
        if not only_headings or 2 * tokens > budget:
            points.append(CutPoint(start, tokens, _rank(clauses, start)))
            start, tokens = index, 0
        tokens += count_tokens(clause.text)
        only_headings = clause.heading_only
    if only_headings and points:
        last = points.pop()
        start, tokens = last.clause, tokens + last.tokens
    points.append(CutPoint(start, tokens, _rank(clauses, start)))
    return points


def choose_cuts(points: Sequence[CutPoint], budget: int) -> list[int]:
    """Indices of the cut points, the first aside, at which a further window begins; linear but for nested halving."""
    ends = [0, *accumulate(point.tokens for point in points)]
    bounds = [0, *_anchors(points, ends, budget), len(points)]
    cuts: list[int] = []
    for low, high in pairwise(bounds):
        cuts.extend([low] if low else [])
        cuts.extend(sorted(_halve(points, ends, (low, high), budget)))
    return _join_small_windows(cuts, ends, budget)


def _rank(clauses: Sequence[Clause], index: int) -> tuple[int, str]:
    """Section starts first, the outermost before all; clauses inside a list last; ties in an order without pattern."""
    clause, before = clauses[index], clauses[index - 1] if index else None
    if before is not None and clause.heading_path == before.heading_path:
        return (_SAME_LIST_RANK if clause.lead_in else _SAME_SECTION_RANK, _hash_of_letters(clause.text[:200]))
    shared = 0
    for heading, heading_before in zip(clause.heading_path, before.heading_path if before else (), strict=False):
        if heading != heading_before:
            break
        shared += 1
    own_heading = clause.heading_path[shared] if shared < len(clause.heading_path) else clause.text[:100]
    return (min(shared, _MAX_SECTION_RANK), _hash_of_letters(own_heading))


def _hash_of_letters(text: str) -> str:
    """Of the letters only: a section that gets another number ranks as before."""
    return sha256("".join(filter(str.isalpha, text)).encode()).hexdigest()


def _anchors(points: Sequence[CutPoint], ends: Sequence[int], budget: int) -> Iterator[int]:
    """Cut points that rank before all others within the radius and are not too near the document's start or end."""
    radius = max(1, int(_ANCHOR_RADIUS_SHARE * budget))
    candidates: deque[int] = deque()  # indices inside the radius that may still rank first, ranks rising
    ahead = 1
    for index in range(1, len(points)):
        while ahead < len(points) and ends[ahead] < ends[index] + radius:
            while candidates and points[ahead].rank < points[candidates[-1]].rank:
                candidates.pop()
            candidates.append(ahead)
            ahead += 1
        while ends[candidates[0]] < ends[index] - radius:
            candidates.popleft()
        inside = ends[index] >= radius and ends[-1] - ends[index] >= _MIN_WINDOW_SHARE * budget
        if candidates[0] == index and inside:
            yield index


def _halve(points: Sequence[CutPoint], ends: Sequence[int], stretch: tuple[int, int], budget: int) -> Iterator[int]:
    """Cuts that bring a stretch within the budget, with as few windows as its size allows."""
    pending = [stretch]
    while pending:
        low, high = pending.pop()
        if high - low < 2 or ends[high] - ends[low] <= budget:
            continue
        cut = _best_between(points, ends, low, high, budget)
        yield cut
        pending += [(low, cut), (cut, high)]


def _best_between(points: Sequence[CutPoint], ends: Sequence[int], low: int, high: int, budget: int) -> int:
    """The best cut in the middle of a stretch: neither side below the minimum nor above what its windows hold."""
    size = ends[high] - ends[low]
    windows = max(2, -(-size // budget))
    left, right = (windows // 2) * budget, (windows - windows // 2) * budget
    minimum = int(_MIN_WINDOW_SHARE * budget)
    # The strict bounds first; where no cut point meets them, the minimum on both sides alone.
    for nearest, farthest in (
        (max(size - right, minimum), min(left, size - minimum)),
        (minimum, size - minimum),
    ):
        first = max(low + 1, bisect_left(ends, ends[low] + nearest, low, high))
        last = min(high, bisect_right(ends, ends[low] + farthest, low, high))
        if first < last:
            return min(range(first, last), key=lambda index: points[index].rank)
    middle = bisect_left(ends, ends[low] + size // 2, low, high)
    return min(max(middle, low + 1), high - 1)


def _join_small_windows(cuts: Sequence[int], ends: Sequence[int], budget: int) -> list[int]:
    """The cuts without those between windows that fit into one."""
    remaining: list[int] = []
    start = 0
    for n, cut in enumerate(cuts):
        window_end = ends[cuts[n + 1]] if n + 1 < len(cuts) else ends[-1]
        if window_end - ends[start] > budget:
            remaining.append(cut)
            start = cut
    return remaining
