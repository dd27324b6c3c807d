"""Two runs side by side: paired differences with what this set can detect, and what changed for every provision."""

from collections.abc import Iterable, Sequence

import numpy as np

from evals.fingerprints import changed_subject, changed_yardstick
from evals.gold import Split
from evals.scorers import METRICS, Array, Metric
from evals.scorers.detection import CATEGORIES
from evals.scoring import SPLITS, CaseScores, Scores, Verdict, table
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
        """Whether the run is better; None where the two are not different."""
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
    """A gold provision with which something else happened than before."""

    case: str
    split: Split
    gold: str
    category: str
    severity: Severity | None
    before: str
    after: str
    worse: bool


class Comparison(Noun):
    """Everything that differs between a run and a baseline under one yardstick."""

    subjects: tuple[str, ...]  # what differs between the subjects: model, prompt, schema, code
    metrics: tuple[MetricChange, ...]
    categories: tuple[CategoryChange, ...]
    provisions: tuple[ProvisionChange, ...]
    found: tuple[int, int, float]  # over all gold: found only now, only before, exact McNemar p

    def lost_severe(self) -> tuple[ProvisionChange, ...]:
        """Provisions of high or critical severity that were found before and are missed now."""
        return tuple(one for one in self.provisions if one.after == "missed" and one.severity in SEVERE)


def compare(scores: Scores, baseline: Scores, metrics: Iterable[str] = METRICS) -> Comparison:
    """Compare two runs of one suite, in every metric or in those that are named.

    Raises:
        UserError: they were measured with different yardsticks; names the definitions that differ.

    """
    reasons = changed_yardstick(scores.yardstick, baseline.yardstick)
    if reasons:
        raise UserError(f"the two runs cannot be compared: {'; '.join(reasons)}")
    before = {one.case: one for one in baseline.cases}
    pairs = [(one, before[one.case]) for one in scores.cases]
    verdicts = [pair for one, other in pairs for pair in zip(one.verdicts, other.verdicts, strict=True)]
    return Comparison(
        subjects=tuple(changed_subject(scores.subject, baseline.subject)),
        metrics=tuple(_metrics(pairs, [METRICS[name] for name in metrics])),
        categories=tuple(_categories(verdicts)),
        provisions=tuple(change for one, other in pairs for change in _provisions(one, other)),
        found=mcnemar([one.found for one, _ in verdicts], [other.found for _, other in verdicts]),
    )


def _metrics(pairs: Sequence[tuple[CaseScores, CaseScores]], metrics: Sequence[Metric]) -> list[MetricChange]:
    made = []
    for split in SPLITS:
        some = [(one, other) for one, other in pairs if one.split == split]
        if not some:
            continue
        for metric in metrics:
            counts, base = table([one for one, _ in some], metric), table([other for _, other in some], metric)
            made += _metric_change(metric, split, counts, base)
    return made


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


def _right(verdict: Verdict) -> bool:
    return verdict.found and verdict.category == verdict.as_category


def _categories(verdicts: Sequence[tuple[Verdict, Verdict]]) -> list[CategoryChange]:
    rows = []
    for category in CATEGORIES:
        some = [(one, other) for one, other in verdicts if one.category == category]
        if some:
            won, lost, p = mcnemar([_right(one) for one, _ in some], [_right(other) for _, other in some])
            rows.append((category, len(some), won, lost, p))
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
            gold=one.gold,
            category=one.category,
            severity=one.severity,
            before=described(other),
            after=described(one),
            worse=_distance(one) > _distance(other),
        )
        for one, other in zip(now.verdicts, before.verdicts, strict=True)
        if described(one) != described(other)
    ]


def described(verdict: Verdict) -> str:
    """What became of a gold provision, in words."""
    if not verdict.found:
        return "missed"
    return f"{verdict.as_category}, {verdict.as_severity}"


def _distance(verdict: Verdict) -> float:
    """How far from right: a miss is farthest, then another category, then another level."""
    if not verdict.found:
        return 20.0
    wrong = 10.0 if verdict.category != verdict.as_category else 0.0
    if verdict.severity is None or verdict.as_severity is None:
        return wrong
    return wrong + abs(LEVELS.index(verdict.severity) - LEVELS.index(verdict.as_severity))
