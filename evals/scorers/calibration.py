"""How well confidence predicts that a draft is right: Brier score, expected calibration error, risk and coverage.

A draft is right where it is paired with gold of the same category. Only complete cases count: elsewhere a draft
without gold may be right. Confidences are counted in a hundred bins, so that the counts add up over documents.
"""

import numpy as np

from evals.scorers.metric import Array, Metric, Scored, ratio

BINS = 100
_COARSE_BINS = 10  # of the reliability diagram and the calibration error
_GROUP = "Calibration"


def confidence_counts(scored: Scored) -> Array:
    """For each bin (drafts, right drafts, sum of confidence, sum of squared error); flat."""
    table = np.zeros((BINS, 4))
    if scored.run.case.complete:
        right = {draft.id for gold, draft in scored.pairs if gold.category == draft.category}
        for draft in scored.drafts:
            hit = float(draft.id in right)
            bin_ = min(BINS - 1, int(draft.confidence * BINS))
            table[bin_] += (1.0, hit, draft.confidence, (draft.confidence - hit) ** 2)
    return table.ravel()


def _table(counts: Array) -> Array:
    return counts.reshape(*counts.shape[:-1], BINS, 4)


def brier(counts: Array) -> Array:
    """Mean squared difference of confidence and outcome (Brier 1950)."""
    total = _table(counts).sum(axis=-2)
    return ratio(total[..., 3], total[..., 0])


def reliability(counts: Array) -> Array:
    """(..., 10, 3): number, mean confidence and share right of each tenth."""
    table = _table(counts)
    tenths = table.reshape(*table.shape[:-2], _COARSE_BINS, BINS // _COARSE_BINS, 4).sum(axis=-2)
    n = tenths[..., 0]
    return np.stack([n, ratio(tenths[..., 2], n), ratio(tenths[..., 1], n)], axis=-1)


def calibration_error(counts: Array) -> Array:
    """Expected calibration error: sum over tenths of n_b / n * |share right - mean confidence| (Naeini et al. 2015)."""
    bins = reliability(counts)
    n = bins[..., 0]
    gap = np.where(n > 0, np.abs(np.nan_to_num(bins[..., 2]) - np.nan_to_num(bins[..., 1])), 0.0)
    return ratio((n * gap).sum(axis=-1), n.sum(axis=-1))


def risk_coverage(counts: Array) -> tuple[Array, Array]:
    """Coverage and risk of the drafts above each confidence, from the highest confidence to the lowest."""
    table = _table(counts)[..., ::-1, :]
    drafts, right = table[..., 0].cumsum(axis=-1), table[..., 1].cumsum(axis=-1)
    return ratio(drafts, drafts[..., -1:]), 1.0 - ratio(right, drafts)


def area_under_risk(counts: Array) -> Array:
    """Area under the risk-coverage curve (El-Yaniv and Wiener 2010): mean risk over coverage, lower is better."""
    coverage, risk = risk_coverage(counts)
    steps = np.diff(coverage, axis=-1, prepend=0.0)
    return np.where(np.isnan(coverage[..., -1]), np.nan, (steps * np.nan_to_num(risk)).sum(axis=-1))


def _support(counts: Array) -> Array:
    total: Array = _table(counts)[..., 0].sum(axis=-1)
    return total


METRICS = (
    Metric(
        "brier", "Brier score of the confidence", "lower", confidence_counts, brier, _support, _GROUP, percent=False
    ),
    Metric(
        "calibration_error",
        "Expected calibration error",
        "lower",
        confidence_counts,
        calibration_error,
        _support,
        _GROUP,
    ),
    Metric("risk_area", "Risk, mean over coverage", "lower", confidence_counts, area_under_risk, _support, _GROUP),
)
