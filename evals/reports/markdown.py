"""A scored run as Markdown for a pull request: the verdict first, then the figures that moved, then the provisions."""

import math
from collections.abc import Iterator

from evals.comparing import Comparison, MetricChange
from evals.gate import GateResult
from evals.results import Run
from evals.scorers import METRICS, Metric
from evals.scoring import Scores, figures
from evals.statistics import FEWEST, Difference, Interval

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
_MOST = 25  # provisions listed


def markdown(run: Run, scores: Scores, gate: GateResult | None, comparison: Comparison | None) -> str:
    """The whole comment."""
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
    for case, why in run.left_out.items():
        yield f"\n`{case}` left out: {_cell(why)}"
    if comparison is not None:
        yield from _changes(comparison)


def _table(scores: Scores, comparison: Comparison | None) -> Iterator[str]:
    changes = {(one.metric, one.split): one for one in comparison.metrics} if comparison else {}
    splits = scores.splits()
    found = {split: figures(scores.split(split)) for split in splits}
    columns = [column for split in splits for column in (split, *(["change"] if comparison else []))]
    yield f"| | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for name in HEADLINE:
        cells = []
        for split in splits:
            one = found[split].get(name)
            cells.append(_interval(METRICS[name], one) if one else "")
            if comparison:
                cells.append(_change(changes.get((name, split))))
        if any(cells):
            yield f"| {METRICS[name].title} | {' | '.join(cells)} |"


def number(metric: Metric, value: float) -> str:
    """A value as a reader reads it."""
    if math.isnan(value):
        return "-"
    return f"{value:.1%}" if metric.percent else f"{value:.2f}"


def _interval(metric: Metric, one: Interval) -> str:
    if math.isnan(one.low):
        return f"{number(metric, one.value)} (n {one.support:.0f})"
    return f"{number(metric, one.value)} [{number(metric, one.low)}, {number(metric, one.high)}] (n {one.support:.0f})"


def signed(metric: Metric, value: float) -> str:
    """A change as a reader reads it: points for percentages."""
    return f"{100 * value:+.1f} pt" if metric.percent else f"{value:+.2f}"


def detects(metric: Metric, change: Difference) -> str:
    """The smallest difference that the documents can show, or that they are too few to show any."""
    if math.isinf(change.detectable):
        return f"under {FEWEST} documents show none"
    return f"detects {signed(metric, change.detectable).lstrip('+')}"


def _change(one: MetricChange | None) -> str:
    if one is None:
        return ""
    metric, change = METRICS[one.metric], one.change
    if change.value == 0:
        return f"same ({detects(metric, change)})"
    word = {True: "**better**", False: "**worse**", None: "not different"}[one.better]
    bounds = f"[{signed(metric, change.low)}, {signed(metric, change.high)}]"
    return f"{signed(metric, change.value)} {bounds} {word} ({detects(metric, change)})"


def _changes(comparison: Comparison) -> Iterator[str]:
    won, lost, p = comparison.found
    yield ""
    yield f"Changed between the two: {', '.join(comparison.subjects) or 'nothing'}. "
    yield f"Provisions found only now {won}, only before {lost} (McNemar p {p:.3f}, taking provisions for independent)."
    some = sorted(comparison.provisions, key=lambda one: not one.worse)
    if some:
        yield f"\n<details><summary>{len(some)} provisions changed</summary>\n"
        yield "| case | provision | gold | before | now |"
        yield "|---|---|---|---|---|"
        for one in some[:_MOST]:
            mark = "worse" if one.worse else "better"
            yield f"| {one.case} | {one.gold} | {one.category}, {one.severity} | {one.before} | {one.after} ({mark}) |"
        if len(some) > _MOST:
            yield f"\nand {len(some) - _MOST} more"
        yield "\n</details>"


def _cell(text: str) -> str:
    """Text that breaks no table and starts no markup."""
    flat = " ".join(text.split())
    return flat.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'")
