"""Whether provisions are found, and under the right category: precision, recall and F1; spans in four modes.

P = TP / predicted, R = TP / gold, F1 = 2PR / (P + R) (van Rijsbergen 1979; Manning, Raghavan, Schütze 2008, ch. 8).
Micro sums the counts of all categories, macro averages F1 over the categories that gold or drafts have. Cases whose
gold is not complete count for recall and for known negatives only.
"""

from collections.abc import Callable

import numpy as np

from evals.alignment import Mode
from evals.scorers.metric import Array, Metric, Scored, f1, ratio, share
from smallprint.registry import load

CATEGORIES = tuple(load().categories)
_INDEX = {name: n for n, name in enumerate(CATEGORIES)}
_GROUP = "Detection"


def found_counts(mode: Mode) -> Callable[[Scored], Array]:
    """Counts (matched, drafts, gold), whatever the category."""

    def count(scored: Scored) -> Array:
        return np.array([len(scored.alignment(mode).pairs), len(scored.drafts), len(scored.gold)], dtype=float)

    return count


def category_counts(scored: Scored) -> Array:
    """For each category (true, predicted, gold), flat: a pair is true where the primary categories are the same."""
    table = np.zeros((len(CATEGORIES), 3))
    for gold in scored.gold:
        table[_INDEX[gold.category], 2] += 1
    for gold, draft in scored.pairs:
        table[_INDEX[draft.category], 1] += 1
        if gold.category == draft.category:
            table[_INDEX[gold.category], 0] += 1
    for draft in scored.spurious:
        table[_INDEX[draft.category], 1] += 1
    return table.ravel()


def per_category(counts: Array) -> tuple[Array, Array, Array]:
    """True, predicted and gold from flat counts, each of shape (..., categories)."""
    table = counts.reshape(*counts.shape[:-1], len(CATEGORIES), 3)
    return table[..., 0], table[..., 1], table[..., 2]


def _macro(counts: Array) -> Array:
    true, predicted, gold = per_category(counts)
    each = f1(true, predicted, gold)
    known = ~np.isnan(each)
    return ratio(np.where(known, each, 0.0).sum(axis=-1), known.sum(axis=-1).astype(float))


def _micro(counts: Array) -> Array:
    true, predicted, gold = (count.sum(axis=-1) for count in per_category(counts))
    return f1(true, predicted, gold)


def _label_right(scored: Scored) -> tuple[float, float]:
    return sum(gold.category == draft.category for gold, draft in scored.pairs), len(scored.pairs)


def _label_near(scored: Scored) -> tuple[float, float]:
    near = sum(
        bool({gold.category, *gold.secondary} & {draft.category, *draft.secondary}) for gold, draft in scored.pairs
    )
    return near, len(scored.pairs)


def _false_alarms(scored: Scored) -> tuple[float, float]:
    """Negatives that a draft without gold cites as evidence."""
    hit = sum(
        any(
            evidence.start < negative.end and negative.start < evidence.end
            for draft in scored.spurious
            for evidence in draft.evidence
        )
        for negative in scored.run.case.negatives
    )
    return hit, len(scored.run.case.negatives)


_OVERLAP = found_counts("overlap")


def _span_f1(mode: Mode, name: str, title: str) -> Metric:
    return Metric(
        name=name,
        title=title,
        better="higher",
        count=_OVERLAP if mode == "overlap" else found_counts(mode),
        value=lambda c: f1(c[..., 0], c[..., 1], c[..., 2]),
        support=lambda c: c[..., 2],
        group=_GROUP,
        needs_complete=True,
    )


METRICS = (
    _span_f1("overlap", "found_f1", "Passages found, F1 (evidence overlaps)"),
    Metric(
        "found_precision",
        "Passages found, precision",
        "higher",
        _OVERLAP,
        lambda c: ratio(c[..., 0], c[..., 1]),
        lambda c: c[..., 1],
        _GROUP,
        needs_complete=True,
    ),
    Metric(
        "found_recall",
        "Passages found, recall",
        "higher",
        _OVERLAP,
        lambda c: ratio(c[..., 0], c[..., 2]),
        lambda c: c[..., 2],
        _GROUP,
    ),
    _span_f1("clause", "found_f1_clause", "Passages found, F1 (same clause)"),
    _span_f1("iou", "found_f1_iou", "Passages found, F1 (IoU 0.5)"),
    _span_f1("exact", "found_f1_exact", "Passages found, F1 (same span)"),
    Metric(
        "category_f1",
        "Right category, F1 micro",
        "higher",
        category_counts,
        _micro,
        lambda c: per_category(c)[2].sum(axis=-1),
        _GROUP,
        needs_complete=True,
    ),
    Metric(
        "category_f1_macro",
        "Right category, F1 macro",
        "higher",
        category_counts,
        _macro,
        lambda c: (per_category(c)[2] > 0).sum(axis=-1).astype(float),
        _GROUP,
        needs_complete=True,
    ),
    share("category_right", "Category right, of those found", _label_right, better="higher", group=_GROUP),
    share("category_near", "Category right or secondary", _label_near, better="higher", group=_GROUP),
    share("false_alarms", "Tempting negatives taken for provisions", _false_alarms, better="lower", group=_GROUP),
)
