"""Where the evals keep things in a workspace, and how settings become the plan of a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from classifiers.analysts import choose_analyst
from classifiers.analyze import Budget
from evals.cache import AnalysisCache
from evals.results import Run, save_run
from evals.running import Plan
from smallprint.settings import Settings


@contextmanager
def plan_for(
    settings: Settings, *, budget: float | None = None, variants: bool | None = None, repeats: int = 0
) -> Iterator[Plan]:
    """The plan of a run; a model's answers are kept in the workspace's store, which closes with the context.

    Args:
        settings: model, server, limits, home.
        budget: USD for the whole run; None is no bound.
        variants: whether paraphrased and injected copies are read too; default: only where reading is free.
        repeats: further readings of every document.

    Raises:
        UserError: no model has this name, or it is not configured.

    """
    analyst = choose_analyst(settings.model, settings)
    plan = Plan(
        analyst=analyst,
        cache=AnalysisCache(settings.home / "evals" / "cache"),
        budget=Budget(budget),
        with_variants=analyst.traits.free if variants is None else variants,
        repeats=repeats,
        at_once=settings.concurrency,
    )
    if analyst.traits.free:
        yield plan
        return
    from smallprint.store import open_store
    from smallprint.store.answers import StoredAnswers

    store = open_store(settings.sqlalchemy_url)
    try:
        plan.answers = StoredAnswers(store)
        yield plan
    finally:
        store.close()


def keep(run: Run, home: Path) -> Path:
    """Write the run into the workspace; its file."""
    model = run.subject.model.replace(":", "-").replace("/", "-")
    name = Path(run.suite).name or "cases"
    path = home / "evals" / "runs" / f"{name}-{model}-{run.created_at:%Y%m%dT%H%M%S}.json"
    save_run(run, path)
    return path
