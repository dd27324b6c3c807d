"""``smallprint eval ...``: the commands of the evals; ``eval dev`` is short for ``eval run dev``."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from app.cli.options import AsJson, BaseUrl, Budget, Concurrency, Model, Timeout, settings_with
from evals.suite_names import BENCHMARKS, SUITES, WITHOUT_DATA
from smallprint.errors import UserError

_OWN = ", ".join((*SUITES, *WITHOUT_DATA))
_PUBLIC = ", ".join(name for name in BENCHMARKS if name not in WITHOUT_DATA)

Suite = Annotated[
    str,
    typer.Argument(
        metavar="[SUITE]",
        help=f"{_OWN}, a folder of case files, or with --data: {_PUBLIC}.",
    ),
]
Repeats = Annotated[
    int, typer.Option("--repeats", min=0, help="Read every document again so many times, to measure stability.")
]
Variants = Annotated[
    bool | None,
    typer.Option(
        "--variants/--no-variants", help="Read paraphrased and injected copies too. [default: only where that is free]"
    ),
]
StoredRun = Annotated[
    Path | None, typer.Option("--kept", metavar="FILE", help="Score and report a stored run again; nothing is read.")
]
Judge = Annotated[
    str | None,
    typer.Option(
        "--judge", metavar="NAME", help="Have a model judge the summaries; its agreement with people is printed too."
    ),
]
Lists = Annotated[bool, typer.Option("--lists", help="Print every miss, mislabel and spurious draft.")]
ShowTest = Annotated[
    bool,
    typer.Option("--show-test", help="Show the words of test cases too. Whoever has seen them cannot test on them."),
]
Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="FOLDER", help="Folder of public documents, for the suites that read them."),
]

_GATE: dict[str, Any] = {"rich_help_panel": "Gate"}
Gate = Annotated[
    bool, typer.Option("--gate", help="Check the run against floors and baseline; exit code 1 if it fails.", **_GATE)
]
Baseline = Annotated[
    Path | None,
    typer.Option("--baseline", metavar="FILE", help="A stored run or a baseline. Default: the blessed one.", **_GATE),
]
Junit = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE", help="Write the gate's checks as JUnit XML.", **_GATE)
]

_REPORTS: dict[str, Any] = {"rich_help_panel": "Reports"}
Html = Annotated[
    Path | None, typer.Option("--html", metavar="FILE", help="Write a report as one self-contained page.", **_REPORTS)
]
Markdown = Annotated[
    Path | None, typer.Option("--markdown", metavar="FILE", help="Write a comment for a pull request.", **_REPORTS)
]


class RunByDefault(TyperGroup):
    """A group of commands whose first argument may be a suite: ``run`` is then implied."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 -- typer carries a click of its own
        """Put ``run`` in front of arguments that begin with no command."""
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h")):
            args = ["run", *args]
        return super().parse_args(ctx, args)


evals = typer.Typer(
    name="eval",
    cls=RunByDefault,
    help="Measure an analyst on gold cases, compare runs, check the gate; 'smallprint eval dev' runs a suite.",
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def require_evals_extra() -> None:
    """Raise UserError where the packages that the evals need beyond the others are not installed."""
    if find_spec("numpy") is None or find_spec("scipy") is None:
        raise UserError("the evals need numpy and scipy; install them with: pip install 'smallprint[evals]'")


@evals.command()
def run(
    suite: Suite = "gold",
    model: Model = None,
    base_url: BaseUrl = None,
    timeout: Timeout = None,
    concurrency: Concurrency = None,
    budget: Budget = None,
    repeats: Repeats = 0,
    variants: Variants = None,
    stored_run: StoredRun = None,
    judge: Judge = None,
    lists: Lists = False,
    show_test: ShowTest = False,
    as_json: AsJson = False,
    data: Data = None,
    gate: Gate = False,
    baseline: Baseline = None,
    junit: Junit = None,
    html: Html = None,
    markdown: Markdown = None,
) -> None:
    """Run a suite and print its figures. The run is stored, so that it can be scored and compared again.

    For example:
    $ smallprint eval
    $ smallprint eval dev --lists
    $ smallprint eval --gate --html report.html
    $ smallprint eval claudette --data ../shared/data
    """
    require_evals_extra()
    from app.cli.evaluation import EvalOptions, evaluate

    options = EvalOptions(
        suite=suite,
        budget=budget,
        repeats=repeats,
        variants=variants,
        judge=judge,
        stored_run=stored_run,
        lists=lists,
        show_test=show_test,
        as_json=as_json,
        data=data,
        gate=gate,
        baseline=baseline,
        junit=junit,
        html=html,
        markdown=markdown,
    )
    settings = settings_with(model=model, base_url=base_url, timeout=timeout, concurrency=concurrency)
    raise typer.Exit(evaluate(options, settings))


@evals.command()
def compare(
    run_file: Annotated[Path, typer.Argument(metavar="RUN", help="A stored run or a baseline.")],
    baseline: Annotated[Path, typer.Argument(metavar="BASELINE", help="What to compare it with.")],
) -> None:
    """Compare any two runs of one suite: paired differences, and every provision that changed.

    Runs are stored in .smallprint/evals/runs/. Runs with different cases, registries or scorers cannot be compared; the
    message says which differ.

    For example:
    $ smallprint eval compare .smallprint/evals/runs/NEW.json .smallprint/evals/runs/OLD.json
    """
    require_evals_extra()
    from app.cli.eval_acts import show_comparison

    show_comparison(run_file, baseline)


@evals.command()
def bless(
    reason: Annotated[str, typer.Option("--reason", help="Why this run is the new baseline; stored with it.")],
    model: Model = None,
    base_url: BaseUrl = None,
    budget: Budget = None,
) -> None:
    """Run the gold suite and make it the baseline that the gate compares with.

    For example:
    $ smallprint eval bless --reason "signals for price changes reviewed by hand"
    """
    require_evals_extra()
    from app.cli.eval_acts import bless_run

    bless_run(settings_with(model=model, base_url=base_url), reason, budget)


@evals.command()
def floor(
    metric: Annotated[str, typer.Argument(help="Its name in 'smallprint eval --json', e.g. found_recall.")],
    split: Annotated[str, typer.Argument(help="dev or test.")],
    value: Annotated[float, typer.Argument(help="The floor; a ceiling where less is better.")],
    reason: Annotated[str, typer.Option("--reason", help="Required where less is demanded than before.")] = "raised",
    model: Model = None,
) -> None:
    """Set a floor of the gate. Demanding less than before needs a reason, which is stored in the gate's file.

    For example:
    $ smallprint eval floor found_recall test 0.62
    """
    require_evals_extra()
    from app.cli.eval_acts import change_floor

    change_floor(settings_with(model=model).model, metric, split, value, reason)


@evals.command()
def freeze(
    records: Annotated[list[str], typer.Argument(metavar="RECORD...", help="Ids of approved records, or all.")],
    split: Annotated[str, typer.Option("--split", help="dev or test.")] = "dev",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FOLDER", help="Default: evals/cases in the workspace.")
    ] = None,
) -> None:
    """Turn approved records into gold cases, with checks that nothing leaks into the test split.

    The folder is a suite: smallprint eval FOLDER. Frozen cases hold the documents' text: mind its copyright.

    For example:
    $ smallprint eval freeze SP-P-000123 SP-P-000124
    $ smallprint eval freeze all -o cases/
    """
    require_evals_extra()
    from app.cli.eval_acts import freeze_records

    freeze_records(settings_with(), records, split, output)
