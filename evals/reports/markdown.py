"""A scored run as Markdown for a pull request: verdict, failed checks, figures, provisions that changed."""

import math
from collections.abc import Iterator

from evals.comparing import Comparison, MetricChange
from evals.gate import GateResult
from evals.results import Run
from evals.scorers import METRICS, Metric
from evals.scoring import Scores, figures
from evals.statistics import MIN_DOCUMENTS, Difference, Interval

HEADLINE = (
    "found_recall",
    "found_precision",
    "category_f1",
    "category_f1_macro",
    "false_alarms",
    "severity_kappa",
    "severity_cost",
    "frameworks_f1",
    "agencies_f1",
    "must_mention",
    "calibration_error",
)
_MAX_PROVISIONS = 25  # that are listed; more make a comment that nobody reads


def markdown(run: Run, scores: Scores, gate: GateResult | None, comparison: Comparison | None) -> str:
    """The text of the comment."""
    return "\n".join(_lines(run, scores, gate, comparison)) + "\n"


def _lines(run: Run, scores: Scores, gate: GateResult | None, comparison: Comparison | None) -> Iterator[str]:
    verdict = (
        "" if gate is None else (": gate met" if gate.met else f": gate not met, {len(gate.failed)} checks failed")
    )
    yield f"### Evals of {run.suite} by {run.subject.model}{verdict}"
    yield ""
    for check in gate.failed if gate else ():
        yield f"- **{check.kind}** {_cell(check.message)}"
    if gate and gate.failed:
        yield ""
    yield from _table(scores, comparison)
    for case, reason in run.left_out.items():
        yield f"\n`{case}` left out: {_cell(reason)}"
    if comparison is not None:
        yield from _changes(comparison)


def _table(scores: Scores, comparison: Comparison | None) -> Iterator[str]:
    changes = {(change.metric, change.split): change for change in comparison.metrics} if comparison else {}
    splits = scores.splits()
    by_split = {split: figures(scores.split(split)) for split in splits}
    columns = [column for split in splits for column in (split, *(["change"] if comparison else []))]
    yield f"| | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for name in HEADLINE:
        cells = []
        for split in splits:
            figure = by_split[split].get(name)
            cells.append(_interval(METRICS[name], figure) if figure else "")
            if comparison:
                cells.append(_change(changes.get((name, split))))
        if any(cells):
            yield f"| {METRICS[name].title} | {' | '.join(cells)} |"


def number(metric: Metric, value: float) -> str:
    """A value as text: percentages with one digit, other values with two."""
    if math.isnan(value):
        return "-"
    return f"{value:.1%}" if metric.percent else f"{value:.2f}"


def _interval(metric: Metric, figure: Interval) -> str:
    value, support = number(metric, figure.value), f"(n {figure.support:.0f})"
    if math.isnan(figure.low):
        return f"{value} {support}"
    return f"{value} [{number(metric, figure.low)}, {number(metric, figure.high)}] {support}"


def signed(metric: Metric, value: float) -> str:
    """A change as text: percentage points for percentages."""
    return f"{100 * value:+.1f} pt" if metric.percent else f"{value:+.2f}"


def detects(metric: Metric, change: Difference) -> str:
    """The smallest difference that this set of documents can detect, as text; too few documents detect none."""
    if math.isinf(change.detectable):
        return f"under {MIN_DOCUMENTS} documents show none"
    return f"detects {signed(metric, change.detectable).lstrip('+')}"


def _change(metric_change: MetricChange | None) -> str:
    if metric_change is None:
        return ""
    metric, change = METRICS[metric_change.metric], metric_change.change
    if change.value == 0:
        return f"same ({detects(metric, change)})"
    word = {True: "**better**", False: "**worse**", None: "not different"}[metric_change.better]
    bounds = f"[{signed(metric, change.low)}, {signed(metric, change.high)}]"
    return f"{signed(metric, change.value)} {bounds} {word} ({detects(metric, change)})"


def _changes(comparison: Comparison) -> Iterator[str]:
    won, lost, p = comparison.found
    yield ""
    yield f"Changed between the two: {', '.join(comparison.subjects) or 'nothing'}. "
    yield f"Provisions found only now {won}, only before {lost} (McNemar p {p:.3f}, as if provisions were independent)."
    changes = sorted(comparison.provisions, key=lambda change: not change.worse)
    if changes:
        yield f"\n<details><summary>{len(changes)} provisions changed</summary>\n"
        yield "| case | provision | gold | before | now |"
        yield "|---|---|---|---|---|"
        for change in changes[:_MAX_PROVISIONS]:
            gold, direction = f"{change.category}, {change.severity}", "worse" if change.worse else "better"
            yield f"| {change.case} | {change.gold} | {gold} | {change.before} | {change.after} ({direction}) |"
        if len(changes) > _MAX_PROVISIONS:
            yield f"\nand {len(changes) - _MAX_PROVISIONS} more"
        yield "\n</details>"


def _cell(text: str) -> str:
    """Text on one line that neither ends a table cell nor starts markup."""
    flat = " ".join(text.split())
    return flat.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
