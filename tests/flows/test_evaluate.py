"""The evaluate flow under a real Prefect: a gate that is not met is a failed flow run."""

import asyncio
from pathlib import Path

from evals.results import load_run
from evals.scoring import score
from flows.engine import start_prefect


def evaluated(home: Path):
    async def run():
        await start_prefect(home)
        from flows.evaluate import evaluate

        return await evaluate("gold", "offline", return_state=True)

    return asyncio.run(run())


def test_the_flow_stores_the_run_and_fails_until_the_gate_is_met(small: Path) -> None:
    failed = evaluated(small / "workspace")
    assert failed.is_failed()
    assert "the gate is not met: offline has no blessed baseline" in failed.message
    (run_file,) = (small / "workspace" / "evals" / "runs").glob("gold-offline-*.json")
    (small / "baselines").mkdir()
    (small / "baselines" / "offline.json").write_text(score(load_run(run_file)).model_dump_json())
    met = evaluated(small / "workspace")
    assert met.is_completed(), met.message
    assert "the gate is met" in met.message
