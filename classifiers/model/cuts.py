"""Where to cut a sequence of clauses into windows, decided by their content and not by their position.

First, anchors: the best place to cut within half a budget on either side, a section start if there is one, chosen among
equals by a hash of its words. An anchor depends on its neighborhood alone, so an edit elsewhere leaves it where it is.
Then what lies between two anchors and exceeds the budget is halved, and windows that fit together are joined.
"""

from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate, pairwise

from classifiers.model.tokens import count_tokens
from smallprint.records import Clause

_RADIUS = 0.5  # of the budget, on either side of an anchor
_LEAST = 0.35  # of the budget: a window that is cut smaller is waste
_SAME_SECTION, _SAME_LIST, _DEEPEST = 5, 6, 4  # ranks, after the number of headings shared with the clause before


@dataclass(frozen=True)
class Place:
    """A clause at which a window may begin, with the bare headings before it."""

    clause: int  # index of its first clause
    tokens: int  # up to the next place
    rank: tuple[int, str]  # how good a place to cut; less is better


def places_of(clauses: Sequence[Clause], budget: int) -> list[Place]:
    """The places at which windows of ``budget`` tokens may begin; a bare heading stays with what follows it."""
    places: list[Place] = []
    start, tokens, bare = 0, 0, True
    for at, clause in enumerate(clauses):
        # A document of nothing but headings is cut all the same.
        if not bare or 2 * tokens > budget:
            places.append(Place(start, tokens, _rank(clauses, start)))
            start, tokens = at, 0
        tokens += count_tokens(clause.text)
        bare = clause.heading_only
    if bare and places:
        last = places.pop()
        start, tokens = last.clause, tokens + last.tokens
    places.append(Place(start, tokens, _rank(clauses, start)))
    return places


def choose_cuts(places: Sequence[Place], budget: int) -> list[int]:
    """Indices of the places, the first aside, at which a further window begins; linear but for nested halving."""
    ends = [0, *accumulate(place.tokens for place in places)]
    bounds = [0, *_anchors(places, ends, budget), len(places)]
    cuts: list[int] = []
    for low, high in pairwise(bounds):
        cuts.extend([low] if low else [])
        cuts.extend(sorted(_halve(places, ends, (low, high), budget)))
    return _joined(cuts, ends, budget)


def _rank(clauses: Sequence[Clause], at: int) -> tuple[int, str]:
    """Section starts first, outermost before all; a place inside a list last; equals in an order without pattern."""
    clause, before = clauses[at], clauses[at - 1] if at else None
    if before is not None and clause.heading_path == before.heading_path:
        return (_SAME_LIST if clause.lead_in else _SAME_SECTION, _digest(clause.text[:200]))
    shared = 0
    for here, there in zip(clause.heading_path, before.heading_path if before else (), strict=False):
        if here != there:
            break
        shared += 1
    own = clause.heading_path[shared] if shared < len(clause.heading_path) else clause.text[:100]
    return (min(shared, _DEEPEST), _digest(own))


def _digest(words: str) -> str:
    """Of the letters only: a section that is numbered anew stays as good a place as before."""
    return sha256("".join(filter(str.isalpha, words)).encode()).hexdigest()


def _anchors(places: Sequence[Place], ends: Sequence[int], budget: int) -> Iterator[int]:
    """Places better than all others within the radius, but none so near the document's start or end."""
    radius = max(1, int(_RADIUS * budget))
    best: deque[int] = deque()  # indices in the neighborhood that may still be the best of one, ranks rising
    ahead = 1
    for at in range(1, len(places)):
        while ahead < len(places) and ends[ahead] < ends[at] + radius:
            while best and places[ahead].rank < places[best[-1]].rank:
                best.pop()
            best.append(ahead)
            ahead += 1
        while ends[best[0]] < ends[at] - radius:
            best.popleft()
        inside = ends[at] >= radius and ends[-1] - ends[at] >= _LEAST * budget
        if best[0] == at and inside:
            yield at


def _halve(places: Sequence[Place], ends: Sequence[int], span: tuple[int, int], budget: int) -> Iterator[int]:
    """Cuts that bring a span within the budget, with as few windows as its size allows."""
    todo = [span]
    while todo:
        low, high = todo.pop()
        if high - low < 2 or ends[high] - ends[low] <= budget:
            continue
        cut = _best_between(places, ends, low, high, budget)
        yield cut
        todo += [(low, cut), (cut, high)]


def _best_between(places: Sequence[Place], ends: Sequence[int], low: int, high: int, budget: int) -> int:
    """The best place in the middle of a span: neither side smaller than it must be nor larger than its windows hold."""
    size = ends[high] - ends[low]
    windows = max(2, -(-size // budget))
    left, right = (windows // 2) * budget, (windows - windows // 2) * budget
    for least, most in (
        (max(size - right, int(_LEAST * budget)), min(left, size - int(_LEAST * budget))),
        (int(_LEAST * budget), size - int(_LEAST * budget)),
    ):
        first = max(low + 1, bisect_left(ends, ends[low] + least, low, high))
        last = min(high, bisect_right(ends, ends[low] + most, low, high))
        if first < last:
            return min(range(first, last), key=lambda at: places[at].rank)
    middle = bisect_left(ends, ends[low] + size // 2, low, high)
    return min(max(middle, low + 1), high - 1)


def _joined(cuts: Sequence[int], ends: Sequence[int], budget: int) -> list[int]:
    """The cuts without those between windows that fit into one."""
    kept: list[int] = []
    start = 0
    for at, cut in enumerate(cuts):
        following = ends[cuts[at + 1]] if at + 1 < len(cuts) else ends[-1]
        if following - ends[start] > budget:
            kept.append(cut)
            start = cut
    return kept
