"""A scored run as one self-contained HTML page: verdict, figures, matrices, and every document with marked spans."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from evals.comparing import Comparison, MetricChange
from evals.gate import GateResult
from evals.reports import charts
from evals.reports.markdown import HEADLINE, detects, number, signed
from evals.results import CaseRun, Run
from evals.scorers import METRICS, Array
from evals.scorers.levels import confusion, factor_rows, missed
from evals.scoring import CaseScores, Scores, category_rows, figures, table
from smallprint.severity import LEVELS

_TILES = (*HEADLINE[:4], "severity_kappa", "severity_cost")
_UNFOLDED_DOCUMENTS = 3  # the worst ones
_MAX_CONFUSIONS = 20
# How bad an error is, to order documents: a wrong category counts half a miss, a spurious draft half a mild one.
_MISS_WEIGHT = {"critical": 3.0, "high": 2.0}
_PARTIAL_ERROR = 0.5


def html(
    run: Run, scores: Scores, gate: GateResult | None, comparison: Comparison | None, *, show_test: bool = False
) -> str:
    """The page. Texts and misses of test documents are left out unless ``show_test``, so that nobody tunes on them."""
    changes = {(change.metric, change.split): change for change in comparison.metrics} if comparison else {}
    severities = table(scores.cases, METRICS["severity_kappa"]).sum(axis=0)
    factors: Array = table(scores.cases, METRICS["factors_exact"]).sum(axis=0)
    worst_first = sorted(zip(run.cases, scores.cases, strict=True), key=lambda pair: -_badness(pair[1]))
    visible = [pair for pair in worst_first if show_test or pair[0].case.split != "test"]
    return _template().render(
        run=run,
        gate=gate,
        comparison=comparison,
        splits=[_split(split, scores, changes) for split in scores.splits()],
        groups=list(dict.fromkeys(metric.group for metric in METRICS.values())),
        categories=category_rows(scores.cases),
        levels=LEVELS,
        confusion=charts.heat(confusion(severities).tolist()),
        factors=factor_rows(factors) if factors.any() else [],
        missed=missed(severities).astype(int).tolist(),
        confusions=_confusions(scores.cases),
        reliability=Markup(charts.reliability_diagram(_confidence(scores))),  # noqa: S704 -- numbers in our own SVG
        risk=Markup(charts.risk_coverage_curve(_confidence(scores))),  # noqa: S704 -- numbers in our own SVG
        documents=[
            _document(case_run, case_scores, n < _UNFOLDED_DOCUMENTS)
            for n, (case_run, case_scores) in enumerate(visible)
        ],
        hidden=len(worst_first) - len(visible),
        moved=sorted(comparison.provisions, key=lambda change: (not change.worse, change.case)) if comparison else [],
    )


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["percent"] = lambda value: "-" if math.isnan(value) else f"{value:.0%}"
    return environment.from_string(files("evals.reports").joinpath("report.html.j2").read_text(encoding="utf-8"))


def _confidence(scores: Scores) -> Array:
    total: Array = table(scores.cases, METRICS["brier"]).sum(axis=0)
    return total


def _split(split: Any, scores: Scores, changes: dict[Any, MetricChange]) -> dict[str, Any]:  # noqa: ANN401
    cases = scores.split(split)
    rows = []
    for name, figure in figures(cases).items():
        metric, change = METRICS[name], changes.get((name, split))
        bounds = "" if math.isnan(figure.low) else f"{number(metric, figure.low)} to {number(metric, figure.high)}"
        before = change.baseline if change else None
        bar = charts.interval_bar(figure.value, figure.low, figure.high, before) if metric.percent else ""
        rows.append(
            {
                "name": name,
                "group": metric.group,
                "title": metric.title,
                "value": number(metric, figure.value),
                "bounds": bounds,
                "support": f"{figure.support:.0f}",
                "bar": Markup(bar),  # noqa: S704 -- numbers in our own SVG
                "change": _change(change),
                "verdict": {True: "better", False: "worse", None: ""}[change.better] if change else "",
                "tile": name in _TILES,
            }
        )
    return {"name": split, "documents": len(cases), "gold": sum(len(case.verdicts) for case in cases), "rows": rows}


def _change(metric_change: MetricChange | None) -> str:
    if metric_change is None:
        return ""
    metric, change = METRICS[metric_change.metric], metric_change.change
    power = detects(metric, change)
    if change.value == 0:
        return f"same; {power}"
    return f"{signed(metric, change.value)} ({signed(metric, change.low)} to {signed(metric, change.high)}); {power}"


def _confusions(cases: Sequence[CaseScores]) -> list[tuple[str, str, int]]:
    """Gold category, the draft's category, and how often the one was taken for the other; most frequent first."""
    confused = Counter(
        (outcome.category, outcome.as_category)
        for case in cases
        for outcome in case.verdicts
        if outcome.as_category is not None and outcome.as_category != outcome.category
    )
    return [(gold, drafted, count) for (gold, drafted), count in confused.most_common(_MAX_CONFUSIONS)]


def _badness(scores: CaseScores) -> float:
    """Errors of a case per gold provision; those on severe provisions weigh more."""
    errors = sum(
        _MISS_WEIGHT.get(outcome.severity or "", 1.0) * (_PARTIAL_ERROR if outcome.found else 1.0)
        for outcome in scores.verdicts
        if not outcome.found or outcome.category != outcome.as_category
    )
    return (errors + _PARTIAL_ERROR * len(scores.extras)) / max(1, len(scores.verdicts))


@dataclass(frozen=True)
class Mark:
    """A span of the text with its outcome."""

    start: int
    end: int
    kind: str  # right, level, category, missed, spurious, nothing
    note: str


def _marks(run: CaseRun, scores: CaseScores) -> list[Mark]:
    marks = []
    for gold, outcome in zip(run.case.provisions, scores.verdicts, strict=True):
        if not outcome.found:
            kind, words = "missed", "missed"
        elif outcome.category != outcome.as_category:
            kind, words = "category", f"found as {outcome.as_category}, {outcome.as_severity}"
        elif outcome.severity not in (None, outcome.as_severity):
            kind, words = "level", f"found, rated {outcome.as_severity}"
        else:
            kind, words = "right", "found"
        note = f"{gold.id} {gold.category}, {gold.severity or 'no level'}: {words}"
        marks += [Mark(span.start, span.end, kind, note) for span in gold.spans if span.end > span.start]
    marks += [
        Mark(extra.start, extra.end, "spurious", f"spurious ({extra.why}): {extra.category}, {extra.severity}")
        for extra in scores.extras
    ]
    marks += [
        Mark(negative.start, negative.end, "nothing", "no provision, and no draft on it")
        for negative in run.case.negatives
        if not any(negative.start < extra.end and extra.start < negative.end for extra in scores.extras)
    ]
    return marks


def _document(run: CaseRun, scores: CaseScores, unfold: bool) -> dict[str, Any]:
    marks = _marks(run, scores)
    pairs = list(zip(run.case.provisions, scores.verdicts, strict=True))
    return {
        "id": run.case.id,
        "title": f"{run.case.source.entity or ''} {run.case.source.title or ''}".strip(),
        "split": run.case.split,
        "gold": len(scores.verdicts),
        "found": sum(outcome.found for _, outcome in pairs),
        "right": sum(outcome.found and outcome.category == outcome.as_category for _, outcome in pairs),
        "missed": [(gold, outcome) for gold, outcome in pairs if not outcome.found],
        "extras": scores.extras,
        "error": run.error,
        "open": unfold,
        "paragraphs": _paragraphs(run.case.document.text, marks),
    }


def _paragraphs(text: str, marks: Sequence[Mark]) -> list[list[tuple[str, str, str]]]:
    """The text as paragraphs of (words, classes, note); words under several marks have the classes of all of them."""
    paragraphs, start = [], 0
    while start <= len(text):
        end = text.find("\n\n", start)
        end = len(text) if end < 0 else end
        on_it = [mark for mark in marks if mark.start < end and start < mark.end]
        paragraphs.append(_marked_pieces(text, start, end, on_it))
        start = end + 2
    return [pieces for pieces in paragraphs if pieces]


def _marked_pieces(text: str, start: int, end: int, marks: Sequence[Mark]) -> list[tuple[str, str, str]]:
    edges = sorted({start, end, *(min(max(edge, start), end) for mark in marks for edge in (mark.start, mark.end))})
    pieces = []
    for left, right in pairwise(edges):
        over = [mark for mark in marks if mark.start < right and left < mark.end]
        classes = " ".join(sorted({mark.kind for mark in over}))
        pieces.append((text[left:right], classes, "\n".join(mark.note for mark in over)))
    return pieces
