"""The evals in a terminal: every figure with its interval and support, comparisons, checks, and lists of errors."""

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

_MAX_PASSAGE_LENGTH = 100  # characters of a passage in the lists; about a line


def with_interval(metric: Metric, figure: Interval) -> str:
    """A value and its 95 % interval; a single document has none."""
    if math.isnan(figure.low):
        return number(metric, figure.value)
    return f"{number(metric, figure.value)}  [{number(metric, figure.low)}, {number(metric, figure.high)}]"


def headline(run: Run) -> Text:
    """The analyst, the suite, the cost, and which documents were left out or failed."""
    text = Text.assemble((f"{run.suite}", "bold"), f": {run.subject.model} ({run.subject.prompt})")
    cached = sum(case_run.cached for case_run in run.cases)
    count = len(run.cases)
    text.append(f", {count} document{'s' if count != 1 else ''}, {cached} of them read before", style="dim")
    usage = run.usage
    if usage.calls or usage.cached_calls:
        cost = "unknown cost" if usage.cost_usd is None else f"${usage.cost_usd:.4f}"
        text.append(f"; {usage.calls} calls now, {usage.cached_calls} before, {cost}", style="dim")
    for case, reason in run.left_out.items():
        text.append(f"\n{case}: left out, {reason}", style="yellow")
    for case_run in run.cases:
        if case_run.error:
            text.append(f"\n{case_run.case.id}: {case_run.error}", style="red")
    if not all(case_run.case.complete for case_run in run.cases):
        text.append(
            "\nCases whose gold is not complete have no precision: only drafts on known negatives count as errors.",
            style="yellow",
        )
    return text


def figure_table(scores: Scores, comparison: Comparison | None = None) -> Table:
    """Every metric with a column for each split, and beside it the change against a baseline."""
    table = Table(box=None, padding=(0, 2), header_style="dim")
    table.add_column("")
    splits = scores.splits()
    by_split = {split: figures(scores.split(split)) for split in splits}
    changes = {(change.metric, change.split): change for change in comparison.metrics} if comparison else {}
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
            figure = by_split[split].get(name)
            cells += (with_interval(metric, figure), f"{figure.support:.0f}") if figure else ("", "")
            if comparison:
                cells.append(_change(changes.get((name, split))))
        table.add_row(f"  {metric.title}", *cells)
    return table


def _change(metric_change: MetricChange | None) -> Text:
    """The difference with its interval, colored by verdict, and the smallest difference that can be detected."""
    if metric_change is None:
        return Text("")
    metric, change = METRICS[metric_change.metric], metric_change.change
    if change.value == 0:
        return Text(f"same, {detects(metric, change)}", style="dim")
    style = {True: "green", False: "red", None: "dim"}[metric_change.better]
    bounds = f"[{signed(metric, change.low)}, {signed(metric, change.high)}]"
    return Text(f"{signed(metric, change.value)} {bounds}, {detects(metric, change)}", style=style)


def comparison_lines(comparison: Comparison) -> RenderableType:
    """What differs between the subjects, the categories that changed, and every provision that changed."""
    won, lost, p = comparison.found
    lines = [
        Text(f"\nChanged between the two: {', '.join(comparison.subjects) or 'nothing'}", style="bold"),
        Text(f"Provisions found only now {won}, only before {lost} (McNemar p {p:.3f}, as if they were independent)"),
    ]
    lines += [
        Text(
            f"  {change.category}: {change.won} won, {change.lost} lost of {change.gold} "
            f"(p {change.p:.3f}, Holm {change.adjusted:.3f})"
        )
        for change in comparison.categories
        if change.won or change.lost
    ]
    for provision in sorted(comparison.provisions, key=lambda provision: not provision.worse):
        line = Text("  worse   " if provision.worse else "  better  ", style="red" if provision.worse else "green")
        line.append(f"{provision.case} {provision.gold} ", style="default")
        line.append(
            f"{provision.category}, {provision.severity}: {provision.before} -> {provision.after}", style="default"
        )
        lines.append(line)
    return Group(*lines)


def gate_lines(result: GateResult) -> RenderableType:
    """The verdict, and every check with its message."""
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
        values = ("-" if math.isnan(share) else f"{share:.0%}" for share in (row.precision, row.recall, row.f1))
        bounds = "" if math.isnan(row.low) else f"{row.low:.0%} to {row.high:.0%}"
        table.add_row(row.category, str(row.gold), str(row.predicted), *values, bounds)
    return table


def lists(run: Run, scores: Scores, *, show_test: bool) -> RenderableType:
    """Every miss, mislabel and spurious draft with its words, by case; those of test cases only with ``show_test``."""
    pairs = list(zip(run.cases, scores.cases, strict=True))
    visible = [pair for pair in pairs if show_test or pair[0].case.split != "test"]
    lines = [line for case_run, case_scores in visible for line in _case_lines(case_run, case_scores)]
    if len(visible) < len(pairs):
        hidden = f"\n{len(pairs) - len(visible)} test cases hidden, so that nobody tunes on them (--show-test)"
        lines.append(Text(hidden, style="dim"))
    return Group(*lines)


def _case_lines(run: CaseRun, scores: CaseScores) -> list[Text]:
    text = run.case.document.text
    lines = [Text(f"\n{run.case.id} ({run.case.split})", style="bold")]
    for gold, outcome in zip(run.case.provisions, scores.verdicts, strict=True):
        words = _short(gold.text)
        if not outcome.found:
            lines.append(_line("missed", outcome.category, outcome.severity, words))
        elif outcome.category != outcome.as_category:
            lines.append(_line("mislabeled", f"{outcome.category} as {outcome.as_category}", outcome.severity, words))
        elif outcome.severity and outcome.severity != outcome.as_severity:
            lines.append(_line("rated", f"{outcome.category}, {outcome.severity} as", outcome.as_severity, words))
    lines += [
        _line(f"spurious, {extra.why}", extra.category, extra.severity, _short(text[extra.start : extra.end]))
        for extra in scores.extras
    ]
    return lines


def _line(error: str, category: str, severity: str | None, words: str) -> Text:
    line = Text(f"  {error:24}", style="red" if error == "missed" else "yellow")
    line.append(f"{category} ", style="default")
    line.append(f"{severity or ''} ", style=STYLES.get(severity or "", ""))
    return line.append(f"“{words}”", style="italic default")


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _MAX_PASSAGE_LENGTH else f"{flat[:_MAX_PASSAGE_LENGTH]}…"
