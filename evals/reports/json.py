"""A scored run as JSON: figures with support and interval, gate, comparison, the outcome of every gold provision."""

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
    """The object that ``smallprint eval --json`` prints (docs/json.md); nan and infinity become null."""
    splits = scores.splits()
    scored = {
        "suite": run.suite,
        "created_at": run.created_at.isoformat(),
        "version": run.version,
        "subject": run.subject.model_dump(mode="json"),
        "yardstick": run.yardstick.model_dump(mode="json"),
        "left_out": run.left_out,
        "errors": {case.case: case.error for case in scores.cases if case.error},
        "usage": run.usage.model_dump(mode="json"),
        "metrics": {
            split: {name: _metric(name, figure) for name, figure in figures(scores.split(split)).items()}
            for split in splits
        },
        "categories": {
            split: [row.model_dump(mode="json") for row in category_rows(scores.split(split))] for split in splits
        },
        "gate": None if gate is None else {"met": gate.met, **gate.model_dump(mode="json")},
        "comparison": None if comparison is None else comparison.model_dump(mode="json"),
        "judge": None if judge is None else judge.model_dump(mode="json"),
        "cases": [
            {
                "case": case.case,
                "split": case.split,
                "verdicts": [outcome.model_dump(mode="json") for outcome in case.verdicts],
                "spurious": [extra.model_dump(mode="json") for extra in case.extras],
            }
            for case in scores.cases
        ],
    }
    finite: dict[str, Any] = _without_nan(scored)
    return finite


def _metric(name: str, figure: Interval) -> dict[str, Any]:
    metric = METRICS[name]
    return {
        "title": metric.title,
        "better": metric.better,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "support": figure.support,
        "documents": figure.documents,
    }


def _without_nan(value: Any) -> Any:  # noqa: ANN401 -- JSON, which has no nan and no infinity
    if isinstance(value, dict):
        return {name: _without_nan(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_without_nan(member) for member in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
