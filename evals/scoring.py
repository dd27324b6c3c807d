"""A run -> its scores: the counts of every metric for each document, and the outcome of every gold provision."""

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


class GoldOutcome(Noun):
    """Whether a gold provision was found, and under which category and severity."""

    gold: str  # p1, p2, ...
    category: str
    severity: Severity | None
    found: bool
    as_category: str | None = None
    as_severity: Severity | None = None


class SpuriousDraft(Noun):
    """A draft that no gold provision matches."""

    start: int
    end: int
    category: str
    severity: Severity
    title: str
    why: str  # nothing_here, duplicate or unlisted


class SparseCounts(Noun):
    """A vector of counts, most of which are zero."""

    size: int
    at: dict[int, float]  # index -> count; the name is that of stored baselines

    @classmethod
    def of(cls, vector: Array) -> "SparseCounts":
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
    counts: dict[str, SparseCounts]  # by metric
    verdicts: tuple[GoldOutcome, ...]
    extras: tuple[SpuriousDraft, ...]
    error: str | None = None


class Scores(Noun):
    """The scores of a run, without the text of drafts: small enough to be stored as a baseline."""

    suite: str
    created_at: datetime
    subject: Subject
    yardstick: Yardstick
    cases: tuple[CaseScores, ...]
    reason: str = ""  # why it was blessed

    def split(self, split: Split | None) -> tuple[CaseScores, ...]:
        """The cases of one split; all cases where the split is None."""
        return tuple(case for case in self.cases if split is None or case.split == split)

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
    """Score a run; nothing is analyzed, and 5,000 provisions take about a second."""
    registry = registry or load()
    return Scores(
        suite=run.suite,
        created_at=run.created_at,
        subject=run.subject,
        yardstick=run.yardstick,
        cases=tuple(_case(case_run, registry) for case_run in run.cases),
    )


def _case(run: CaseRun, registry: Registry) -> CaseScores:
    scored = Scored(run, registry)
    matched = {gold.id: draft for gold, draft in scored.pairs}
    outcomes = tuple(
        GoldOutcome(
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
        SpuriousDraft(
            start=draft.evidence[0].start,
            end=draft.evidence[0].end,
            category=draft.category,
            severity=draft.severity,
            title=draft.title,
            why=_why(scored, draft),
        )
        for draft in scored.spurious
    )
    # Metrics that are formulas over the same counts share them.
    counters = dict.fromkeys(metric.count for metric in METRICS.values())
    counted = {count: SparseCounts.of(count(scored)) for count in counters}
    counts = {name: counted[metric.count] for name, metric in METRICS.items()}
    return CaseScores(
        case=run.case.id,
        split=run.case.split,
        complete=run.case.complete,
        counts=counts,
        verdicts=outcomes,
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
    """The metric's counts, (cases, k); zeros for cases that it cannot be measured on."""
    return np.array([case.counts[metric.name].full() * (case.complete or not metric.needs_complete) for case in cases])


def figures(cases: Sequence[CaseScores], metrics: Iterable[Metric] = METRICS.values()) -> dict[str, Interval]:
    """Every metric over these cases, with its interval; those without support are left out."""
    by_name = {}
    for metric in metrics:
        figure = interval(table(cases, metric), metric.value, metric.support)
        if figure.support > 0 and not math.isnan(figure.value):
            by_name[metric.name] = figure
    return by_name


def category_rows(cases: Sequence[CaseScores]) -> list[CategoryRow]:
    """Precision, recall and F1 of every category that gold or drafts have, largest support first."""
    counts = np.array([case.counts["category_f1"].full() for case in cases]).reshape(-1, len(CATEGORIES) * 3)
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
    documents_with = (counts.reshape(len(counts), len(CATEGORIES), 3).sum(axis=-1) > 0).sum(axis=0)
    bounds = []
    for n, documents in enumerate(documents_with):
        known = draws[~np.isnan(draws[:, n]), n]
        low, high = np.percentile(known, [2.5, 97.5]) if documents > 1 else (math.nan, math.nan)
        bounds.append((float(low), float(high)))
    return bounds
