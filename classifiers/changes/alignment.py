"""Which clauses of two versions stand for each other: equal texts, then similar ones in order, then moves and joins."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import pairwise

from rapidfuzz import fuzz, process

from smallprint.records import Clause, ClausePair, ClauseRelation

# Two texts at one point of the order are one clause from this share of equal words on. Below it, readers of the
# development versions called them two clauses; negations and numbers are judged later, on the redline.
SAME_CLAUSE_SIMILARITY = 0.5
# A text at another point of the order wants more: short legal sentences resemble each other by accident.
MOVED_CLAUSE_SIMILARITY = 0.75
# A split or a join has to explain at least this much more of the other side than its best part alone does.
JOIN_GAIN = 0.05
JOINED_SIMILARITY = 0.8
MAX_JOINED_CLAUSES = 4
# Texts below this many characters ("Privacy", "1.") are never matched as moved by likeness alone.
MIN_MOVED_LENGTH = 40
# A gap of more pairs than this is aligned by its rarest words instead of all against all: 1,000 x 1,000 clauses would
# take 8 MB and two seconds.
MAX_GAP_PAIRS = 250_000
RAREST_WORDS, CANDIDATES_PER_WORD = 4, 50  # enough to reach an edited clause; bounds the work on hostile repeats

_NUMBER = re.compile(
    r"^\W*(?:(?:section|article|clause|§|art\.?)\s*)?(?:\d+(?:\.\d+)*|[ivxlc]+|[a-z])[.):]?\s+", re.IGNORECASE
)
_WORD = re.compile(r"\w+", re.UNICODE)


@dataclass(frozen=True)
class _Side:
    """One version's clauses as the alignment reads them: keys of equal text, words without numbering."""

    clauses: Sequence[Clause]
    keys: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, clauses: Sequence[Clause]) -> "_Side":
        words = [" ".join(_WORD.findall(_body(clause).casefold())) for clause in clauses]
        return cls(clauses, [" ".join(clause.text.split()) for clause in clauses], words)


@dataclass(frozen=True)
class _Matches:
    """What stands for what, as positions in the two versions."""

    new_of: dict[int, int]  # old position -> new position, one to one
    moved: frozenset[int] = frozenset()  # old positions among them that stand elsewhere now
    merged: dict[int, tuple[int, ...]] = field(default_factory=dict)  # new position -> the old ones in it
    split: dict[int, tuple[int, ...]] = field(default_factory=dict)  # old position -> the new ones it became


def align(old: Sequence[Clause], new: Sequence[Clause]) -> tuple[ClausePair, ...]:
    """Every clause of both versions in exactly one pair, in the newer version's order."""
    before, after = _Side.of(old), _Side.of(new)
    new_of = dict(_anchors(before.keys, after.keys))
    new_of |= _in_gaps(before, after, new_of, equal_words_only=True)
    new_of |= _in_gaps(before, after, new_of)
    moved = _moves(before, after, new_of)
    new_of |= moved
    merged, split = _joins(before, after, new_of)
    return tuple(_pairs(before, after, _Matches(new_of, frozenset(moved), merged, split)))


def _body(clause: Clause) -> str:
    """The clause's text without the number at its start."""
    return _NUMBER.sub("", clause.text, count=1) if clause.number else clause.text


# ---- equal texts


def _anchors(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Equal texts in one order: those that are unique in both first, then runs of equal texts between them."""
    unique = _increasing(_unique_matches(old, new))
    edges = [(-1, -1), *unique, (len(old), len(new))]
    yield from unique
    for (old_start, new_start), (old_end, new_end) in pairwise(edges):
        gap_old, gap_new = old[old_start + 1 : old_end], new[new_start + 1 : new_end]
        if not gap_old or not gap_new:
            continue
        for block in SequenceMatcher(None, gap_old, gap_new, autojunk=False).get_matching_blocks():
            for offset in range(block.size):
                yield old_start + 1 + block.a + offset, new_start + 1 + block.b + offset


def _unique_matches(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    in_old, in_new = Counter(old), Counter(new)
    position = {key: n for n, key in enumerate(new) if in_new[key] == 1}
    return [(n, position[key]) for n, key in enumerate(old) if in_old[key] == 1 and key in position]


def _increasing(matches: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest chain of matches that keeps the order on both sides (patience sorting)."""
    tails: list[int] = []
    tail_numbers: list[int] = []
    previous: list[int | None] = []
    for number, (_, new) in enumerate(matches):
        length = bisect_left(tails, new)
        previous.append(tail_numbers[length - 1] if length else None)
        if length == len(tails):
            tails.append(new)
            tail_numbers.append(number)
        else:
            tails[length], tail_numbers[length] = new, number
    chain: list[tuple[int, int]] = []
    link = tail_numbers[-1] if tail_numbers else None
    while link is not None:
        chain.append(matches[link])
        link = previous[link]
    return chain[::-1]


# ---- similar texts between them


def _in_gaps(before: _Side, after: _Side, matches: dict[int, int], *, equal_words_only: bool = False) -> dict[int, int]:
    """The best order-keeping alignment of what lies between two neighboring matches.

    The first pass takes only clauses with the same words (typography, numbers), so that these part long gaps.
    """
    aligned: dict[int, int] = {}
    edges = [(-1, -1), *_increasing(sorted(matches.items())), (len(before.words), len(after.words))]
    taken_new = set(matches.values())
    for (old_start, new_start), (old_end, new_end) in pairwise(edges):
        old = [n for n in range(old_start + 1, old_end) if n not in matches]
        new = [n for n in range(new_start + 1, new_end) if n not in taken_new]
        if not old or not new:
            continue
        if equal_words_only:
            pairs = _anchors([before.words[n] for n in old], [after.words[n] for n in new])
            aligned |= {old[o]: new[n] for o, n in pairs if before.words[old[o]]}
        elif len(old) * len(new) <= MAX_GAP_PAIRS:
            aligned |= _best_in_order(before, after, old, new)
        else:
            aligned |= _best_by_rare_words(before, after, old, new)
    return aligned


def _best_in_order(before: _Side, after: _Side, old: list[int], new: list[int]) -> dict[int, int]:
    """The alignment with the greatest sum of similarities, longer clauses counting more (Needleman-Wunsch)."""
    scores = process.cdist(
        [before.words[n] for n in old],
        [after.words[n] for n in new],
        scorer=fuzz.ratio,
        score_cutoff=SAME_CLAUSE_SIMILARITY * 100,
    )
    lengths = [min(len(before.words[n]), 400) + 20 for n in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for row in range(len(old) - 1, -1, -1):
        for column in range(len(new) - 1, -1, -1):
            score = float(scores[row][column])
            paired = best[row + 1][column + 1] + score * lengths[row] if score else 0.0
            best[row][column] = max(paired, best[row + 1][column], best[row][column + 1])
    pairs: dict[int, int] = {}
    row = column = 0
    while row < len(old) and column < len(new):
        score = float(scores[row][column])
        if score and best[row][column] == best[row + 1][column + 1] + score * lengths[row]:
            pairs[old[row]] = new[column]
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return pairs


def _best_by_rare_words(before: _Side, after: _Side, old: list[int], new: list[int]) -> dict[int, int]:
    """For gaps too long for all pairs: each old clause against the few new ones that share its rarest words."""
    by_word: dict[str, list[int]] = {}
    for n in new:
        for word in set(after.words[n].split()):
            by_word.setdefault(word, []).append(n)
    matches: list[tuple[int, int]] = []
    for o in old:
        rarest = sorted(
            (word for word in set(before.words[o].split()) if word in by_word), key=lambda w: len(by_word[w])
        )
        candidates = list(dict.fromkeys(n for word in rarest[:4] for n in by_word[word][:50]))
        best = process.extractOne(
            before.words[o],
            {n: after.words[n] for n in candidates},
            scorer=fuzz.ratio,
            score_cutoff=SAME_CLAUSE_SIMILARITY * 100,
        )
        if best is not None:
            matches.append((o, int(best[2])))
    return dict(_increasing(matches))


# ---- moved texts, splits and joins


def _moves(before: _Side, after: _Side, matches: dict[int, int]) -> dict[int, int]:
    """Clauses that stand elsewhere now: equal ones first, then the most similar."""
    matched_new = set(matches.values())
    old = [n for n in range(len(before.words)) if n not in matches]
    new = [n for n in range(len(after.words)) if n not in matched_new]
    moved: dict[int, int] = {}
    by_key: dict[str, list[int]] = {}
    for n in new:
        by_key.setdefault(after.words[n], []).append(n)
    for o in old:
        same = by_key.get(before.words[o])
        if same and before.words[o]:
            moved[o] = same.pop(0)
    old = [n for n in old if n not in moved and len(before.words[n]) >= MIN_MOVED_LENGTH]
    gone = set(moved.values())
    new = [n for n in new if n not in gone and len(after.words[n]) >= MIN_MOVED_LENGTH]
    if not old or not new or len(old) * len(new) > MAX_GAP_PAIRS:
        return moved
    scores = process.cdist(
        [before.words[n] for n in old],
        [after.words[n] for n in new],
        scorer=fuzz.ratio,
        score_cutoff=MOVED_CLAUSE_SIMILARITY * 100,
    )
    ranked = sorted(
        ((float(scores[o][n]), o, n) for o in range(len(old)) for n in range(len(new)) if scores[o][n]),
        key=lambda candidate: (-candidate[0], candidate[1], candidate[2]),
    )
    for _, o, n in ranked:
        if old[o] not in moved and new[n] not in gone:
            moved[old[o]] = new[n]
            gone.add(new[n])
    return moved


def _joins(
    before: _Side, after: _Side, matches: dict[int, int]
) -> tuple[dict[int, tuple[int, ...]], dict[int, tuple[int, ...]]]:
    """Merged and split clauses.

    Returns:
        For a new clause the old ones that were merged into it, and for an old clause the new ones it was split into.

    """
    new_of, old_of = matches, {n: o for o, n in matches.items()}
    split = _grown(before, after, new_of, old_of)
    in_splits = {n for group in split.values() for n in group}
    merged = {
        n: group
        for n, group in _grown(after, before, old_of, new_of).items()
        if n not in in_splits and not any(o in split for o in group)
    }
    return merged, split


def _grown(whole: _Side, parts: _Side, part_of: dict[int, int], whole_of: dict[int, int]) -> dict[int, tuple[int, ...]]:
    """Clauses of ``whole`` that neighboring clauses of ``parts``, unmatched so far, explain better together."""
    groups: dict[int, tuple[int, ...]] = {}
    used: set[int] = set()
    for position, words in enumerate(whole.words):
        start = part_of.get(position)
        if start is None:
            start = _first_part(position, parts, part_of, words)
            if start in whole_of or start in used:
                continue
        if start is None or not words or parts.words[start] == words:
            continue
        group, similarity = [start], fuzz.ratio(words, parts.words[start]) / 100
        for step in (1, -1):
            neighbor = group[-1 if step == 1 else 0] + step
            while 0 <= neighbor < len(parts.words) and len(group) < MAX_JOINED_CLAUSES:
                if neighbor in whole_of or neighbor in used or not parts.words[neighbor]:
                    break
                grown = sorted([*group, neighbor])
                joined = fuzz.ratio(words, " ".join(parts.words[n] for n in grown)) / 100
                if joined < similarity + JOIN_GAIN:
                    break
                group, similarity = grown, joined
                neighbor += step
        if len(group) > 1 and similarity >= JOINED_SIMILARITY:
            groups[position] = tuple(group)
            used.update(group)
    return groups


def _first_part(position: int, parts: _Side, part_of: dict[int, int], words: str) -> int | None:
    """Where the parts of a clause without a match could begin: behind the match of the clause before it."""
    start = next((part_of[n] for n in range(position - 1, -1, -1) if n in part_of), -1) + 1
    if start >= len(parts.words) or not parts.words[start]:
        return None
    return start if fuzz.partial_ratio(parts.words[start], words) >= JOINED_SIMILARITY * 100 else None


# ---- pairs


def _pairs(before: _Side, after: _Side, matches: _Matches) -> Iterator[ClausePair]:
    """The pairs in the newer version's order; removed clauses stand before the next clause that kept its place."""
    old_of = {new: old for old, new in matches.new_of.items()}
    in_order = {old for old, _ in _increasing(sorted(matches.new_of.items()))}
    matched = {*matches.new_of, *matches.split, *(old for group in matches.merged.values() for old in group)}
    whole_of = {new: old for old, group in matches.split.items() for new in group}
    next_old = 0
    for new in range(len(after.clauses)):
        olds: tuple[int, ...]
        news: tuple[int, ...]
        if new in whole_of:
            olds, news = (whole_of[new],), matches.split[whole_of[new]]
            if new != news[0]:
                continue
        else:
            olds, news = matches.merged.get(new) or ((old_of[new],) if new in old_of else ()), (new,)
        anchor = next((old for old in olds if old in in_order), None)
        if anchor is not None:
            yield from _removed(before, range(next_old, anchor), matched)
            next_old = max(next_old, anchor + 1)
        yield _pair(before, after, olds, news, moved=any(old in matches.moved for old in olds))
    yield from _removed(before, range(next_old, len(before.clauses)), matched)


def _removed(before: _Side, positions: range, matched: set[int]) -> Iterator[ClausePair]:
    for position in positions:
        if position not in matched:
            yield ClausePair(relation="removed", old=(before.clauses[position].id,), new=(), similarity=0.0)


def _pair(before: _Side, after: _Side, old: tuple[int, ...], new: tuple[int, ...], *, moved: bool) -> ClausePair:
    ids = tuple(before.clauses[o].id for o in old), tuple(after.clauses[n].id for n in new)
    if not old:
        return ClausePair(relation="added", old=(), new=ids[1], similarity=0.0)
    similarity = fuzz.ratio(" ".join(before.words[o] for o in old), " ".join(after.words[n] for n in new)) / 100
    relation: ClauseRelation
    if len(new) > 1:
        relation = "split"
    elif len(old) > 1:
        relation = "merged"
    elif before.keys[old[0]] == after.keys[new[0]]:
        relation = "moved" if moved else "unchanged"
    elif _spelled(before.clauses[old[0]]) == _spelled(after.clauses[new[0]]):
        relation = "moved" if moved else "renumbered"
    else:
        relation = "edited"
    return ClausePair(relation=relation, old=ids[0], new=ids[1], similarity=similarity, moved=moved)


def _spelled(clause: Clause) -> str:
    return " ".join(_body(clause).split())
