"""How the evals look in a terminal: every figure with its interval and support, and the lists behind the figures."""

import math
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from app.cli.console import STYLES
from evals.comparing import Comparison, MetricChange
from evals.gate import GateResult
from evals.reports.markdown import detects, number, signed
from evals.results import CaseRun, Run
from evals.scorers import METRICS, Metric
from evals.scoring import CaseScores, Scores, category_rows, figures
from evals.statistics import Interval

_WORDS = 100  # characters of a passage in the lists


def with_interval(metric: Metric, one: Interval) -> str:
    """A value and its 95 % interval; one document gives none."""
    if math.isnan(one.low):
        return number(metric, one.value)
    return f"{number(metric, one.value)}  [{number(metric, one.low)}, {number(metric, one.high)}]"


def headline(run: Run) -> Text:
    """Who was measured on what, and what was left out."""
    text = Text.assemble((f"{run.suite}", "bold"), f": {run.subject.model} ({run.subject.prompt})")
    known = sum(one.cached for one in run.cases)
    count = len(run.cases)
    text.append(f", {count} document{'s' if count != 1 else ''}, {known} of them read before", style="dim")
    usage = run.usage
    if usage.calls or usage.cached_calls:
        cost = "unknown cost" if usage.cost_usd is None else f"${usage.cost_usd:.4f}"
        text.append(f"; {usage.calls} calls now, {usage.cached_calls} before, {cost}", style="dim")
    for case, why in run.left_out.items():
        text.append(f"\n{case}: left out, {why}", style="yellow")
    for one in run.cases:
        if one.error:
            text.append(f"\n{one.case.id}: {one.error}", style="red")
    if any(not one.case.complete for one in run.cases):
        text.append(
            "\nWhere gold is not complete there is no precision: only known negatives count against a draft.",
            style="yellow",
        )
    return text


def figure_table(scores: Scores, comparison: Comparison | None = None) -> Table:
    """Every metric, a column for each split, and beside it the change against a baseline."""
    table = Table(box=None, padding=(0, 2), header_style="dim")
    table.add_column("")
    splits = scores.splits()
    by_split = {split: figures(scores.split(split)) for split in splits}
    changes = {(one.metric, one.split): one for one in comparison.metrics} if comparison else {}
    for split in splits:
        count = len(scores.split(split))
        table.add_column(f"{split} ({count} document{'s' if count > 1 else ''})", justify="right")
        table.add_column("n", justify="right", style="dim")
        if comparison:
            table.add_column("change")
    group = ""
    for name, metric in METRICS.items():
        if not any(name in by_split[split] for split in splits):
            continue
        if metric.group != group:
            group = metric.group
            table.add_row(Text(group, style="bold"))
        cells: list[str | Text] = []
        for split in splits:
            one = by_split[split].get(name)
            cells += (with_interval(metric, one), f"{one.support:.0f}") if one else ("", "")
            if comparison:
                cells.append(_change(changes.get((name, split))))
        table.add_row(f"  {metric.title}", *cells)
    return table


def _change(one: MetricChange | None) -> Text:
    """The difference, its verdict, and what this set can detect."""
    if one is None:
        return Text("")
    metric, change = METRICS[one.metric], one.change
    if change.value == 0:
        return Text(f"same, {detects(metric, change)}", style="dim")
    style = {True: "green", False: "red", None: "dim"}[one.better]
    bounds = f"[{signed(metric, change.low)}, {signed(metric, change.high)}]"
    return Text(f"{signed(metric, change.value)} {bounds}, {detects(metric, change)}", style=style)


def comparison_lines(comparison: Comparison) -> RenderableType:
    """What differs between the subjects, the categories that moved, and every provision that changed."""
    won, lost, p = comparison.found
    lines = [
        Text(f"\nChanged between the two: {', '.join(comparison.subjects) or 'nothing'}", style="bold"),
        Text(
            f"Provisions found only now {won}, only before {lost} (McNemar p {p:.3f}, which takes them for independent)"
        ),
    ]
    lines += [
        Text(f"  {one.category}: {one.won} won, {one.lost} lost of {one.gold} (p {one.p:.3f}, Holm {one.adjusted:.3f})")
        for one in comparison.categories
        if one.won or one.lost
    ]
    for change in sorted(comparison.provisions, key=lambda one: not one.worse):
        line = Text("  worse   " if change.worse else "  better  ", style="red" if change.worse else "green")
        line.append(f"{change.case} {change.gold} ", style="default")
        line.append(f"{change.category}, {change.severity}: {change.before} -> {change.after}", style="default")
        lines.append(line)
    return Group(*lines)


def gate_lines(result: GateResult) -> RenderableType:
    """The verdict, and every check with its cause."""
    verdict = ("\nThe gate is met", "bold green") if result.met else ("\nThe gate is not met", "bold red")
    lines = [Text(verdict[0], style=verdict[1])]
    for check in result.checks:
        mark = Text("  passed  " if check.passed else "  FAILED  ", style="green" if check.passed else "bold red")
        lines.append(mark.append(f"{check.kind:12}", style="default").append(check.message, style="default"))
    return Group(*lines)


def category_table(cases: Sequence[CaseScores]) -> Table:
    """Precision, recall and F1 of every category."""
    table = Table(box=None, padding=(0, 2), header_style="dim")
    for name in ("category", "gold", "drafts", "precision", "recall", "F1", "95 %"):
        table.add_column(name, justify="left" if name == "category" else "right")
    for row in category_rows(cases):
        values = ("-" if math.isnan(one) else f"{one:.0%}" for one in (row.precision, row.recall, row.f1))
        bounds = "" if math.isnan(row.low) else f"{row.low:.0%} to {row.high:.0%}"
        table.add_row(row.category, str(row.gold), str(row.predicted), *values, bounds)
    return table


def lists(run: Run, scores: Scores, *, show_test: bool) -> RenderableType:
    """Every miss, mislabel and spurious draft with its words, case by case; of test cases only where asked for."""
    pairs = list(zip(run.cases, scores.cases, strict=True))
    seen = [(one, found) for one, found in pairs if show_test or one.case.split != "test"]
    lines = [line for one, found in seen for line in _case_lines(one, found)]
    if len(seen) < len(pairs):
        hidden = f"\n{len(pairs) - len(seen)} test cases kept out of sight, so that nobody tunes on them (--show-test)"
        lines.append(Text(hidden, style="dim"))
    return Group(*lines)


def _case_lines(run: CaseRun, scores: CaseScores) -> list[Text]:
    gold = {one.id: one for one in run.case.provisions}
    text = run.case.document.text
    lines = [Text(f"\n{run.case.id} ({run.case.split})", style="bold")]
    for verdict in scores.verdicts:
        words = _short(gold[verdict.gold].text)
        if not verdict.found:
            lines.append(_line("missed", verdict.category, verdict.severity, words))
        elif verdict.category != verdict.as_category:
            lines.append(_line("mislabeled", f"{verdict.category} as {verdict.as_category}", verdict.severity, words))
        elif verdict.severity and verdict.severity != verdict.as_severity:
            lines.append(_line("rated", f"{verdict.category}, {verdict.severity} as", verdict.as_severity, words))
    lines += [
        _line(f"spurious, {extra.why}", extra.category, extra.severity, _short(text[extra.start : extra.end]))
        for extra in scores.extras
    ]
    return lines


def _line(what: str, category: str, severity: str | None, words: str) -> Text:
    line = Text(f"  {what:24}", style="red" if what == "missed" else "yellow")
    line.append(f"{category} ", style="default")
    line.append(f"{severity or ''} ", style=STYLES.get(severity or "", ""))
    return line.append(f"“{words}”", style="italic default")


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _WORDS else f"{flat[:_WORDS]}…"
