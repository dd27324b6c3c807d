"""What ``smallprint eval`` does: run a suite, score it, print and keep it."""

import asyncio
import json
import math
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.terminal import stderr, stdout
from classifiers.analysts import choose_analyst
from smallprint.errors import UserError
from smallprint.settings import Settings

if find_spec("numpy") is None or find_spec("scipy") is None:
    raise UserError("the evals need numpy and scipy; install them with: pip install 'smallprint[evals]'")

from app import eval_tables
from classifiers.analyze import Budget
from evals.cache import AnalysisCache
from evals.gold import Case
from evals.results import Run, save_run
from evals.running import Plan, run_suite
from evals.scorers import METRICS
from evals.scoring import Scores, category_rows, figures, score
from evals.suites import ANALYZED, BENCHMARKS, suite


@dataclass(frozen=True)
class Wish:
    """What the user asked of one run."""

    suite: str = "gold"
    budget: float | None = None
    repeats: int = 0
    variants: bool | None = None
    lists: bool = False
    as_json: bool = False
    data: Path | None = None


def evaluate(wish: Wish, settings: Settings) -> int:
    """Run one suite; returns the exit code of docs/json.md."""
    if wish.suite in BENCHMARKS:
        return _benchmark(wish, settings.model)
    run = measure(wish, settings)
    scores = score(run)
    path = keep(run, settings)
    if wish.as_json:
        sys.stdout.write(json.dumps(scores_json(run, scores), ensure_ascii=False, indent=1) + "\n")
    else:
        out = stdout()
        out.print(eval_tables.headline(run))
        out.print(eval_tables.figure_table(scores))
        if wish.lists:
            out.print(eval_tables.category_table(scores.cases))
            out.print(eval_tables.lists(run, scores))
        out.print(f"\nKept as {path}", style="dim", markup=False)
    return 1 if any(one.error for one in run.cases) else 0


def measure(wish: Wish, settings: Settings) -> Run:
    """The run of a suite, from the cache where nothing has changed."""
    cases = suite(wish.suite)
    analyst = choose_analyst(settings.model, settings)
    offline = analyst.name == "offline"
    with ExitStack() as stack:
        plan = Plan(
            analyst=analyst,
            cache=AnalysisCache(settings.home / "evals" / "cache"),
            budget=Budget(wish.budget),
            with_variants=offline if wish.variants is None else wish.variants,
            repeats=wish.repeats,
            at_once=settings.concurrency,
        )
        if not offline:
            from smallprint.store import open_store

            store = open_store(settings.sqlalchemy_url)
            stack.callback(store.close)
            plan.answers = store
        return asyncio.run(_run(wish.suite, cases, plan))


async def _run(name: str, cases: Sequence[Case], plan: Plan) -> Run:
    done = 0

    def progress(case: str) -> None:
        nonlocal done
        done += 1
        if sys.stderr.isatty():
            stderr().print(f"{done} of {len(cases)}: {case}", style="dim", markup=False)

    try:
        return await run_suite(name, cases, plan, progress=progress)
    finally:
        await plan.analyst.close()


def keep(run: Run, settings: Settings) -> Path:
    """Write the run into the workspace; its file."""
    model = run.subject.model.replace(":", "-").replace("/", "-")
    suite_name = Path(run.suite).name or "cases"
    path = settings.home / "evals" / "runs" / f"{suite_name}-{model}-{run.created_at:%Y%m%dT%H%M%S}.json"
    save_run(run, path)
    return path


def scores_json(run: Run, scores: Scores) -> dict[str, Any]:
    """Every figure of every split with support and 95 % interval; null where one document gives no interval."""

    def number(value: float) -> float | None:
        return None if math.isnan(value) else round(value, 6)

    return {
        "suite": run.suite,
        "created_at": run.created_at.isoformat(),
        "version": run.version,
        "subject": run.subject.model_dump(mode="json"),
        "yardstick": run.yardstick.model_dump(mode="json"),
        "left_out": run.left_out,
        "errors": {one.case: one.error for one in scores.cases if one.error},
        "usage": run.usage.model_dump(mode="json"),
        "metrics": {
            split: {
                name: {
                    "title": METRICS[name].title,
                    "better": METRICS[name].better,
                    "value": number(one.value),
                    "low": number(one.low),
                    "high": number(one.high),
                    "support": one.support,
                    "documents": one.documents,
                }
                for name, one in figures(scores.split(split)).items()
            }
            for split in scores.splits()
        },
        "categories": {
            split: [
                {name: number(value) if isinstance(value, float) else value for name, value in row.model_dump().items()}
                for row in category_rows(scores.split(split))
            ]
            for split in scores.splits()
        },
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


def _benchmark(wish: Wish, model: str) -> int:
    if wish.data is None or not wish.data.is_dir():
        raise UserError(f"the suite {wish.suite} runs over public documents; name their folder with --data")
    arguments = ["--data", str(wish.data)]
    if wish.suite in ANALYZED:
        arguments += ["--model", model, *(["--lists"] if wish.lists else [])]
    return int(import_module(BENCHMARKS[wish.suite]).main(arguments) or 0)
