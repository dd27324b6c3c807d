"""The evaluate flow, for schedules: a suite is run, stored, and checked against the gate.

``prefect deploy flows/evaluate.py:evaluate --cron "0 5 * * 1"`` has it run on Mondays; a gate that is not met is a
failed flow run whose message names the causes. A suite is small and its answers are stored, so that its documents are
no tasks of their own.
"""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from evals.gate import baseline_path, gate_path, hold, load_baseline, load_gate
from evals.running import run_suite
from evals.scoring import score
from evals.suites import suite
from evals.workspace import plan_for, store_run
from smallprint.registry import load
from smallprint.settings import Settings


@flow(name="evaluate", flow_run_name="evaluate {suite_name}")
async def evaluate(suite_name: str = "gold", model: str | None = None, budget: float | None = None) -> State[str]:
    """Run a suite and check it against the gate; the state's data is the path of the stored run.

    Args:
        suite_name: as ``smallprint eval`` has it.
        model: ``offline``, ``openai:NAME`` or ``azure:NAME``; default: the one of the settings.
        budget: USD; None is no bound.

    Raises:
        UserError: no suite or model has this name, or a case does not hold.

    """
    settings = Settings() if model is None else Settings(model=model)
    with plan_for(settings, budget=budget) as plan:
        try:
            run = await run_suite(suite_name, suite(suite_name), plan)
        finally:
            await plan.analyst.close()
    path = store_run(run, settings.home)
    gate = load_gate(gate_path(run.subject.model))
    result = hold(run, score(run), gate, load_baseline(baseline_path(run.subject.model)), registry=load())
    if result.met:
        return Completed(message=f"the gate is met, {len(result.checks)} checks; stored as {path}", data=str(path))
    causes = "; ".join(check.message for check in result.failed)
    return Failed(message=f"the gate is not met: {causes}; stored as {path}", data=str(path))
