"""Severity from factors: the table that the rubric in docs/severity.md describes."""

from itertools import product

import pytest

from smallprint.records import Factors
from smallprint.severity import LEVELS, levels_apart, score, severity


def factors(rights: int, opt_out: int, breadth: int, exposure: int, discretion: int) -> Factors:
    return Factors(rights_waived=rights, opt_out=opt_out, breadth=breadth, exposure=exposure, discretion=discretion)


CASES = [
    ("class waiver with unlimited exposure and no way out", (3, 3, 3, 3, 0), "critical"),
    ("the same waiver with a thirty-day opt-out", (3, 2, 3, 3, 0), "high"),
    ("a fundamental right given up without exposure", (3, 3, 3, 0, 0), "high"),
    ("an ordinary right narrowed with no way out", (2, 3, 3, 1, 0), "medium"),
    ("an ordinary right narrowed with an easy opt-out", (2, 1, 3, 0, 0), "low"),
    ("procedural convenience", (1, 3, 3, 0, 1), "low"),
    ("discretion alone takes a term out of the user's favor", (0, 0, 3, 0, 1), "low"),
    ("a right granted to every user", (0, 0, 3, 0, 0), "beneficial"),
    ("a right granted to some users", (0, 0, 1, 0, 0), "beneficial"),
    ("unlimited money at risk, nothing waived, partial opt-out", (0, 2, 2, 3, 2), "high"),
]


@pytest.mark.parametrize(("scores", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_level(scores: tuple[int, int, int, int, int], expected: str) -> None:
    assert severity(factors(*scores)) == expected


ALL = [factors(*scores) for scores in product(range(4), repeat=5)]


def test_every_level_is_in_use() -> None:
    assert {severity(one) for one in ALL} == set(LEVELS)


def test_worse_factors_never_give_a_milder_level() -> None:
    order = {level: n for n, level in enumerate(LEVELS)}
    for one in ALL:
        for name in Factors.model_fields:
            if name == "breadth" or getattr(one, name) == 3:
                continue
            worse = one.model_copy(update={name: getattr(one, name) + 1})
            assert order[severity(worse)] >= order[severity(one)], (one, name)


def test_score_counts_the_worse_of_rights_and_exposure_three_times() -> None:
    assert score(factors(2, 1, 3, 3, 3)) == 3 * 3 + 2 + 1


def test_levels_apart_is_symmetric() -> None:
    assert levels_apart("low", "critical") == levels_apart("critical", "low") == 3
