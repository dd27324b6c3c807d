"""What ``smallprint eval`` does: run a suite, score it, check the gate, write the reports, store the run."""

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli import eval_tables
from app.terminal import result_stream, stderr, stdout
from classifiers.work import Budget
from evals.comparing import Comparison, compare
from evals.fingerprints import changed_yardstick
from evals.gate import GateResult, baseline_path, gate_path, hold, load_baseline, load_gate
from evals.gold import Case
from evals.reports.html import html
from evals.reports.json import scores_json
from evals.reports.junit import junit
from evals.reports.markdown import markdown
from evals.results import Run, load_run
from evals.running import RunPlan, run_suite
from evals.scoring import Scores, score
from evals.suite_names import BENCHMARKS, RUN_AN_ANALYST, WITHOUT_DATA
from evals.suites import suite
from evals.workspace import plan_for, store_run
from smallprint.errors import UserError
from smallprint.registry import load
from smallprint.settings import Settings

if TYPE_CHECKING:
    from evals.judging import JudgeReport


@dataclass(frozen=True)
class EvalOptions:
    """The options of ``smallprint eval run``, with their defaults."""

    suite: str = "gold"
    budget: float | None = None
    repeats: int = 0
    variants: bool | None = None
    lists: bool = False
    show_test: bool = False
    as_json: bool = False
    data: Path | None = None
    gate: bool = False
    baseline: Path | None = None
    junit: Path | None = None
    html: Path | None = None
    markdown: Path | None = None
    judge: str | None = None
    stored_run: Path | None = None


@dataclass(frozen=True)
class EvalResult:
    """A run with its scores, and with gate, comparison and judge where there are any."""

    run: Run
    scores: Scores
    gate: GateResult | None
    comparison: Comparison | None
    judge: "JudgeReport | None" = None


def evaluate(options: EvalOptions, settings: Settings) -> int:
    """Run one suite, check the gate where asked for, write the reports; returns the exit code of docs/json.md."""
    if options.suite in BENCHMARKS:
        return _benchmark(options, settings.model)
    if options.junit and not options.gate:
        raise UserError("--junit reports the checks of the gate; add --gate")
    run = load_run(options.stored_run) if options.stored_run else run_named_suite(options, settings)
    path = options.stored_run or store_run(run, settings.home)
    result = _score_and_check(options, run)
    if options.judge:
        result = replace(result, judge=_ask_judge(run, options.judge, options.budget, settings))
    _write_reports(options, result)
    if options.as_json:
        document = scores_json(run, result.scores, result.gate, result.comparison, judge=result.judge)
        result_stream().write(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    else:
        _print(options, result)
        stdout().print(f"\nStored as {path}", style="dim", markup=False)
    if result.gate is not None:
        return 0 if result.gate.met else 1
    return 1 if any(case_run.error for case_run in run.cases) else 0


def _score_and_check(options: EvalOptions, run: Run) -> EvalResult:
    scores = score(run)
    blessed = baseline_path(run.subject.model) if run.suite == "gold" or options.gate else None
    baseline = read_scores(options.baseline) if options.baseline else load_baseline(blessed) if blessed else None
    gate = None
    if options.gate:
        gate = hold(run, scores, load_gate(gate_path(run.subject.model)), baseline, registry=load())
    # An incomparable baseline fails the gate; without the gate it is an error where the user named it, else ignored.
    must_compare = options.baseline is not None and not options.gate
    if baseline is not None and (must_compare or not changed_yardstick(scores.yardstick, baseline.yardstick)):
        return EvalResult(run, scores, gate, compare(scores, baseline))
    return EvalResult(run, scores, gate, None)


def run_named_suite(options: EvalOptions, settings: Settings) -> Run:
    """Run the suite; analyses come from the cache where nothing has changed."""
    cases = suite(options.suite)
    with plan_for(settings, budget=options.budget, variants=options.variants, repeats=options.repeats) as plan:
        return asyncio.run(_run(options.suite, cases, plan))


async def _run(name: str, cases: Sequence[Case], plan: RunPlan) -> Run:
    read = 0

    def progress(case: str) -> None:
        nonlocal read
        read += 1
        if sys.stderr.isatty():
            stderr().print(f"{read} of {len(cases)}: {case}", style="dim", markup=False)

    try:
        return await run_suite(name, cases, plan, progress=progress)
    finally:
        await plan.analyst.close()


def read_scores(path: Path) -> Scores:
    """Scores from a file that holds a stored run or a baseline.

    Raises:
        UserError: it holds neither.

    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UserError(f"{path}: neither a stored run nor a baseline: {error}") from error
    if isinstance(data, dict) and "form" in data:
        return score(load_run(path))
    baseline = load_baseline(path)
    if baseline is None:
        raise UserError(f"{path}: no such file")
    return baseline


def _write_reports(options: EvalOptions, result: EvalResult) -> None:
    run, scores, gate, comparison = result.run, result.scores, result.gate, result.comparison
    if options.junit and gate is not None:
        write(options.junit, junit(run, gate))
    if options.html:
        write(options.html, html(run, scores, gate, comparison, show_test=options.show_test))
    if options.markdown:
        write(options.markdown, markdown(run, scores, gate, comparison))


def write(path: Path, text: str) -> None:
    """Write a report; raises UserError where the file cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror}") from error


def _print(options: EvalOptions, result: EvalResult) -> None:
    out = stdout()
    out.print(eval_tables.headline(result.run))
    out.print(eval_tables.figure_table(result.scores, result.comparison))
    if options.lists:
        out.print(eval_tables.category_table(result.scores.cases))
        out.print(eval_tables.lists(result.run, result.scores, show_test=options.show_test))
    if result.judge is not None:
        from evals.judging import report_lines

        splits = ("dev", "test") if options.show_test else ("dev",)
        out.print("\n" + "\n".join(report_lines(result.judge, splits=splits if options.lists else ())), markup=False)
    if result.gate is not None:
        out.print(eval_tables.gate_lines(result.gate))


def _ask_judge(run: Run, name: str, budget: float | None, settings: Settings) -> "JudgeReport":
    """A model's judgment of the summaries; its answers are stored in the workspace's database."""
    from classifiers.model.factory import is_model
    from classifiers.model.llm import ModelClient
    from evals.judging import Judge, judge_run
    from smallprint.settings import workspace_secret
    from smallprint.store import open_store
    from smallprint.store.answers import StoredAnswers

    if not is_model(name):
        raise UserError(f"no judge is called {name!r}; use openai:NAME or azure:NAME")
    store = open_store(settings.sqlalchemy_url)
    client = ModelClient(name, settings)
    judge = Judge(client, StoredAnswers(store), Budget(budget), workspace_secret(settings))

    async def ask() -> "JudgeReport":
        try:
            return await judge_run(run, judge)
        finally:
            await client.close()

    try:
        return asyncio.run(ask())
    finally:
        store.close()


def _benchmark(options: EvalOptions, model: str) -> int:
    arguments = []
    if options.suite not in WITHOUT_DATA:
        if options.data is None or not options.data.is_dir():
            raise UserError(f"the suite {options.suite} reads public documents; name their folder with --data")
        arguments = ["--data", str(options.data)]
    if options.suite in RUN_AN_ANALYST:
        arguments += ["--model", model, *(["--lists"] if options.lists else [])]
    return int(import_module(BENCHMARKS[options.suite]).main(arguments) or 0)
