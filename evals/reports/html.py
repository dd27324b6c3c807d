"""A scored run as one self-contained HTML page: verdict, figures, matrices, and every document with its marks."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
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
_OPEN = 3  # documents that are unfolded, the worst ones


def html(
    run: Run, scores: Scores, gate: GateResult | None, comparison: Comparison | None, *, show_test: bool = False
) -> str:
    """The page; without ``show_test`` no test document's text and misses, so that nobody tunes on them."""
    changes = {(one.metric, one.split): one for one in comparison.metrics} if comparison else {}
    whole = table(scores.cases, METRICS["severity_kappa"]).sum(axis=0)
    factors: Array = table(scores.cases, METRICS["factors_exact"]).sum(axis=0)
    order = sorted(zip(run.cases, scores.cases, strict=True), key=lambda pair: -_badness(pair[1]))
    seen = [(one, found) for one, found in order if show_test or one.case.split != "test"]
    return _template().render(
        run=run,
        gate=gate,
        comparison=comparison,
        splits=[_split(split, scores, changes) for split in scores.splits()],
        groups=list(dict.fromkeys(metric.group for metric in METRICS.values())),
        categories=category_rows(scores.cases),
        levels=LEVELS,
        confusion=charts.heat(confusion(whole).tolist()),
        factors=factor_rows(factors) if factors.any() else [],
        missed=missed(whole).astype(int).tolist(),
        confusions=_confusions(scores.cases),
        reliability=Markup(charts.reliability_diagram(_confidence(scores))),  # noqa: S704 -- numbers in our own SVG
        risk=Markup(charts.risk_coverage_curve(_confidence(scores))),  # noqa: S704 -- numbers in our own SVG
        documents=[_document(one, found, n < _OPEN) for n, (one, found) in enumerate(seen)],
        hidden=len(order) - len(seen),
        moved=sorted(comparison.provisions, key=lambda one: (not one.worse, one.case)) if comparison else [],
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
    found = figures(cases)
    rows = []
    for name, metric in METRICS.items():
        if name not in found:
            continue
        one, change = found[name], changes.get((name, split))
        bounds = "" if math.isnan(one.low) else f"{number(metric, one.low)} to {number(metric, one.high)}"
        before = change.baseline if change else None
        bar = charts.interval_bar(one.value, one.low, one.high, before) if metric.percent else ""
        rows.append(
            {
                "name": name,
                "group": metric.group,
                "title": metric.title,
                "value": number(metric, one.value),
                "bounds": bounds,
                "support": f"{one.support:.0f}",
                "bar": Markup(bar),  # noqa: S704 -- numbers in our own SVG
                "change": _change(change),
                "verdict": {True: "better", False: "worse", None: ""}[change.better] if change else "",
                "tile": name in _TILES,
            }
        )
    return {"name": split, "documents": len(cases), "gold": sum(len(one.verdicts) for one in cases), "rows": rows}


def _change(one: MetricChange | None) -> str:
    if one is None:
        return ""
    metric, change = METRICS[one.metric], one.change
    shows = detects(metric, change)
    if change.value == 0:
        return f"same; {shows}"
    return f"{signed(metric, change.value)} ({signed(metric, change.low)} to {signed(metric, change.high)}); {shows}"


def _confusions(cases: Sequence[CaseScores]) -> list[tuple[str, str, int]]:
    """Which category was taken for which, most often first."""
    seen = Counter(
        (one.category, one.as_category)
        for case in cases
        for one in case.verdicts
        if one.as_category is not None and one.as_category != one.category
    )
    return [(gold, drafted, count) for (gold, drafted), count in seen.most_common(20)]


def _badness(scores: CaseScores) -> float:
    """What goes wrong in a case, by provision: misses and mislabels of severe ones weigh more."""
    weight = {"critical": 3.0, "high": 2.0}
    wrong = sum(
        weight.get(one.severity or "", 1.0) * (1.0 if not one.found else 0.5)
        for one in scores.verdicts
        if not one.found or one.category != one.as_category
    )
    return (wrong + 0.5 * len(scores.extras)) / max(1, len(scores.verdicts))


@dataclass(frozen=True)
class Mark:
    """A span of the text that something happened on."""

    start: int
    end: int
    kind: str  # right, level, category, missed, spurious, nothing
    note: str


def _marks(run: CaseRun, scores: CaseScores) -> list[Mark]:
    marks = []
    for gold, verdict in zip(run.case.provisions, scores.verdicts, strict=True):
        if not verdict.found:
            kind, as_ = "missed", "missed"
        elif verdict.category != verdict.as_category:
            kind, as_ = "category", f"found as {verdict.as_category}, {verdict.as_severity}"
        elif verdict.severity not in (None, verdict.as_severity):
            kind, as_ = "level", f"found, rated {verdict.as_severity}"
        else:
            kind, as_ = "right", "found"
        note = f"{gold.id} {gold.category}, {gold.severity or 'no level'}: {as_}"
        marks += [Mark(span.start, span.end, kind, note) for span in gold.spans if span.end > span.start]
    marks += [
        Mark(extra.start, extra.end, "spurious", f"spurious ({extra.why}): {extra.category}, {extra.severity}")
        for extra in scores.extras
    ]
    hit = [(extra.start, extra.end) for extra in scores.extras]
    marks += [
        Mark(one.start, one.end, "nothing", "holds nothing, rightly left alone")
        for one in run.case.negatives
        if not any(one.start < end and start < one.end for start, end in hit)
    ]
    return marks


def _document(run: CaseRun, scores: CaseScores, unfold: bool) -> dict[str, Any]:
    marks = _marks(run, scores)
    found = sum(one.found for one in scores.verdicts)
    right = sum(one.found and one.category == one.as_category for one in scores.verdicts)
    return {
        "id": run.case.id,
        "title": f"{run.case.source.entity or ''} {run.case.source.title or ''}".strip(),
        "split": run.case.split,
        "gold": len(scores.verdicts),
        "found": found,
        "right": right,
        "missed": [
            (gold, one) for gold, one in zip(run.case.provisions, scores.verdicts, strict=True) if not one.found
        ],
        "extras": scores.extras,
        "error": run.error,
        "open": unfold,
        "paragraphs": _paragraphs(run.case.document.text, marks),
    }


def _paragraphs(text: str, marks: Sequence[Mark]) -> list[list[tuple[str, str, str]]]:
    """The text as paragraphs of (words, classes, note); a stretch under several marks has all their classes."""
    made, start = [], 0
    while start <= len(text):
        end = text.find("\n\n", start)
        end = len(text) if end < 0 else end
        made.append(_pieces(text, start, end, [mark for mark in marks if mark.start < end and start < mark.end]))
        start = end + 2
    return [some for some in made if some]


def _pieces(text: str, start: int, end: int, marks: Iterable[Mark]) -> list[tuple[str, str, str]]:
    some = list(marks)
    edges = sorted({start, end, *(min(max(edge, start), end) for mark in some for edge in (mark.start, mark.end))})
    pieces = []
    for left, right in pairwise(edges):
        over = [mark for mark in some if mark.start < right and left < mark.end]
        pieces.append(
            (text[left:right], " ".join(sorted({mark.kind for mark in over})), "\n".join(m.note for m in over))
        )
    return pieces
