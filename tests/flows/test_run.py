"""The run flow under a real Prefect: documents finish or fail on their own, and what is finished stays finished."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from classifiers.analysts import ANALYSTS
from classifiers.analyze import Plan
from classifiers.offline.analyst import OFFLINE, OfflineAnalyst
from classifiers.work import AnalystFactory, Deliver, Job, Outcome
from flows.engine import start_prefect
from flows.options import RunOptions
from flows.progress import Event, listening
from flows.run_documents import unfinished
from smallprint.errors import ModelStopError, UserError
from smallprint.records import Source
from smallprint.settings import Settings
from smallprint.store import Store, open_store, runs
from smallprint.store.drafts import stream_drafts
from smallprint.store.runs import RunDocument

ROOT = Path(__file__).resolve().parents[2]
TERMS = """# Terms of Kestrel Kettles

## 1. Disputes

You waive any right to bring or take part in a class action against Kestrel Kettles Inc.

## 2. Greeting

Thank you for boiling with us.
"""


class Recorder(OfflineAnalyst):
    """The offline analyst, noting the documents that it reads, with something that a test wants to happen first."""

    def __init__(self, first: Callable[[Job], None] = lambda _job: None) -> None:
        self.documents: list[str] = []
        self.first = first

    async def propose(self, job: Job, deliver: Deliver) -> None:
        self.documents.append(Path(job.document.source).name)
        self.first(job)
        await super().propose(job, deliver)


class OverBudget(OfflineAnalyst):
    """An analyst whose money is spent before it begins."""

    async def propose(self, job: Job, deliver: Deliver) -> None:
        clauses = tuple(clause.id for clause in job.clauses)
        deliver(Outcome(clauses=clauses, state="over_budget", model=self.name, why="the budget is spent"))

    def plan(self, job: Job) -> Plan:  # pragma: no cover -- a run does not plan
        raise AssertionError


class Runs:
    """Begins and carries out runs in the test's workspace, and reads what the store then says of them."""

    def __init__(self, store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.store, self.folder = store, folder
        self.events: list[Event] = []
        self.analysts_built = 0
        self._monkeypatch = monkeypatch

    def begin(self, *names: str) -> str:
        run_id = f"{self.folder.name}-{len(self.stored())}"
        sources = [Source(location=str(self.folder / name)) for name in names]
        with self.store.write() as connection:
            runs.start_run(connection, run_id, "offline", {}, sources)
        return run_id

    def carry_out(self, run_id: str, analyst: OfflineAnalyst | None = None, **options: object) -> None:
        """Run the flow; the analyst stands in for the offline one."""

        def build(*_configuration: object) -> OfflineAnalyst:
            self.analysts_built += 1
            return analyst or OfflineAnalyst()

        self._monkeypatch.setitem(ANALYSTS, "offline", AnalystFactory("offline", OFFLINE.traits, build))

        async def run_flow() -> None:
            await start_prefect(self.folder)
            from flows.run import run

            await run(run_id, RunOptions(model="offline", **options))

        with listening(self.events.append):
            asyncio.run(run_flow())

    def stored(self) -> list[runs.StoredRun]:
        with self.store.read() as connection:
            return runs.list_runs(connection)

    def state(self, run_id: str) -> str:
        return next(run.state for run in self.stored() if run.id == run_id)

    def documents(self, run_id: str) -> list[RunDocument]:
        with self.store.read() as connection:
            return runs.list_run_documents(connection, run_id)

    def drafts(self, run_id: str | None = None) -> list[tuple[str, int]]:
        with self.store.read() as connection:
            return [(stored.draft.id, stored.version) for stored in stream_drafts(connection, run_id=run_id)]


@pytest.fixture
def lab(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    return Runs(open_store(Settings(home=workspace).sqlalchemy_url), workspace.parent, monkeypatch)


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text(TERMS + f"\n\nDocument {name}.\n")


def test_good_documents_finish_although_others_fail(lab: Runs) -> None:
    write(lab.folder, "a.md", "b.md")
    (lab.folder / "empty.pdf").write_bytes(b"")
    (lab.folder / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    run_id = lab.begin("a.md", "empty.pdf", "b.md", "broken.pdf", "gone.html")
    lab.carry_out(run_id)
    documents = lab.documents(run_id)
    assert lab.state(run_id) == "finished"
    assert [document.state for document in documents] == ["analyzed", "failed", "analyzed", "failed", "failed"]
    codes = [document.error and document.error["code"] for document in documents]
    assert codes == [None, "empty", None, "malformed", "not_found"]
    for document in documents:
        if document.ledger:
            assert document.ledger.characters_covered == 1.0
            assert document.drafts >= 1
    assert sorted(event.position for event in lab.events if event.kind == "failed") == [1, 3, 4]


def test_a_second_run_of_the_same_files_duplicates_nothing(lab: Runs) -> None:
    write(lab.folder, "a.md")
    first, second = lab.begin("a.md"), lab.begin("a.md")
    lab.carry_out(first)
    before = lab.drafts()
    lab.carry_out(second)
    assert lab.drafts() == before
    assert len(lab.drafts(second)) == len(before)


def test_all_documents_of_a_run_share_one_analyst(lab: Runs) -> None:
    write(lab.folder, "a.md", "b.md", "c.md")
    lab.carry_out(lab.begin("a.md", "b.md", "c.md"))
    assert lab.analysts_built == 1


@pytest.fixture
def heeded_interrupts() -> Iterator[None]:
    """Ctrl-C as in a terminal: a process that a shell starts in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded_interrupts")
def test_an_interrupted_run_keeps_what_is_done_and_resumes_the_rest(lab: Runs) -> None:
    write(lab.folder, "a.md", "b.md", "c.md")
    run_id = lab.begin("a.md", "b.md", "c.md")

    def interrupt(job: Job) -> None:
        if job.document.source.endswith("c.md"):
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        lab.carry_out(run_id, Recorder(interrupt))
    remaining = [Path(document.source.location).name for document in unfinished(lab.documents(run_id))]
    assert "a.md" not in remaining
    assert lab.state(run_id) == "interrupted"
    resumed = Recorder()
    lab.carry_out(run_id, resumed)
    assert sorted(resumed.documents) == sorted(remaining)
    assert unfinished(lab.documents(run_id)) == []
    assert lab.state(run_id) == "finished"


STOPS = [
    ("the model's server refuses us", ModelStopError("the key is not valid; set OPENAI_API_KEY")),
    ("the disk is full", OSError(28, "No space left on device", "snapshots")),
]


@pytest.mark.parametrize("error", [row[1] for row in STOPS], ids=[row[0] for row in STOPS])
def test_trouble_beyond_one_document_stops_the_run_with_its_reason(lab: Runs, error: Exception) -> None:
    write(lab.folder, "a.md", "b.md")
    run_id = lab.begin("a.md", "b.md")

    def fail(_job: Job) -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        lab.carry_out(run_id, Recorder(fail))
    assert str(raised.value) == str(error)
    assert lab.state(run_id) == "stopped"
    assert all(document.state in {"captured", "waiting"} for document in lab.documents(run_id))


def test_a_bug_that_one_document_meets_costs_the_others_nothing(lab: Runs, workspace: Path) -> None:
    write(lab.folder, "a.md", "b.md", "c.md")
    run_id = lab.begin("a.md", "b.md", "c.md")

    def stumble(job: Job) -> None:
        if job.document.source.endswith("b.md"):
            raise ZeroDivisionError("a share of nothing")

    lab.carry_out(run_id, Recorder(stumble))
    documents = lab.documents(run_id)
    assert lab.state(run_id) == "finished"
    assert [document.state for document in documents] == ["analyzed", "failed", "analyzed"]
    (error,) = [document.error for document in documents if document.error]
    assert error["code"] == "bug"
    report = workspace / "failures" / f"{run_id}-1.txt"
    assert str(report) in error["advice"]
    assert "a share of nothing" in report.read_text()
    assert [event.position for event in lab.events if event.kind == "failed"] == [1]


def test_a_run_that_the_store_does_not_know_is_refused(lab: Runs) -> None:
    with pytest.raises(UserError, match="there is no run 20260101-000000-ffff"):
        lab.carry_out("20260101-000000-ffff")


def test_documents_over_budget_are_work_left(lab: Runs) -> None:
    write(lab.folder, "a.md")
    run_id = lab.begin("a.md")
    lab.carry_out(run_id, OverBudget())
    (document,) = unfinished(lab.documents(run_id))
    assert document.ledger is not None
    assert document.ledger.over_budget == document.ledger.clauses
    resumed = Recorder()
    lab.carry_out(run_id, resumed)
    assert resumed.documents == ["a.md"]
    assert unfinished(lab.documents(run_id)) == []


def test_failed_only_leaves_alone_what_is_over_the_budget(lab: Runs) -> None:
    write(lab.folder, "a.md")
    run_id = lab.begin("a.md", "gone.md")
    lab.carry_out(run_id, OverBudget())
    write(lab.folder, "gone.md")
    recorder = Recorder()
    lab.carry_out(run_id, recorder, failed_only=True)
    assert recorder.documents == ["gone.md"]


ELSEWHERE = """
import asyncio, sys
from flows.options import RunOptions
from flows.reading import read_document
asyncio.run(read_document.fn(sys.argv[1], 1, "b.md", RunOptions.model_validate_json(sys.argv[2])))
"""


def test_another_process_with_the_same_settings_reads_a_document_from_plain_values(lab: Runs, workspace: Path) -> None:
    write(lab.folder, "a.md", "b.md")
    run_id = lab.begin("a.md", "b.md")
    options = RunOptions(model="offline", budget=1.0).model_dump_json()
    subprocess.run(  # noqa: S603 -- our own code
        [sys.executable, "-c", ELSEWHERE, run_id, options],
        env={"PYTHONPATH": str(ROOT), "PATH": "", "SMALLPRINT_HOME": str(workspace)},
        cwd=lab.folder,
        check=True,
    )
    assert [document.state for document in lab.documents(run_id)] == ["waiting", "analyzed"]
    assert lab.drafts(run_id)


@pytest.mark.parametrize(
    ("entry_point", "parameters"),
    [
        pytest.param("flows/run.py:run", {"run_id", "options"}, id="run"),
        pytest.param("flows/evaluate.py:evaluate", {"suite_name", "model", "budget"}, id="evaluate"),
    ],
)
def test_prefect_finds_the_flow_and_its_parameters_by_its_entry_point(entry_point: str, parameters: set[str]) -> None:
    from prefect.flows import load_flow_from_entrypoint

    flow = load_flow_from_entrypoint(str(ROOT / entry_point))
    assert flow.parameters.properties.keys() == parameters


def test_a_password_stays_out_of_what_prefect_records(lab: Runs) -> None:
    write(lab.folder, "a.md")
    run_id = lab.begin("a.md")
    lab.carry_out(run_id, password="opensesame")

    async def recorded() -> list[dict[str, object]]:
        from prefect import get_client
        from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterName

        async with get_client() as client:
            named = FlowRunFilter(name=FlowRunFilterName(any_=[f"run {run_id}"]))
            return [flow_run.parameters for flow_run in await client.read_flow_runs(flow_run_filter=named)]

    (parameters,) = asyncio.run(recorded())
    assert parameters["run_id"] == run_id
    assert "opensesame" not in json.dumps(parameters)
