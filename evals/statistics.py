"""Intervals and comparisons over documents: whole documents are resampled, because provisions of one are alike.

All functions take counts of shape (documents, k) and a metric's formula over summed counts; seeds are fixed, so that
the same runs give the same figures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Value = Callable[[Array], Array]

RESAMPLES = 2000
SEED = 20260131
LEVEL = 0.95
MIN_DOCUMENTS = 6  # to show a difference: with five, swapping sides gives no p under 1/16
_DETECTABLE = 1.959964 + 0.841621  # z for a two-sided 5 % test with 80 % power (Cohen 1988)


@dataclass(frozen=True)
class Interval:
    """A figure with the percentile interval of its resamples; nan bounds where it cannot be resampled."""

    value: float
    low: float
    high: float
    support: float
    documents: int  # that have any support
    error: float  # standard deviation over resamples


@dataclass(frozen=True)
class Difference:
    """Run minus baseline over the same documents.

    ``different`` needs both: the interval leaves out zero, and the randomization test rejects at 5 %.
    """

    value: float
    low: float
    high: float
    p: float
    detectable: float  # the smallest true difference that this set would call different, 80 % of the time; inf: none
    different: bool


@lru_cache(maxsize=16)
def weights(documents: int, seed: int = SEED, resamples: int = RESAMPLES) -> Array:
    """How often each document is drawn in each resample, (resamples, documents) (Efron 1979; clustered: Field 2007)."""
    random = np.random.default_rng(seed)
    return random.multinomial(documents, np.full(documents, 1.0 / documents), size=resamples).astype(float)


def interval(counts: Array, value: Value, support: Value, seed: int = SEED) -> Interval:
    """The figure over all documents, with its interval."""
    total = counts.sum(axis=0)
    each = np.array([float(support(row)) for row in counts])
    documents = int((each > 0).sum())
    low = high = error = float("nan")  # one document says nothing about the next
    if documents > 1:
        low, high, error = _spread(value(weights(len(counts), seed) @ counts))
    return Interval(float(value(total)), low, high, float(support(total)), documents, error)


def _spread(draws: Array, level: float = LEVEL) -> tuple[float, float, float]:
    known = draws[~np.isnan(draws)]
    if not len(known):
        return float("nan"), float("nan"), float("nan")
    tail = 100 * (1 - level) / 2
    low, high = np.percentile(known, [tail, 100 - tail])
    return float(low), float(high), float(known.std())


def difference(counts: Array, baseline: Array, value: Value, support: Value, seed: int = SEED) -> Difference:
    """How a run differs from a baseline, paired by document.

    The interval is the percentile bootstrap of the difference (the same documents drawn for both). p comes from
    approximate randomization: for each document a coin toss decides whether its counts change sides (Noreen 1989;
    Yeh 2000).

    Raises:
        ValueError: the two do not have the same documents.

    """
    if counts.shape != baseline.shape:
        raise ValueError("a paired comparison needs the same documents on both sides")
    drawn = weights(len(counts), seed)
    draws = value(drawn @ counts) - value(drawn @ baseline)
    low, high, error = _spread(draws)
    observed = float(value(counts.sum(axis=0)) - value(baseline.sum(axis=0)))
    p = _randomization(counts, baseline, value, observed, seed)
    smallest = _smallest(counts, baseline, support, _DETECTABLE * error)
    return Difference(observed, low, high, p, smallest, bool(p <= 1 - LEVEL and (low > 0 or high < 0)))


def same(counts: Array, value: Value, support: Value, seed: int = SEED) -> Difference:
    """A run compared with an equal one. Differences have no spread: the detectable one follows from the run's error."""
    own = interval(counts, value, support, seed)
    smallest = _smallest(counts, counts, support, detectable(own.error))
    return Difference(0.0, 0.0, 0.0, 1.0, smallest, different=False)


def _smallest(counts: Array, baseline: Array, support: Value, spread: float) -> float:
    """The smallest detectable difference: at least one unit of the support; infinite for too few documents."""
    if int(((counts != 0) | (baseline != 0)).any(axis=1).sum()) < MIN_DOCUMENTS:
        return float("inf")
    return max(spread, 1.0 / max(1.0, float(support(counts.sum(axis=0)))))


def _randomization(counts: Array, baseline: Array, value: Value, observed: float, seed: int) -> float:
    if np.isnan(observed) or (counts == baseline).all():
        return 1.0
    swap = np.random.default_rng(seed + 1).integers(0, 2, size=(RESAMPLES, len(counts))).astype(float)
    swapped = value(swap @ baseline + (1 - swap) @ counts)
    swapped_baseline = value(swap @ counts + (1 - swap) @ baseline)
    with np.errstate(invalid="ignore"):
        extreme = np.abs(swapped - swapped_baseline) >= abs(observed) - 1e-12
    return float((extreme.sum() + 1) / (RESAMPLES + 1))


def detectable(error: float) -> float:
    """The smallest difference of two unpaired runs that would be called different 80 % of the time.

    ``error`` is the standard error of one run; (1.96 + 0.84) * sqrt(2) times it (Cohen 1988, ch. 2).
    """
    return float(_DETECTABLE * np.sqrt(2.0) * error)


def mcnemar(found: Sequence[bool], baseline: Sequence[bool]) -> tuple[int, int, float]:
    """Gold found only by the run, only by the baseline, and the exact two-sided p (McNemar 1947; binomial form).

    It assumes that provisions are independent. Those of one document are not: read it beside the paired interval.
    """
    only = sum(a and not b for a, b in zip(found, baseline, strict=True))
    only_baseline = sum(b and not a for a, b in zip(found, baseline, strict=True))
    if only + only_baseline == 0:
        return 0, 0, 1.0
    from scipy.stats import binomtest

    return only, only_baseline, float(binomtest(only, only + only_baseline, 0.5).pvalue)


def holm(p_values: Sequence[float]) -> list[float]:
    """The p values adjusted for multiple comparisons (Holm 1979), in the same order."""
    order = sorted(range(len(p_values)), key=lambda n: p_values[n])
    adjusted = [1.0] * len(p_values)
    worst = 0.0
    for rank, n in enumerate(order):
        worst = max(worst, min(1.0, (len(p_values) - rank) * p_values[n]))
        adjusted[n] = worst
    return adjusted
