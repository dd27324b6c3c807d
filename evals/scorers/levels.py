"""Whether severities are right, on an ordinal scale: over found provisions, and with misses counted as errors.

Levels are 0 beneficial ... 4 critical. Readers take a missed provision for harmless: it counts as rated 0, and a missed
beneficial one as one level off.
"""

import numpy as np

from evals.scorers.metric import Array, Metric, Scored, ratio
from smallprint.records import Factors
from smallprint.severity import LEVELS

UNDER_RATING = (
    2.0  # levels too high that one too low costs: a missing warning harms more (docs/decisions/0017-evals.md)
)
_LEVELS = len(LEVELS)
_GROUP = "Severity"
_FACTORS = tuple(Factors.model_fields)
_SCORES = 4  # of a factor, 0 to 3


def severity_counts(scored: Scored) -> Array:
    """Confusion of gold (rows) and draft levels over pairs, then the number of missed by gold level; flat."""
    table = np.zeros((_LEVELS + 1, _LEVELS))
    for gold, draft in scored.pairs:
        if gold.severity is not None:
            table[LEVELS.index(gold.severity), LEVELS.index(draft.severity)] += 1
    for gold in scored.missed:
        if gold.severity is not None:
            table[_LEVELS, LEVELS.index(gold.severity)] += 1
    return table.ravel()


def confusion(counts: Array) -> Array:
    """The confusion of pairs, (..., gold, draft)."""
    return counts[..., : _LEVELS * _LEVELS].reshape(*counts.shape[:-1], _LEVELS, _LEVELS)


def missed(counts: Array) -> Array:
    """How many of each gold level were missed, (..., gold)."""
    return counts[..., _LEVELS * _LEVELS :]


def with_misses(counts: Array) -> Array:
    """The confusion with every missed provision counted as rated beneficial."""
    table = confusion(counts).copy()
    table[..., 0] += missed(counts)
    return table


def quadratic_kappa(table: Array) -> Array:
    """Cohen's weighted kappa with quadratic weights (Cohen 1968): 1 - sum(w O) / sum(w E), w = (i - j)^2.

    ``table`` is (..., n, n); nan where everything lies in one level, as chance agreement is then complete.
    """
    n = table.shape[-1]
    steps = np.arange(n)
    weights = (steps[:, None] - steps[None, :]) ** 2.0
    total = table.sum(axis=(-2, -1))
    expected = table.sum(axis=-1)[..., :, None] * table.sum(axis=-2)[..., None, :]
    observed = (weights * table).sum(axis=(-2, -1)) * total
    return 1.0 - ratio(observed, (weights * expected).sum(axis=(-2, -1)))


def _steps() -> Array:
    """Draft level minus gold level, (gold, draft)."""
    return np.arange(_LEVELS, dtype=float)[None, :] - np.arange(_LEVELS, dtype=float)[:, None]


def _mean_over(table: Array, weights: Array) -> Array:
    return ratio((table * weights).sum(axis=(-2, -1)), table.sum(axis=(-2, -1)))


def _missed_cost(counts: Array) -> Array:
    """Levels off, summed over missed provisions: their own level, at least one."""
    off: Array = (missed(counts) * np.maximum(np.arange(_LEVELS), 1)).sum(axis=-1)
    return off


def _far(table: Array) -> Array:
    """How many are two or more levels off."""
    total: Array = (table * (np.abs(_steps()) >= 2)).sum(axis=(-2, -1))
    return total


def error_with_misses(counts: Array) -> Array:
    """Mean absolute error over all gold, misses included."""
    table = confusion(counts)
    off = (table * np.abs(_steps())).sum(axis=(-2, -1)) + _missed_cost(counts)
    return ratio(off, counts.sum(axis=-1))


def cost(counts: Array) -> Array:
    """Mean cost over all gold: levels off, those too low weighing ``UNDER_RATING`` times."""
    steps = _steps()
    weights = np.where(steps < 0, -steps * UNDER_RATING, steps)
    off = (confusion(counts) * weights).sum(axis=(-2, -1)) + UNDER_RATING * _missed_cost(counts)
    return ratio(off, counts.sum(axis=-1))


def factor_counts(scored: Scored) -> Array:
    """For each of the five factors the confusion of gold (rows) and draft scores over pairs; flat."""
    table = np.zeros((len(_FACTORS), _SCORES, _SCORES))
    for gold, draft in scored.pairs:
        if gold.factors is not None:
            for n, name in enumerate(_FACTORS):
                table[n, getattr(gold.factors, name), getattr(draft.factors, name)] += 1
    return table.ravel()


def factor_rows(counts: Array) -> list[tuple[str, float, float]]:
    """Each factor with the share of scores that agree and their quadratic kappa."""
    tables = factor_tables(counts)
    agree = ratio(np.trace(tables, axis1=-2, axis2=-1), tables.sum(axis=(-2, -1)))
    return list(zip(_FACTORS, agree.tolist(), quadratic_kappa(tables).tolist(), strict=True))


def factor_tables(counts: Array) -> Array:
    """The five confusions, (..., factor, gold, draft)."""
    return counts.reshape(*counts.shape[:-1], len(_FACTORS), _SCORES, _SCORES)


def _factor_exact(counts: Array) -> Array:
    tables = factor_tables(counts)
    return ratio(np.trace(tables, axis1=-2, axis2=-1).sum(axis=-1), tables.sum(axis=(-3, -2, -1)))


def _factor_kappa(counts: Array) -> Array:
    each = quadratic_kappa(factor_tables(counts))
    known = ~np.isnan(each)
    return ratio(np.where(known, each, 0.0).sum(axis=-1), known.sum(axis=-1).astype(float))


def _matched(counts: Array) -> Array:
    total: Array = confusion(counts).sum(axis=(-2, -1))
    return total


def _all(counts: Array) -> Array:
    total: Array = counts.sum(axis=-1)
    return total


METRICS = (
    Metric(
        "severity_kappa", "Severity, quadratic kappa", "higher", severity_counts,
        lambda c: quadratic_kappa(confusion(c)), _matched, _GROUP, percent=False,
    ),
    Metric(
        "severity_kappa_with_misses", "Severity, quadratic kappa with misses", "higher", severity_counts,
        lambda c: quadratic_kappa(with_misses(c)), _all, _GROUP, percent=False,
    ),
    Metric(
        "severity_error", "Severity, levels off (mean)", "lower", severity_counts,
        lambda c: _mean_over(confusion(c), np.abs(_steps())), _matched, _GROUP, percent=False,
    ),
    Metric(
        "severity_error_with_misses", "Severity, levels off with misses", "lower", severity_counts,
        error_with_misses, _all, _GROUP, percent=False,
    ),
    Metric(
        "severity_off_by_two", "Severity two or more levels off", "lower", severity_counts,
        lambda c: _mean_over(confusion(c), (np.abs(_steps()) >= 2).astype(float)), _matched, _GROUP,
    ),
    Metric(
        "severity_bias", "Severity bias (minus: too mild)", "zero", severity_counts,
        lambda c: _mean_over(confusion(c), _steps()), _matched, _GROUP, percent=False,
    ),
    Metric(
        "severity_off_by_two_with_misses", "Severity two or more levels off, with misses", "lower", severity_counts,
        lambda c: ratio(_far(confusion(c)) + missed(c)[..., 2:].sum(axis=-1), c.sum(axis=-1)), _all, _GROUP,
    ),
    Metric(
        "severity_bias_with_misses", "Severity bias with misses", "zero", severity_counts,
        lambda c: ratio((with_misses(c) * _steps()).sum(axis=(-2, -1)), c.sum(axis=-1)), _all, _GROUP,
        percent=False,
    ),
    Metric(
        "severity_cost", "Severity cost, too mild counting double", "lower",
        severity_counts, cost, _all, _GROUP, percent=False,
    ),
    Metric(
        "factors_exact", "Factor scores that agree", "higher", factor_counts, _factor_exact,
        lambda c: factor_tables(c)[..., 0, :, :].sum(axis=(-2, -1)), _GROUP,
    ),
    Metric(
        "factors_kappa", "Factor scores, quadratic kappa", "higher", factor_counts, _factor_kappa,
        lambda c: factor_tables(c)[..., 0, :, :].sum(axis=(-2, -1)), _GROUP, percent=False,
    ),
)  # fmt: skip
