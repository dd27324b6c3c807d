"""The gold set is large and varied enough for what is said on it."""

from collections import Counter

import pytest

from evals.gold import Case
from evals.loading import load_cases
from smallprint.registry import load
from smallprint.severity import LEVELS


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return load_cases()


def test_it_has_documents_of_many_kinds_and_places_in_both_splits(cases) -> None:
    assert len(cases) >= 15
    assert {place[:2] for case in cases for place in case.source.jurisdictions} >= {"US", "EU", "UK"}
    assert len({case.source.language for case in cases} - {"en"}) >= 2
    assert Counter(case.split for case in cases)["test"] >= 5


def test_it_has_enough_provisions_of_every_category_and_level(cases) -> None:
    provisions = [one for case in cases for one in case.provisions]
    assert len(provisions) >= 350
    seen = Counter(one.category for one in provisions)
    assert [category for category in load().categories if seen[category] < 5] == []
    assert {one.severity for one in provisions} == set(LEVELS)


def test_it_has_enough_tempting_negatives(cases) -> None:
    assert sum(len(case.negatives) for case in cases) >= 200


def test_every_case_lists_everything_so_that_precision_means_something(cases) -> None:
    assert [case.id for case in cases if not case.complete] == []
