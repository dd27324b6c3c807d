"""A real process in a group of its own, as in a terminal: interrupted, killed, resumed; quiet on screen and network."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.app import shapes
from tests.app.conftest import TERMS, Smallprint
from tests.fakes import OK, FakeServer, Fault, Request

ROOT = Path(__file__).resolve().parents[2]

# Loaded by every Python process of the run, Prefect's server included: notes each address that is not this machine.
WITNESS = """
import os, sys
def witness(event, args):
    where = args[1] if event == "socket.connect" else args[0] if event == "socket.getaddrinfo" else None
    host = where[0] if isinstance(where, tuple) else where
    if isinstance(host, str) and host not in ("127.0.0.1", "localhost", "::1", ""):
        with open(os.environ["WITNESS"], "a") as file:
            file.write(f"{event} {host}\\n")
sys.addaudithook(witness)
# A runner in the background ignores Ctrl-C, and what it starts would inherit that; a terminal's foreground does not.
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
"""


def slow_on_the_second(_number: int, request: Request) -> Fault:
    return Fault(delay=600) if "Document second" in request.document else OK


@dataclass
class Terminal:
    """A running command whose whole process group gets Ctrl-C, as the foreground of a terminal does."""

    process: subprocess.Popen[str]
    contacted: Path  # the addresses that the witness noted

    def wait_for(self, words: str) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if words in line:
                return
        pytest.fail(f"the command ended without saying {words!r}")

    def control_c(self) -> tuple[int, str]:
        os.killpg(self.process.pid, signal.SIGINT)
        _, err = self.process.communicate(timeout=300)
        return self.process.returncode, err

    def children(self) -> list[int]:
        return [
            int(pid) for pid in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ]


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(faults=slow_on_the_second) as running:
        yield running


@pytest.fixture
def running(workspace: Path, tmp_path: Path, server: FakeServer) -> Iterator[Terminal]:
    """``smallprint run`` of two documents, of which the second is answered only in ten minutes."""
    folder = workspace.parent / "policies"
    folder.mkdir()
    (folder / "a.md").write_text(TERMS + "\nDocument first of two.\n")
    (folder / "b.md").write_text(TERMS + "\nDocument second of two.\n")
    (tmp_path / "witness").mkdir()
    (tmp_path / "witness" / "sitecustomize.py").write_text(WITNESS)
    contacted = tmp_path / "contacted.txt"
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "DO_NOT_TRACK", "CI"))
    }
    process = subprocess.Popen(  # noqa: S603 -- our own command
        [sys.executable, "-m", "app.cli", "run", "policies", "-m", "openai:fake", "--base-url", server.base_url],
        env={**environment, "PYTHONPATH": f"{tmp_path / 'witness'}:{ROOT}", "WITNESS": str(contacted)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    yield Terminal(process, contacted)
    if process.poll() is None:
        process.kill()
    process.communicate()


def run_with_one_document_done(smallprint: Smallprint) -> shapes.Run:
    (run,) = shapes.Status.model_validate_json(smallprint("status", "--json").out).runs
    assert (run.documents, run.done) == (2, 1)
    return run


def test_control_c_keeps_what_is_finished_and_says_how_to_go_on(
    running: Terminal, server: FakeServer, smallprint: Smallprint
) -> None:
    running.wait_for("1 of 2  a.md")
    code, err = running.control_c()
    assert code == 130
    assert err == "Interrupted. What finished is kept; 'smallprint run --resume' goes on from here.\n"
    assert not running.contacted.exists(), f"a run spoke to {running.contacted.read_text()}"
    assert run_with_one_document_done(smallprint).state == "interrupted"

    asked = len(server.requests)
    server.faults = lambda _number, _request: OK
    resumed = smallprint("run", "--resume")
    assert resumed.code == 0
    assert re.search(r"1 of 1\s+b\.md", resumed.err)
    assert len(server.requests) == asked + 1
    assert "2 of 2 documents" in resumed.out


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="children are listed by Linux alone")
def test_a_killed_run_leaves_no_server_behind_and_can_be_resumed(
    running: Terminal, server: FakeServer, smallprint: Smallprint
) -> None:
    running.wait_for("1 of 2  a.md")
    children = running.children()
    assert children
    running.process.kill()
    running.process.wait(timeout=300)
    deadline = time.monotonic() + 300
    while any(Path(f"/proc/{child}").exists() for child in children) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [child for child in children if Path(f"/proc/{child}").exists()] == []
    assert run_with_one_document_done(smallprint).state == "running"
    server.faults = lambda _number, _request: OK
    assert smallprint("run", "--resume").code == 0
