"""``smallprint eval ...``: the commands of the evals; ``eval dev`` is short for ``eval run dev``."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from app.cli.options import AsJson, BaseUrl, Budget, Concurrency, Model, Timeout, settings_with
from smallprint.errors import UserError

Suite = Annotated[
    str,
    typer.Argument(
        metavar="[SUITE]",
        help="gold, dev, test, samples, hostile, a folder, or over --data: claudette, tosdr, html, pdf, versions.",
    ),
]
Repeats = Annotated[int, typer.Option("--repeats", min=0, help="Read every document so many times more.")]
Variants = Annotated[
    bool | None,
    typer.Option("--variants/--no-variants", help="Read paraphrased and injected copies too. [default: only offline]"),
]
KeptRun = Annotated[
    Path | None, typer.Option("--kept", metavar="FILE", help="Score and report a kept run again; nothing is read.")
]
Judge = Annotated[
    str | None,
    typer.Option("--judge", metavar="NAME", help="A model that judges the summaries, and how far to believe it."),
]
Lists = Annotated[bool, typer.Option("--lists", help="Print every miss, mislabel and spurious draft.")]
ShowTest = Annotated[
    bool, typer.Option("--show-test", help="Show the words of test cases too; then they are no test for you.")
]
Data = Annotated[
    Path | None, typer.Option("--data", metavar="FOLDER", help="Folder of public documents, for the suites over it.")
]

_GATE: dict[str, Any] = {"rich_help_panel": "Gate"}
Gate = Annotated[
    bool, typer.Option("--gate", help="Hold the run against floors and baseline; exit code 1 if not met.", **_GATE)
]
Baseline = Annotated[
    Path | None,
    typer.Option("--baseline", metavar="FILE", help="A kept run or baseline. Default: the blessed one.", **_GATE),
]
Junit = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE", help="Write the gate's checks as JUnit XML.", **_GATE)
]

_REPORTS: dict[str, Any] = {"rich_help_panel": "Reports"}
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write one self-contained page.", **_REPORTS)]
Markdown = Annotated[
    Path | None, typer.Option("--markdown", metavar="FILE", help="Write a pull request's comment.", **_REPORTS)
]


class RunByDefault(TyperGroup):
    """A group whose first argument may be a suite instead of a command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 -- typer carries a click of its own
        """Put ``run`` in front of what names no command."""
        if not args or (args[0] not in self.commands and args[0] not in ("--help", "-h")):
            args = ["run", *args]
        return super().parse_args(ctx, args)


evals = typer.Typer(
    name="eval",
    cls=RunByDefault,
    help="Measure an analyst on gold cases, compare runs, hold the gate; 'smallprint eval dev' runs a suite.",
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


def _require_extra() -> None:
    """Say what to install before a module is imported that cannot do without it."""
    if any(find_spec(package) is None for package in ("numpy", "scipy")):
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
    kept_run: KeptRun = None,
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
    """Run a suite and print its figures. The run is kept, so that it can be scored and compared again.

    For example:
    $ smallprint eval
    $ smallprint eval dev --lists
    $ smallprint eval --gate --html report.html
    $ smallprint eval claudette --data ../shared/data
    """
    _require_extra()
    from app.cli.evaluation import EvalOptions, evaluate

    options = EvalOptions(
        suite=suite,
        budget=budget,
        repeats=repeats,
        variants=variants,
        judge=judge,
        kept_run=kept_run,
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
    run_file: Annotated[Path, typer.Argument(metavar="RUN", help="A kept run or a baseline.")],
    baseline: Annotated[Path, typer.Argument(metavar="BASELINE", help="What to compare it with.")],
) -> None:
    """Compare any two runs of one suite: paired differences, and every provision that changed.

    Runs are kept in .smallprint/evals/runs/. Runs under different definitions are refused, and the message names them.

    For example:
    $ smallprint eval compare .smallprint/evals/runs/NEW.json .smallprint/evals/runs/OLD.json
    """
    _require_extra()
    from app.cli.eval_acts import show_comparison

    show_comparison(run_file, baseline)


@evals.command()
def bless(
    reason: Annotated[str, typer.Option("--reason", help="Why this is the measure from now on.")],
    model: Model = None,
    base_url: BaseUrl = None,
    budget: Budget = None,
) -> None:
    """Make the present run of the gold suite the baseline that the gate compares with.

    For example:
    $ smallprint eval bless --reason "signals for price changes reviewed by hand"
    """
    _require_extra()
    from app.cli.eval_acts import bless_run

    bless_run(settings_with(model=model, base_url=base_url), reason, budget)


@evals.command()
def floor(
    metric: Annotated[str, typer.Argument(help="Its name in 'smallprint eval --json', e.g. found_recall.")],
    split: Annotated[str, typer.Argument(help="dev or test.")],
    value: Annotated[float, typer.Argument(help="The floor; a ceiling where less is better.")],
    reason: Annotated[str, typer.Option("--reason", help="Asked for when the demand is lowered.")] = "raised",
    model: Model = None,
) -> None:
    """Set a floor of the gate. To ask for less than before takes a reason, and the gate's file keeps it.

    For example:
    $ smallprint eval floor found_recall test 0.62
    """
    _require_extra()
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
    """Turn approved records into gold cases, guarded against leaking into the test split.

    The folder is a suite: smallprint eval FOLDER. Frozen cases hold the documents' text; mind whose it is.

    For example:
    $ smallprint eval freeze SP-P-000123 SP-P-000124
    $ smallprint eval freeze all -o cases/
    """
    _require_extra()
    from app.cli.eval_acts import freeze_records

    freeze_records(settings_with(), records, split, output)
