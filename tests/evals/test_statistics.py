"""Intervals, comparisons and corrections: that they hold what they promise on data whose truth is known."""

import numpy as np
import pytest

from evals.statistics import difference, holm, interval, mcnemar, same

SEEDS = 200


def ratio(counts):
    return counts[..., 0] / counts[..., 1]


def size(counts):
    return counts[..., 1]


def documents(random, rate: float, count: int = 16, provisions: int = 24):
    """Documents that differ in difficulty: (found, gold) of each."""
    hard = np.clip(random.normal(rate, 0.08, size=count), 0.02, 0.98)
    return np.stack([random.binomial(provisions, hard), np.full(count, provisions)], axis=1).astype(float), hard


def test_identical_runs_are_never_called_different() -> None:
    counts, _ = documents(np.random.default_rng(1), 0.7)
    called = [difference(counts, counts, ratio, size, seed=seed).different for seed in range(SEEDS)]
    assert sum(called) == 0


def test_two_runs_of_one_noisy_analyst_are_called_different_in_at_most_five_percent() -> None:
    called = 0
    for seed in range(SEEDS):
        random = np.random.default_rng(seed)
        one, hard = documents(random, 0.7)
        other = np.stack([random.binomial(24, hard), one[:, 1]], axis=1).astype(float)
        called += difference(one, other, ratio, size, seed=seed).different
    assert called <= 0.05 * SEEDS


def test_a_difference_as_large_as_the_detectable_one_is_found_most_of_the_time() -> None:
    found = 0
    for seed in range(50):
        random = np.random.default_rng(seed)
        one, hard = documents(random, 0.6)
        other = np.stack([random.binomial(24, np.clip(hard + 0.12, 0, 1)), one[:, 1]], axis=1).astype(float)
        made = difference(other, one, ratio, size, seed=seed)
        found += made.different
        assert made.detectable < 0.2
    assert found >= 35


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    covered = 0
    for seed in range(SEEDS):
        counts, _ = documents(np.random.default_rng(seed), 0.7, count=30)
        made = interval(counts, ratio, size, seed=seed)
        covered += made.low <= 0.7 <= made.high
    assert covered >= 0.9 * SEEDS


def test_five_documents_can_show_no_difference_and_say_so() -> None:
    counts, _ = documents(np.random.default_rng(1), 0.9, count=5)
    worse = np.stack([counts[:, 0] / 2, counts[:, 1]], axis=1)
    made = difference(worse, counts, ratio, size)
    assert made.high < 0
    assert not made.different
    assert np.isinf(made.detectable)


def test_what_can_be_detected_is_never_less_than_one_thing_counted() -> None:
    counts = np.tile([24.0, 24.0], (8, 1))
    assert same(counts, ratio, size).detectable == pytest.approx(1 / 192)


def test_one_document_gives_no_interval() -> None:
    made = interval(np.array([[3.0, 4.0], [0.0, 0.0]]), ratio, size)
    assert made.value == 0.75
    assert np.isnan(made.low)


def test_other_documents_are_no_pair() -> None:
    with pytest.raises(ValueError, match="same documents"):
        difference(np.ones((3, 2)), np.ones((2, 2)), ratio, size)


@pytest.mark.parametrize(
    ("only", "only_baseline", "p"),
    [(0, 0, 1.0), (5, 5, 1.0), (0, 6, 0.03125), (9, 1, 0.021484375)],
    ids=["no difference", "as many each way", "six lost", "nine won, one lost"],
)
def test_mcnemar(only: int, only_baseline: int, p: float) -> None:
    found = [True] * only + [False] * only_baseline + [True] * 4
    baseline = [False] * only + [True] * only_baseline + [True] * 4
    assert mcnemar(found, baseline) == (only, only_baseline, pytest.approx(p))


def test_holm_grows_with_the_number_of_looks_and_keeps_the_order() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
