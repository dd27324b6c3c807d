"""Intervals, comparisons and corrections have their promised error rates on data whose truth is known."""

import numpy as np
import pytest

from evals.statistics import difference, holm, interval, mcnemar, same

SEEDS = 200


def ratio(counts):
    return counts[..., 0] / counts[..., 1]


def size(counts):
    return counts[..., 1]


def documents(random, rate: float, count: int = 16, provisions: int = 24):
    """Counts (found, gold) of documents that differ in difficulty, and the rate of each."""
    rates = np.clip(random.normal(rate, 0.08, size=count), 0.02, 0.98)
    return np.stack([random.binomial(provisions, rates), np.full(count, provisions)], axis=1).astype(float), rates


def test_identical_runs_are_never_called_different() -> None:
    counts, _ = documents(np.random.default_rng(1), 0.7)
    called = [difference(counts, counts, ratio, size, seed=seed).different for seed in range(SEEDS)]
    assert sum(called) == 0


def test_two_runs_of_one_noisy_analyst_are_called_different_in_at_most_five_percent() -> None:
    called_different = 0
    for seed in range(SEEDS):
        random = np.random.default_rng(seed)
        counts, rates = documents(random, 0.7)
        again = np.stack([random.binomial(24, rates), counts[:, 1]], axis=1).astype(float)
        called_different += difference(counts, again, ratio, size, seed=seed).different
    assert called_different <= 0.05 * SEEDS


def test_a_difference_of_detectable_size_is_found_most_of_the_time() -> None:
    called_different = 0
    for seed in range(50):
        random = np.random.default_rng(seed)
        counts, rates = documents(random, 0.6)
        better = np.stack([random.binomial(24, np.clip(rates + 0.12, 0, 1)), counts[:, 1]], axis=1).astype(float)
        change = difference(better, counts, ratio, size, seed=seed)
        called_different += change.different
        assert change.detectable < 0.2
    assert called_different >= 35


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(SEEDS):
        counts, _ = documents(np.random.default_rng(seed), 0.7, count=30)
        figure = interval(counts, ratio, size, seed=seed)
        covered += figure.low <= 0.7 <= figure.high
    assert covered >= 0.9 * SEEDS


def test_five_documents_cannot_show_a_difference() -> None:
    counts, _ = documents(np.random.default_rng(1), 0.9, count=5)
    worse = np.stack([counts[:, 0] / 2, counts[:, 1]], axis=1)
    change = difference(worse, counts, ratio, size)
    assert change.high < 0
    assert not change.different
    assert np.isinf(change.detectable)


def test_the_detectable_difference_is_at_least_one_unit_of_the_support() -> None:
    counts = np.tile([24.0, 24.0], (8, 1))
    assert same(counts, ratio, size).detectable == pytest.approx(1 / 192)


def test_one_document_gives_no_interval() -> None:
    figure = interval(np.array([[3.0, 4.0], [0.0, 0.0]]), ratio, size)
    assert figure.value == 0.75
    assert np.isnan(figure.low)


def test_runs_over_different_documents_are_not_compared() -> None:
    with pytest.raises(ValueError, match="same documents"):
        difference(np.ones((3, 2)), np.ones((2, 2)), ratio, size)


@pytest.mark.parametrize(
    ("only", "only_baseline", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 6, 0.03125), (9, 1, 0.021484375)],
    ids=["no difference", "as many each way", "six lost", "nine won, one lost"],
)
def test_mcnemar_counts_both_directions_and_gives_the_exact_p(only: int, only_baseline: int, p: float) -> None:
    found = [True] * only + [False] * only_baseline + [True] * 4
    baseline = [False] * only + [True] * only_baseline + [True] * 4
    assert mcnemar(found, baseline) == (only, only_baseline, pytest.approx(p))


def test_holm_corrects_for_the_number_of_comparisons_and_keeps_the_order() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
