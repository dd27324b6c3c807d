"""Severity is computed: five factors, each 0-3, become one level by one pure function.

The rubric in words is docs/severity.md; what prompts and reviewers read of it is registry/severity.yml.
Weights and cut-offs were fitted on 449 adverse provisions labeled by hand (quadratic kappa 0.85 with the
holistic level); the plain sum was rejected because breadth and opt_out are 3 almost everywhere.
"""

from smallprint.records import Factors, Severity

LEVELS: tuple[Severity, ...] = ("beneficial", "low", "medium", "high", "critical")

_MEDIUM_FROM, _HIGH_FROM, _CRITICAL_FROM = 8, 11, 15


def score(factors: Factors) -> int:
    """The weighted sum, 0-15: the worse of rights and exposure carries it, the other and the opt-out modify it."""
    worse = max(factors.rights_waived, factors.exposure)
    milder = min(factors.rights_waived, factors.exposure)
    return 3 * worse + milder + factors.opt_out


def severity(factors: Factors) -> Severity:
    """The level of a provision: beneficial when every factor but breadth is 0, else by the score's cut-offs."""
    if factors.rights_waived == factors.opt_out == factors.exposure == factors.discretion == 0:
        return "beneficial"
    points = score(factors)
    if points >= _CRITICAL_FROM:
        return "critical"
    if points >= _HIGH_FROM:
        return "high"
    return "medium" if points >= _MEDIUM_FROM else "low"


def levels_apart(a: Severity, b: Severity) -> int:
    """How many steps lie between two levels, 0-4; two or more is a disagreement that a reviewer sees first."""
    return abs(LEVELS.index(a) - LEVELS.index(b))
