"""A scored run for machines: figures with support and interval, gate, comparison, what became of the gold."""

import math
from typing import TYPE_CHECKING, Any

from evals.comparing import Comparison
from evals.gate import GateResult
from evals.results import Run
from evals.scorers import METRICS
from evals.scoring import Scores, category_rows, figures
from evals.statistics import Interval

if TYPE_CHECKING:
    from evals.judging import JudgeReport


def scores_json(
    run: Run,
    scores: Scores,
    gate: GateResult | None = None,
    comparison: Comparison | None = None,
    *,
    judge: "JudgeReport | None" = None,
) -> dict[str, Any]:
    """The object that ``smallprint eval --json`` prints; null where one document gives no interval."""
    splits = scores.splits()
    made = {
        "suite": run.suite,
        "created_at": run.created_at.isoformat(),
        "version": run.version,
        "subject": run.subject.model_dump(mode="json"),
        "yardstick": run.yardstick.model_dump(mode="json"),
        "left_out": run.left_out,
        "errors": {one.case: one.error for one in scores.cases if one.error},
        "usage": run.usage.model_dump(mode="json"),
        "metrics": {
            split: {name: _metric(name, one) for name, one in figures(scores.split(split)).items()} for split in splits
        },
        "categories": {
            split: [row.model_dump(mode="json") for row in category_rows(scores.split(split))] for split in splits
        },
        "gate": None if gate is None else {"met": gate.met, **gate.model_dump(mode="json")},
        "comparison": None if comparison is None else comparison.model_dump(mode="json"),
        "judge": None if judge is None else judge.model_dump(mode="json"),
        "cases": [
            {
                "case": one.case,
                "split": one.split,
                "verdicts": [verdict.model_dump(mode="json") for verdict in one.verdicts],
                "spurious": [extra.model_dump(mode="json") for extra in one.extras],
            }
            for one in scores.cases
        ],
    }
    found: dict[str, Any] = _without_nan(made)
    return found


def _metric(name: str, one: Interval) -> dict[str, Any]:
    metric = METRICS[name]
    return {
        "title": metric.title,
        "better": metric.better,
        "value": one.value,
        "low": one.low,
        "high": one.high,
        "support": one.support,
        "documents": one.documents,
    }


def _without_nan(value: Any) -> Any:  # noqa: ANN401 -- JSON, which has no nan and no infinity
    if isinstance(value, dict):
        return {name: _without_nan(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_without_nan(one) for one in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
