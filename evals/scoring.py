"""A run -> its scores: counts of every metric for every document, and what became of every gold provision."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np

from evals.gold import Split
from evals.results import CaseRun, Run, Subject, Yardstick
from evals.scorers import METRICS, Array, Metric, Scored
from evals.scorers.detection import CATEGORIES, per_category
from evals.scorers.metric import f1, ratio
from evals.statistics import Interval, interval, weights
from smallprint.records import Draft, Noun, Severity
from smallprint.registry import Registry, load

SPLITS: tuple[Split, ...] = ("dev", "test")


class Verdict(Noun):
    """What became of one gold provision."""

    gold: str  # p1, p2, ...
    category: str
    severity: Severity | None
    found: bool
    as_category: str | None = None
    as_severity: Severity | None = None


class Extra(Noun):
    """A draft that counts as spurious."""

    start: int
    end: int
    category: str
    severity: Severity
    title: str
    why: str  # nothing_here, duplicate or unlisted


class Counts(Noun):
    """A vector of counts, most of which are zero."""

    size: int
    at: dict[int, float]

    @classmethod
    def of(cls, vector: Array) -> "Counts":
        """From the full vector."""
        return cls(size=len(vector), at={int(n): float(vector[n]) for n in np.flatnonzero(vector)})

    def full(self) -> Array:
        """The full vector."""
        vector = np.zeros(self.size)
        for n, count in self.at.items():
            vector[n] = count
        return vector


class CaseScores(Noun):
    """The scores of one case."""

    case: str
    split: Split
    complete: bool  # whether every provision is labeled
    counts: dict[str, Counts]  # by metric
    verdicts: tuple[Verdict, ...]
    extras: tuple[Extra, ...]
    error: str | None = None


class Scores(Noun):
    """The scores of a run, small enough to keep as a baseline: no text of the drafts."""

    suite: str
    created_at: datetime
    subject: Subject
    yardstick: Yardstick
    cases: tuple[CaseScores, ...]
    reason: str = ""  # why it was blessed

    def split(self, split: Split | None) -> tuple[CaseScores, ...]:
        """The cases of one split; all where none is named."""
        return tuple(one for one in self.cases if split is None or one.split == split)

    def splits(self) -> tuple[Split, ...]:
        """The splits that have cases."""
        return tuple(split for split in SPLITS if self.split(split))


class CategoryRow(Noun):
    """The figures of one category."""

    category: str
    gold: int
    predicted: int
    precision: float
    recall: float
    f1: float
    low: float  # of F1, 95 % over documents; nan where a single document has the category
    high: float


def score(run: Run, registry: Registry | None = None) -> Scores:
    """The scores of a run; about a second for 5,000 provisions, no analysis."""
    registry = registry or load()
    return Scores(
        suite=run.suite,
        created_at=run.created_at,
        subject=run.subject,
        yardstick=run.yardstick,
        cases=tuple(_case(one, registry) for one in run.cases),
    )


def _case(run: CaseRun, registry: Registry) -> CaseScores:
    scored = Scored(run, registry)
    matched = {gold.id: draft for gold, draft in scored.pairs}
    verdicts = tuple(
        Verdict(
            gold=gold.id,
            category=gold.category,
            severity=gold.severity,
            found=gold.id in matched,
            as_category=matched[gold.id].category if gold.id in matched else None,
            as_severity=matched[gold.id].severity if gold.id in matched else None,
        )
        for gold in scored.gold
    )
    extras = tuple(
        Extra(
            start=draft.evidence[0].start,
            end=draft.evidence[0].end,
            category=draft.category,
            severity=draft.severity,
            title=draft.title,
            why=_why(scored, draft),
        )
        for draft in scored.spurious
    )
    # Several metrics are formulas over the same counts.
    counted = {count: Counts.of(count(scored)) for count in dict.fromkeys(one.count for one in METRICS.values())}
    counts = {name: counted[metric.count] for name, metric in METRICS.items()}
    return CaseScores(
        case=run.case.id,
        split=run.case.split,
        complete=run.case.complete,
        counts=counts,
        verdicts=verdicts,
        extras=extras,
        error=run.error,
    )


def _why(scored: Scored, draft: Draft) -> str:
    if scored.on_negative(draft):
        return "nothing_here"
    touches = any(
        evidence.start < span.end and span.start < evidence.end
        for evidence in draft.evidence
        for gold in scored.gold
        for span in gold.spans
    )
    return "duplicate" if touches else "unlisted"


def table(cases: Sequence[CaseScores], metric: Metric) -> Array:
    """The metric's counts, (cases, k); zeros for cases that it says nothing on."""
    return np.array([one.counts[metric.name].full() * (one.complete or not metric.needs_complete) for one in cases])


def figures(cases: Sequence[CaseScores], metrics: Iterable[Metric] = METRICS.values()) -> dict[str, Interval]:
    """Every metric over these cases, with its interval; those without support are left out."""
    found = {}
    for metric in metrics:
        one = interval(table(cases, metric), metric.value, metric.support)
        if one.support > 0 and not math.isnan(one.value):
            found[metric.name] = one
    return found


def category_rows(cases: Sequence[CaseScores]) -> list[CategoryRow]:
    """Precision, recall and F1 of every category that gold or drafts have, largest support first."""
    counts = np.array([one.counts["category_f1"].full() for one in cases]).reshape(-1, len(CATEGORIES) * 3)
    true, predicted, gold = per_category(counts.sum(axis=0))
    bounds = _category_bounds(counts)
    rows = [
        CategoryRow(
            category=name,
            gold=int(gold[n]),
            predicted=int(predicted[n]),
            precision=float(ratio(true[n], predicted[n])),
            recall=float(ratio(true[n], gold[n])),
            f1=float(f1(true[n], predicted[n], gold[n])),
            low=bounds[n][0],
            high=bounds[n][1],
        )
        for n, name in enumerate(CATEGORIES)
        if gold[n] or predicted[n]
    ]
    return sorted(rows, key=lambda row: (-row.gold, -row.predicted, row.category))


def _category_bounds(counts: Array) -> list[tuple[float, float]]:
    """The 95 % interval of each category's F1 over documents."""
    true, predicted, gold = per_category(weights(len(counts)) @ counts)
    draws = f1(true, predicted, gold)
    seen = (counts.reshape(len(counts), len(CATEGORIES), 3).sum(axis=-1) > 0).sum(axis=0)
    found = []
    for n, documents in enumerate(seen):
        known = draws[~np.isnan(draws[:, n]), n]
        low, high = np.percentile(known, [2.5, 97.5]) if documents > 1 else (math.nan, math.nan)
        found.append((float(low), float(high)))
    return found
