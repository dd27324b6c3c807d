"""``smallprint eval ...``: the commands of the evals; ``eval dev`` is short for ``eval run dev``."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from app.options import AsJson, BaseUrl, Budget, Concurrency, Model, Timeout, settings_with


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
    help="Measure an analyst on gold cases, compare runs, hold the gate. **smallprint eval dev** runs a suite.",
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


@evals.command()
def run(
    suite: Annotated[
        str,
        typer.Argument(
            metavar="[SUITE]",
            help="gold, dev, test, samples, a folder of cases, or over --data: claudette, tosdr, html, pdf, versions.",
        ),
    ] = "gold",
    model: Model = None,
    base_url: BaseUrl = None,
    timeout: Timeout = None,
    concurrency: Concurrency = None,
    budget: Budget = None,
    repeats: Annotated[int, typer.Option("--repeats", min=0, help="Read every document so many times more.")] = 0,
    variants: Annotated[
        bool | None,
        typer.Option(
            "--variants/--no-variants", help="Read paraphrased and injected copies too. [default: only offline]"
        ),
    ] = None,
    lists: Annotated[bool, typer.Option("--lists", help="Print every miss, mislabel and spurious draft.")] = False,
    as_json: AsJson = False,
    data: Annotated[
        Path | None, typer.Option("--data", help="Folder of public documents, for the suites over it.")
    ] = None,
) -> None:
    """Run a suite and print its figures. The run is kept, so that it can be scored and compared again.

    Examples: smallprint eval · smallprint eval dev --lists · smallprint eval claudette --data ../shared/data
    """
    from app.evaluation import Wish, evaluate

    wish = Wish(suite=suite, budget=budget, repeats=repeats, variants=variants, lists=lists, as_json=as_json, data=data)
    raise typer.Exit(
        evaluate(wish, settings_with(model=model, base_url=base_url, timeout=timeout, concurrency=concurrency))
    )
