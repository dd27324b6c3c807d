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

_MAX_PASSAGE_CHARACTERS = 100  # of a passage in the lists, so that most fit on two lines of a terminal


def with_interval(metric: Metric, interval: Interval) -> str:
    """A value and its 95 % interval; one document gives none."""
    if math.isnan(interval.low):
        return number(metric, interval.value)
    return f"{number(metric, interval.value)}  [{number(metric, interval.low)}, {number(metric, interval.high)}]"


def headline(run: Run) -> Text:
    """Who was measured on what, and what was left out."""
    text = Text.assemble((f"{run.suite}", "bold"), f": {run.subject.model} ({run.subject.prompt})")
    cached = sum(case_run.cached for case_run in run.cases)
    count = len(run.cases)
    text.append(f", {count} document{'s' if count != 1 else ''}, {cached} of them read before", style="dim")
    usage = run.usage
    if usage.calls or usage.cached_calls:
        cost = "unknown cost" if usage.cost_usd is None else f"${usage.cost_usd:.4f}"
        text.append(f"; {usage.calls} calls now, {usage.cached_calls} before, {cost}", style="dim")
    for case, why in run.left_out.items():
        text.append(f"\n{case}: left out, {why}", style="yellow")
    for case_run in run.cases:
        if case_run.error:
            text.append(f"\n{case_run.case.id}: {case_run.error}", style="red")
    if any(not case_run.case.complete for case_run in run.cases):
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
            interval = by_split[split].get(name)
            cells += (with_interval(metric, interval), f"{interval.support:.0f}") if interval else ("", "")
            if comparison:
                cells.append(_change(changes.get((name, split))))
        table.add_row(f"  {metric.title}", *cells)
    return table


def _change(change: MetricChange | None) -> Text:
    """The difference, its verdict, and what this set can detect."""
    if change is None:
        return Text("")
    metric, difference = METRICS[change.metric], change.change
    if difference.value == 0:
        return Text(f"same, {detects(metric, difference)}", style="dim")
    style = {True: "green", False: "red", None: "dim"}[change.better]
    bounds = f"[{signed(metric, difference.low)}, {signed(metric, difference.high)}]"
    return Text(f"{signed(metric, difference.value)} {bounds}, {detects(metric, difference)}", style=style)


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
        Text(
            f"  {category.category}: {category.won} won, {category.lost} lost of {category.gold} "
            f"(p {category.p:.3f}, Holm {category.adjusted:.3f})"
        )
        for category in comparison.categories
        if category.won or category.lost
    ]
    for change in sorted(comparison.provisions, key=lambda change: not change.worse):
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
        shares = ("-" if math.isnan(share) else f"{share:.0%}" for share in (row.precision, row.recall, row.f1))
        bounds = "" if math.isnan(row.low) else f"{row.low:.0%} to {row.high:.0%}"
        table.add_row(row.category, str(row.gold), str(row.predicted), *shares, bounds)
    return table


def lists(run: Run, scores: Scores, *, show_test: bool) -> RenderableType:
    """Every miss, mislabel and spurious draft with its words, case by case; of test cases only where asked for."""
    pairs = list(zip(run.cases, scores.cases, strict=True))
    visible = [(case_run, case_scores) for case_run, case_scores in pairs if show_test or case_run.case.split != "test"]
    lines = [line for case_run, case_scores in visible for line in _case_lines(case_run, case_scores)]
    hidden = len(pairs) - len(visible)
    if hidden:
        note = f"\n{hidden} test cases kept out of sight, so that nobody tunes on them (--show-test)"
        lines.append(Text(note, style="dim"))
    return Group(*lines)


def _case_lines(run: CaseRun, scores: CaseScores) -> list[Text]:
    gold = {provision.id: provision for provision in run.case.provisions}
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


def _line(fault: str, category: str, severity: str | None, words: str) -> Text:
    line = Text(f"  {fault:24}", style="red" if fault == "missed" else "yellow")
    line.append(f"{category} ", style="default")
    line.append(f"{severity or ''} ", style=STYLES.get(severity or "", ""))
    return line.append(f"“{words}”", style="italic default")


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _MAX_PASSAGE_CHARACTERS else f"{flat[:_MAX_PASSAGE_CHARACTERS]}…"
