"""The run flow under a real Prefect: documents finish or fail on their own, and what is finished stays finished."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from classifiers.analyze import Plan
from classifiers.offline.analyst import OfflineAnalyst
from classifiers.work import Deliver, Job, Outcome
from flows.run import execute, label, labels, new_run_id, unfinished
from flows.session import Event, Session
from smallprint.errors import ModelStopError, StoreError
from smallprint.records import Source
from smallprint.settings import Settings
from smallprint.store import Store, open_store, runs
from smallprint.store.drafts import stream_drafts
from smallprint.store.runs import RunDocument

TERMS = """# Terms of Kestrel Kettles

## 1. Disputes

You waive any right to bring or take part in a class action against Kestrel Kettles Inc.

## 2. Greeting

Thank you for boiling with us.
"""


class Recorder(OfflineAnalyst):
    """The offline analyst, counting documents, with something that a test wants to happen first."""

    def __init__(self, first: Callable[[Job], None] = lambda _job: None) -> None:
        self.seen: list[str] = []
        self.first = first

    async def propose(self, job: Job, deliver: Deliver) -> None:
        self.seen.append(Path(job.document.source).name)
        self.first(job)
        await super().propose(job, deliver)


@pytest.fixture
def store(workspace: Path) -> Store:
    return open_store(Settings(home=workspace).sqlalchemy_url)


def begin(store: Store, workspace: Path, analyst: OfflineAnalyst, *names: str) -> Session:
    folder = workspace.parent
    run_id = new_run_id()
    with store.write() as connection:
        runs.start_run(connection, run_id, "offline", {}, [Source(location=str(folder / name)) for name in names])
    return Session(run_id=run_id, settings=Settings(home=workspace), store=store, analyst=analyst)


def documents_of(store: Store, run_id: str) -> list[RunDocument]:
    with store.read() as connection:
        return runs.list_run_documents(connection, run_id)


def state_of(session: Session) -> str:
    with session.store.read() as connection:
        run = runs.find_run(connection, session.run_id)
    assert run is not None
    return run.state


def saved_drafts(store: Store, run_id: str | None = None) -> list[tuple[str, int]]:
    with store.read() as connection:
        return [(stored.draft.id, stored.version) for stored in stream_drafts(connection, run_id=run_id)]


def again(session: Session, analyst: OfflineAnalyst) -> Session:
    return Session(run_id=session.run_id, settings=session.settings, store=session.store, analyst=analyst)


def write(workspace: Path, *names: str) -> None:
    for name in names:
        (workspace.parent / name).write_text(TERMS + f"\n\nDocument {name}.\n")


def test_good_documents_finish_although_others_fail(store: Store, workspace: Path) -> None:
    write(workspace, "a.md", "b.md")
    (workspace.parent / "empty.pdf").write_bytes(b"")
    (workspace.parent / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    session = begin(store, workspace, OfflineAnalyst(), "a.md", "empty.pdf", "b.md", "broken.pdf", "gone.html")
    events: list[Event] = []
    session.listener = events.append
    assert asyncio.run(execute(session)) == "finished"
    places = documents_of(store, session.run_id)
    assert [place.state for place in places] == ["analyzed", "failed", "analyzed", "failed", "failed"]
    assert [place.error and place.error["code"] for place in places] == [None, "empty", None, "malformed", "not_found"]
    for place in places:
        if place.ledger:
            assert place.ledger.characters_covered == 1.0
            assert place.drafts >= 1
    assert sorted(event.position for event in events if event.kind == "failed") == [1, 3, 4]


def test_a_second_run_of_the_same_files_duplicates_nothing(store: Store, workspace: Path) -> None:
    write(workspace, "a.md")
    first = begin(store, workspace, OfflineAnalyst(), "a.md")
    second = begin(store, workspace, OfflineAnalyst(), "a.md")
    asyncio.run(execute(first))
    before = saved_drafts(store)
    asyncio.run(execute(second))
    assert saved_drafts(store) == before
    assert len(saved_drafts(store, second.run_id)) == len(before)


def test_an_interrupted_run_keeps_what_is_done_and_resumes_the_rest(store: Store, workspace: Path) -> None:
    write(workspace, "a.md", "b.md", "c.md")

    async def interrupted() -> str:
        main = asyncio.current_task()
        assert main is not None

        def interrupt(job: Job) -> None:
            if job.document.source.endswith("c.md"):
                main.cancel()

        session = begin(store, workspace, Recorder(interrupt), "a.md", "b.md", "c.md")
        session.settings = session.settings.model_copy(update={"concurrency": 1})
        outcome = await execute(session)
        return f"{session.run_id} {outcome}"

    run_id, outcome = asyncio.run(interrupted()).split()
    assert outcome == "interrupted"
    left = [Path(place.source.location).name for place in unfinished(documents_of(store, run_id))]
    assert "a.md" not in left
    resumed = Recorder()
    session = Session(run_id=run_id, settings=Settings(home=workspace), store=store, analyst=resumed)
    assert state_of(session) == "interrupted"
    assert asyncio.run(execute(session)) == "finished"
    assert sorted(resumed.seen) == sorted(left)
    assert unfinished(documents_of(store, run_id)) == []


def test_a_refusing_server_stops_the_run_with_its_reason(store: Store, workspace: Path) -> None:
    write(workspace, "a.md", "b.md")

    def refuse(_job: Job) -> None:
        raise ModelStopError("the key is not valid; set OPENAI_API_KEY")

    session = begin(store, workspace, Recorder(refuse), "a.md", "b.md")
    with pytest.raises(ModelStopError, match="OPENAI_API_KEY"):
        asyncio.run(execute(session))
    assert state_of(session) == "stopped"
    assert all(place.state in {"captured", "waiting"} for place in documents_of(store, session.run_id))


def test_a_bug_that_one_document_meets_costs_the_others_nothing(store: Store, workspace: Path) -> None:
    write(workspace, "a.md", "b.md", "c.md")

    def stumble(job: Job) -> None:
        if job.document.source.endswith("b.md"):
            raise ZeroDivisionError("a share of nothing")

    session = begin(store, workspace, Recorder(stumble), "a.md", "b.md", "c.md")
    events: list[Event] = []
    session.listener = events.append
    assert asyncio.run(execute(session)) == "finished"
    places = documents_of(store, session.run_id)
    assert [place.state for place in places] == ["analyzed", "failed", "analyzed"]
    (error,) = [place.error for place in places if place.error]
    assert error["code"] == "bug"
    kept = workspace / "failures" / f"{session.run_id}-1.txt"
    assert str(kept) in error["advice"]
    assert "a share of nothing" in kept.read_text()
    assert [event.position for event in events if event.kind == "failed"] == [1]


def test_a_full_disk_stops_the_run_and_says_how_to_go_on(store: Store, workspace: Path) -> None:
    write(workspace, "a.md")

    def fill(_job: Job) -> None:
        raise OSError(28, "No space left on device", "snapshots")

    session = begin(store, workspace, Recorder(fill), "a.md")
    with pytest.raises(StoreError, match=r"No space left on device.*run --resume"):
        asyncio.run(execute(session))
    assert state_of(session) == "stopped"


class OverBudget(OfflineAnalyst):
    """An analyst whose money is spent before it begins."""

    async def propose(self, job: Job, deliver: Deliver) -> None:
        clauses = tuple(clause.id for clause in job.clauses)
        deliver(Outcome(clauses=clauses, state="over_budget", model=self.name, why="the budget is spent"))

    def plan(self, job: Job) -> Plan:  # pragma: no cover -- a run does not plan
        raise AssertionError


def test_documents_over_budget_are_work_left(store: Store, workspace: Path) -> None:
    write(workspace, "a.md")
    session = begin(store, workspace, OverBudget(), "a.md")
    asyncio.run(execute(session))
    (left,) = unfinished(documents_of(store, session.run_id))
    assert left.ledger is not None
    assert left.ledger.over_budget == left.ledger.clauses
    resumed = Recorder()
    asyncio.run(execute(again(session, resumed)))
    assert resumed.seen == ["a.md"]
    assert unfinished(documents_of(store, session.run_id)) == []


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (Source(location="x/terms.html", entity="Kestrel", title="Terms"), "Kestrel Terms"),
        (Source(location="x/terms.html"), "terms.html"),
        (Source(location="https://k.example/legal/"), "legal"),
        (Source(location="x\x1b[31m.html"), "x[31m.html"),
    ],
    ids=["what the manifest says", "a file by its name", "a page by its last part", "no control characters"],
)
def test_label(source: Source, name: str) -> None:
    assert label(source) == name


def of(location: str, **said: str) -> Source:
    return Source(location=location, **said)


TOGETHER = [
    ("different names stay short", [of("/x/a.md"), of("/x/b.md")], ["a.md", "b.md"]),
    ("the same name in two folders", [of("/x/a.md"), of("/y/a.md")], ["a.md (x)", "a.md (y)"]),
    (
        "the same folder name twice",
        [of("/1/x/a.md"), of("/2/x/a.md")],
        ["a.md (x) (/1/x/a.md)", "a.md (x) (/2/x/a.md)"],
    ),
    (
        "two versions of one document",
        [of("/x/1.md", title="Terms", published="2025"), of("/x/2.md", title="Terms", published="2026")],
        ["Terms (2025)", "Terms (2026)"],
    ),
    ("the same path at two sites", [of("https://a.example/terms"), of("https://b.example/terms")], None),
]


@pytest.mark.parametrize(("sources", "names"), [row[1:] for row in TOGETHER], ids=[row[0] for row in TOGETHER])
def test_labels_tell_documents_apart(sources: list[Source], names: list[str] | None) -> None:
    made = labels(sources)
    assert len(set(made)) == len(sources)
    assert names is None or made == names


def test_a_title_that_names_its_company_is_not_doubled() -> None:
    assert label(of("x.md", entity="Kestrel", title="Kestrel Terms of Use")) == "Kestrel Terms of Use"
