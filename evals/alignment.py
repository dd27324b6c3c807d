"""One-to-one alignment of drafts with gold provisions by the text that they cite.

The assignment maximizes the total similarity (Kuhn 1955, "The Hungarian method"; scipy's ``linear_sum_assignment``),
so that the order of drafts does not matter and a second draft on the same passage stays unmatched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from smallprint.records import Clause

MIN_IOU = 0.5  # from which two spans count as the same in mode iou: the usual threshold of object detection
Mode = Literal["overlap", "exact", "iou", "clause"]
Floats = NDArray[np.float64]


class HasOffsets(Protocol):
    """Anything with offsets into the text."""

    @property
    def start(self) -> int:
        """First character."""
        ...

    @property
    def end(self) -> int:
        """One past the last character."""
        ...


@dataclass(frozen=True)
class Side:
    """The gold provisions or the drafts of one document: spans and category of each."""

    spans: tuple[tuple[tuple[int, int], ...], ...]
    categories: tuple[str, ...]

    @classmethod
    def of(cls, spans: Sequence[Sequence[HasOffsets]], categories: Sequence[str]) -> "Side":
        """From records that have offsets."""
        return cls(tuple(tuple((span.start, span.end) for span in owned) for owned in spans), tuple(categories))


@dataclass(frozen=True)
class Alignment:
    """Indices into gold and drafts: pairs, gold without a draft, drafts without gold."""

    pairs: tuple[tuple[int, int], ...]
    missed: tuple[int, ...]
    extra: tuple[int, ...]


def align(gold: Side, drafts: Side, mode: Mode = "overlap", clauses: Sequence[Clause] = ()) -> Alignment:
    """Pair gold with drafts, each at most once.

    A pair is possible where the cited texts share a character (``overlap``), are the same span (``exact``), have an
    intersection over union of at least one half (``iou``), or touch a common clause (``clause``, which needs the
    clauses). Among possible pairings the one with the largest sum of: 1 for the same category, the shared part of the
    shorter text (0-1), a tenth of the intersection over union.
    """
    if not gold.spans or not drafts.spans:
        return Alignment((), tuple(range(len(gold.spans))), tuple(range(len(drafts.spans))))
    shared, of_shorter, iou = _similarities(gold, drafts)
    if mode == "clause":
        possible = _common_clauses(gold, drafts, clauses)
    else:
        possible = {"overlap": shared > 0, "exact": iou == 1.0, "iou": iou >= MIN_IOU}[mode]
    same = np.array(gold.categories)[:, None] == np.array(drafts.categories)[None, :]
    weights = np.where(possible, 0.01 + same + of_shorter + 0.1 * iou, 0.0)
    pairs = _assign(weights)
    paired_gold, paired_drafts = {g for g, _ in pairs}, {d for _, d in pairs}
    return Alignment(
        pairs=pairs,
        missed=tuple(g for g in range(len(gold.spans)) if g not in paired_gold),
        extra=tuple(d for d in range(len(drafts.spans)) if d not in paired_drafts),
    )


def _assign(weights: Floats) -> tuple[tuple[int, int], ...]:
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(weights, maximize=True)
    return tuple((int(g), int(d)) for g, d in zip(rows, columns, strict=True) if weights[g, d] > 0)


def _similarities(gold: Side, drafts: Side) -> tuple[Floats, Floats, Floats]:
    """Shared characters, their share of the shorter side, and intersection over union, for every pair."""
    starts, ends, owners = _flat(gold)
    other_starts, other_ends, other_owners = _flat(drafts)
    common = np.minimum(ends[:, None], other_ends[None, :]) - np.maximum(starts[:, None], other_starts[None, :])
    shared = np.zeros((len(gold.spans), len(drafts.spans)))
    np.add.at(shared, (owners[:, None], other_owners[None, :]), np.maximum(common, 0).astype(float))
    lengths, other_lengths = _lengths(gold)[:, None], _lengths(drafts)[None, :]
    return shared, shared / np.minimum(lengths, other_lengths), shared / (lengths + other_lengths - shared)


def _flat(side: Side) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    rows = [(start, end, n) for n, spans in enumerate(side.spans) for start, end in spans]
    table = np.array(rows, dtype=np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _lengths(side: Side) -> Floats:
    return np.array([max(1, sum(end - start for start, end in spans)) for spans in side.spans], dtype=float)


def _common_clauses(gold: Side, drafts: Side, clauses: Sequence[Clause]) -> NDArray[np.bool_]:
    of_gold, of_drafts = _touched(gold, clauses), _touched(drafts, clauses)
    common: NDArray[np.int64] = of_gold.astype(np.int64) @ of_drafts.astype(np.int64).T
    return common > 0


def _touched(side: Side, clauses: Sequence[Clause]) -> NDArray[np.bool_]:
    starts = np.array([clause.start for clause in clauses])
    ends = np.array([clause.end for clause in clauses])
    touched = np.zeros((len(side.spans), len(clauses)), dtype=bool)
    for n, spans in enumerate(side.spans):
        for start, end in spans:
            touched[n] |= (starts < end) & (start < ends)
    return touched
