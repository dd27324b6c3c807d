"""The gold set is large and varied enough for the figures that are measured on it."""

from collections import Counter

import pytest

from evals.gold import Case
from evals.loading import load_cases
from smallprint.registry import load
from smallprint.severity import LEVELS


@pytest.fixture(scope="module")
def cases() -> tuple[Case, ...]:
    return load_cases()


def test_it_has_documents_of_many_languages_and_jurisdictions_in_both_splits(cases) -> None:
    assert len(cases) >= 15
    assert {jurisdiction[:2] for case in cases for jurisdiction in case.source.jurisdictions} >= {"US", "EU", "UK"}
    assert len({case.source.language for case in cases} - {"en"}) >= 2
    assert Counter(case.split for case in cases)["test"] >= 5


def test_it_has_enough_provisions_of_every_category_and_level(cases) -> None:
    provisions = [provision for case in cases for provision in case.provisions]
    assert len(provisions) >= 350
    per_category = Counter(provision.category for provision in provisions)
    assert [category for category in load().categories if per_category[category] < 5] == []
    assert {provision.severity for provision in provisions} == set(LEVELS)


def test_it_has_enough_tempting_negatives(cases) -> None:
    assert sum(len(case.negatives) for case in cases) >= 200


def test_every_case_is_complete_so_that_precision_can_be_measured(cases) -> None:
    assert [case.id for case in cases if not case.complete] == []
