"""The evals' files in a workspace, and the plan of a run from the settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from classifiers.analysts import choose_analyst
from classifiers.analyze import Budget
from evals.cache import AnalysisCache
from evals.results import Run, save_run
from evals.running import RunPlan
from smallprint.settings import Settings


@contextmanager
def plan_for(
    settings: Settings, *, budget: float | None = None, variants: bool | None = None, repeats: int = 0
) -> Iterator[RunPlan]:
    """The plan of a run; a model's answers are stored in the workspace's database, which closes with the context.

    Args:
        settings: model, server, limits, home.
        budget: USD for the whole run; None is no limit.
        variants: whether paraphrased and injected copies are read too; default: only where reading costs nothing.
        repeats: how often every document is read again.

    Raises:
        UserError: no model has this name, or it is not configured.

    """
    analyst = choose_analyst(settings.model, settings)
    plan = RunPlan(
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


def store_run(run: Run, home: Path) -> Path:
    """Write the run into the workspace; returns the path of its file."""
    model = run.subject.model.replace(":", "-").replace("/", "-")
    name = Path(run.suite).name or "cases"
    path = home / "evals" / "runs" / f"{name}-{model}-{run.created_at:%Y%m%dT%H%M%S}.json"
    save_run(run, path)
    return path
