"""Compare two runs: paired differences, the smallest that the set can detect, and every provision that changed."""

from collections.abc import Iterable, Sequence

import numpy as np

from evals.fingerprints import changed_subject, changed_yardstick
from evals.gold import Split
from evals.scorers import METRICS, Array, Metric
from evals.scorers.detection import CATEGORIES
from evals.scoring import SPLITS, CaseScores, GoldOutcome, Scores, table
from evals.statistics import Difference, difference, holm, mcnemar, same
from smallprint.errors import UserError
from smallprint.records import Noun, Severity
from smallprint.severity import LEVELS

SEVERE: tuple[Severity, ...] = ("high", "critical")


class MetricChange(Noun):
    """One metric in both runs over the documents of a split."""

    metric: str
    split: Split
    value: float
    baseline: float
    support: float
    change: Difference

    @property
    def better(self) -> bool | None:
        """Whether the run is better; None where the two are not statistically different."""
        if not self.change.different:
            return None
        better = METRICS[self.metric].better
        if better == "zero":
            return abs(self.value) < abs(self.baseline)
        return (self.change.value > 0) == (better == "higher")


class CategoryChange(Noun):
    """How many gold provisions of a category only one of the runs found under it."""

    category: str
    gold: int
    won: int
    lost: int
    p: float  # exact McNemar
    adjusted: float  # Holm over the categories


class ProvisionChange(Noun):
    """A gold provision whose outcome changed: found or missed, another category, another severity."""

    case: str
    split: Split
    gold: str
    category: str
    severity: Severity | None
    before: str
    after: str
    worse: bool


class Comparison(Noun):
    """What differs between a run and a baseline that were measured with the same yardstick."""

    subjects: tuple[str, ...]  # parts that differ between the subjects: model, prompt, schema, code
    metrics: tuple[MetricChange, ...]
    categories: tuple[CategoryChange, ...]
    provisions: tuple[ProvisionChange, ...]
    found: tuple[int, int, float]  # over all gold: found only now, only before, exact McNemar p

    def lost_severe(self) -> tuple[ProvisionChange, ...]:
        """Provisions of high or critical severity that were found before and are missed now."""
        return tuple(change for change in self.provisions if change.after == "missed" and change.severity in SEVERE)


def compare(scores: Scores, baseline: Scores, metrics: Iterable[str] = METRICS) -> Comparison:
    """Compare two runs of one suite, in every metric or in those that are named.

    Raises:
        UserError: they were measured with different yardsticks; the message names what differs.

    """
    reasons = changed_yardstick(scores.yardstick, baseline.yardstick)
    if reasons:
        raise UserError(f"the two runs cannot be compared: {'; '.join(reasons)}")
    before = {case.case: case for case in baseline.cases}
    pairs = [(case, before[case.case]) for case in scores.cases]
    outcomes = [pair for now, then in pairs for pair in zip(now.verdicts, then.verdicts, strict=True)]
    return Comparison(
        subjects=tuple(changed_subject(scores.subject, baseline.subject)),
        metrics=tuple(_metrics(pairs, [METRICS[name] for name in metrics])),
        categories=tuple(_categories(outcomes)),
        provisions=tuple(change for now, then in pairs for change in _provisions(now, then)),
        found=mcnemar([now.found for now, _ in outcomes], [then.found for _, then in outcomes]),
    )


def _metrics(pairs: Sequence[tuple[CaseScores, CaseScores]], metrics: Sequence[Metric]) -> list[MetricChange]:
    changes = []
    for split in SPLITS:
        cases = [now for now, _ in pairs if now.split == split]
        baseline_cases = [then for now, then in pairs if now.split == split]
        for metric in metrics if cases else ():
            changes += _metric_change(metric, split, table(cases, metric), table(baseline_cases, metric))
    return changes


def _metric_change(metric: Metric, split: Split, counts: Array, baseline: Array) -> list[MetricChange]:
    value, before = float(metric.value(counts.sum(axis=0))), float(metric.value(baseline.sum(axis=0)))
    if np.isnan(value) or np.isnan(before):
        return []
    if (counts == baseline).all():
        change = same(counts, metric.value, metric.support)
    else:
        change = difference(counts, baseline, metric.value, metric.support)
    return [
        MetricChange(
            metric=metric.name,
            split=split,
            value=value,
            baseline=before,
            support=float(metric.support(counts.sum(axis=0))),
            change=change,
        )
    ]


def _right(outcome: GoldOutcome) -> bool:
    return outcome.found and outcome.category == outcome.as_category


def _categories(outcomes: Sequence[tuple[GoldOutcome, GoldOutcome]]) -> list[CategoryChange]:
    rows = []
    for category in CATEGORIES:
        pairs = [(now, then) for now, then in outcomes if now.category == category]
        if pairs:
            won, lost, p = mcnemar([_right(now) for now, _ in pairs], [_right(then) for _, then in pairs])
            rows.append((category, len(pairs), won, lost, p))
    adjusted = holm([p for *_, p in rows])
    return [
        CategoryChange(category=category, gold=gold, won=won, lost=lost, p=p, adjusted=after)
        for (category, gold, won, lost, p), after in zip(rows, adjusted, strict=True)
    ]


def _provisions(now: CaseScores, before: CaseScores) -> list[ProvisionChange]:
    return [
        ProvisionChange(
            case=now.case,
            split=now.split,
            gold=outcome.gold,
            category=outcome.category,
            severity=outcome.severity,
            before=describe(earlier),
            after=describe(outcome),
            worse=_distance(outcome) > _distance(earlier),
        )
        for outcome, earlier in zip(now.verdicts, before.verdicts, strict=True)
        if describe(outcome) != describe(earlier)
    ]


def describe(outcome: GoldOutcome) -> str:
    """The outcome in words: missed, or category and severity of the draft."""
    if not outcome.found:
        return "missed"
    return f"{outcome.as_category}, {outcome.as_severity}"


def _distance(outcome: GoldOutcome) -> float:
    """How far from right: a miss is farthest, then another category, then another level.

    The numbers only order outcomes: levels differ by four at most, so that a category outweighs them.
    """
    if not outcome.found:
        return 20.0
    wrong = 10.0 if outcome.category != outcome.as_category else 0.0
    if outcome.severity is None or outcome.as_severity is None:
        return wrong
    return wrong + abs(LEVELS.index(outcome.severity) - LEVELS.index(outcome.as_severity))
