"""The evaluate flow under a real Prefect: a task a document, and a gate that is not met is a failed flow run."""

import asyncio
import shutil
from pathlib import Path

import pytest

from evals import gate, suites
from evals.loading import CASES
from evals.results import load_run
from evals.scoring import score
from flows.engine import start_prefect


@pytest.fixture
def small(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    cases = tmp_path / "cases"
    cases.mkdir()
    for path in CASES.iterdir():
        if path.name.startswith(("fernbank-", "stillwater-")):
            shutil.copy(path, cases)
    monkeypatch.setattr(suites, "CASES", cases)
    # Two cases reach no floor reliably, so this gate has none: it asks for a baseline.
    (tmp_path / "gates").mkdir()
    (tmp_path / "gates" / "offline.yml").write_text("floors: {}\nmargins: {found_recall: 0.03}\nhistory: []\n")
    monkeypatch.setattr(gate, "GATES", tmp_path / "gates")
    monkeypatch.setattr(gate, "BASELINES", tmp_path)
    return tmp_path


def evaluated(home: Path):
    async def run():
        await start_prefect(home)
        from flows.evaluate import evaluate

        return await evaluate("gold", "offline", return_state=True)

    return asyncio.run(run())


def test_the_flow_keeps_the_run_and_fails_until_the_gate_is_met(small: Path) -> None:
    failed = evaluated(small / "workspace")
    assert failed.is_failed()
    assert "the gate is not met: offline has no blessed baseline" in failed.message
    (kept,) = (small / "workspace" / "evals" / "runs").glob("gold-offline-*.json")
    (small / "offline.json").write_text(score(load_run(kept)).model_dump_json())
    met = evaluated(small / "workspace")
    assert met.is_completed(), met.message
    assert "the gate is met" in met.message
