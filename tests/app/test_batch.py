"""``smallprint run`` where the machine lets it down: one line that says how to go on, and a run that can be resumed."""

from pathlib import Path

import httpx
import pytest

from classifiers.analysts import ANALYSTS
from classifiers.offline.analyst import OFFLINE, OfflineAnalyst
from classifiers.work import AnalystFactory, Deliver, Job
from smallprint.errors import StoreError
from tests.app import shapes
from tests.app.conftest import Smallprint

GO_ON = "'smallprint run --resume' goes on"
TROUBLE = [
    (
        "a full disk",
        OSError(28, "No space left on device", "snapshots"),
        f"[Errno 28] No space left on device: 'snapshots'; what finished is kept, once that is mended {GO_ON}",
    ),
    (
        "a store that cannot be written",
        StoreError("the database at x is damaged; restore it from a backup"),
        "the database at x is damaged; restore it from a backup",
    ),
]


class Unlucky(OfflineAnalyst):
    """The offline analyst on a machine that is in trouble."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def propose(self, job: Job, deliver: Deliver) -> None:
        raise self.error


def offline_is(monkeypatch: pytest.MonkeyPatch, analyst: OfflineAnalyst) -> None:
    factory = AnalystFactory("offline", OFFLINE.traits, lambda *_configuration: analyst)
    monkeypatch.setitem(ANALYSTS, "offline", factory)


def state_of_the_run(smallprint: Smallprint) -> str:
    (run,) = shapes.Status.model_validate_json(smallprint("status", "--json").out).runs
    return run.state


@pytest.mark.parametrize(("error", "message"), [row[1:] for row in TROUBLE], ids=[row[0] for row in TROUBLE])
def test_a_machine_in_trouble_stops_the_run_with_one_line_and_it_can_be_resumed(
    smallprint: Smallprint, policies: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, message: str
) -> None:
    with monkeypatch.context() as patch:
        offline_is(patch, Unlucky(error))
        completed = smallprint("run", str(policies))
    assert (completed.code, completed.err) == (2, f"smallprint: {message}\n")
    assert state_of_the_run(smallprint) == "stopped"
    assert smallprint("run", "--resume").code == 0
    assert state_of_the_run(smallprint) == "finished"


def test_an_orchestrator_that_is_gone_stops_the_run_with_one_line(
    smallprint: Smallprint, policies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(_home: Path) -> None:
        raise httpx.ConnectError("connection refused")

    with monkeypatch.context() as patch:
        patch.setattr("app.cli.batch.start_prefect", gone)
        completed = smallprint("run", str(policies))
    expected = f"smallprint: Prefect's server is gone; what finished is kept, {GO_ON}\n"
    assert (completed.code, completed.err) == (2, expected)
    assert state_of_the_run(smallprint) == "stopped"


def test_control_c_before_the_orchestrator_answers_interrupts_the_run(
    smallprint: Smallprint, policies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def impatient(_home: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("app.cli.batch.start_prefect", impatient)
        completed = smallprint("run", str(policies))
    assert completed.code == 130
    assert completed.err == f"Interrupted. What finished is kept; {GO_ON} from here.\n"
    assert state_of_the_run(smallprint) == "interrupted"
    assert smallprint("run", "--resume").code == 0
