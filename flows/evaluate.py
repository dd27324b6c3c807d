"""The evaluate flow, for schedules: a suite is run, a task a document, kept, and held against the gate.

``prefect deploy flows/evaluate.py:evaluate --cron "0 5 * * 1"`` has it run on Mondays; a gate that is not met is a
failed flow run whose message names the causes.
"""

from prefect import flow, task
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from evals.gate import baseline_path, gate_path, hold, load_baseline, load_gate
from evals.gold import Case
from evals.results import CaseRun, Run, Subject
from evals.running import Plan, read_case, run_suite
from evals.scoring import score
from evals.suites import suite
from evals.workspace import keep, plan_for
from smallprint.registry import load
from smallprint.settings import Settings


@flow(name="evaluate", flow_run_name="evaluate {suite_name}", validate_parameters=False)
async def evaluate(suite_name: str = "gold", model: str | None = None, budget: float | None = None) -> State[str]:
    """Run a suite and hold it against the gate; the state's data is the path of the kept run.

    Raises:
        UserError: no suite or model has this name, or a case does not hold.

    """
    settings = Settings() if model is None else Settings(model=model)
    with plan_for(settings, budget=budget) as plan:
        run = await _run(suite_name, plan)
    path = keep(run, settings.home)
    gate = load_gate(gate_path(run.subject.model))
    result = hold(run, score(run), gate, load_baseline(baseline_path(run.subject.model)), registry=load())
    if result.met:
        return Completed(message=f"the gate is met, {len(result.checks)} checks; kept as {path}", data=str(path))
    causes = "; ".join(check.message for check in result.failed)
    return Failed(message=f"the gate is not met: {causes}; kept as {path}", data=str(path))


async def _run(suite_name: str, plan: Plan) -> Run:
    cases = {case.id: case for case in suite(suite_name)}

    # Cases stay out of the tasks' parameters, which the engine would walk field by field.
    @task(name="evaluate-case", task_run_name="evaluate {case_id}")
    async def evaluate_case(case_id: str) -> CaseRun:
        return await read_case(cases[case_id], plan, *who)

    who: list[Subject] = []

    async def read(case: Case, _plan: Plan, subject: Subject) -> CaseRun:
        who[:] = [subject]
        return await evaluate_case(case.id)

    try:
        return await run_suite(suite_name, list(cases.values()), plan, read=read)
    finally:
        await plan.analyst.close()
