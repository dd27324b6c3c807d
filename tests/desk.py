"""A desk for tests: a store on SQLite or PostgreSQL with a small document and drafts to decide on."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from smallprint.records import (
    AgencyReason,
    Analysis,
    Block,
    Clause,
    Document,
    Draft,
    Evidence,
    Factors,
    FrameworkCitation,
    LedgerEntry,
    Provenance,
    Snapshot,
    Source,
    Usage,
)
from smallprint.store import Connection, Store, documents, open_store, runs
from tests import postgres

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PARAGRAPHS = (
    ("heading", "Terms of Northwind Kettles"),
    ("heading", "1. Payments"),
    ("paragraph", "1.1 Fees are never refunded, whatever the reason for which you leave the service."),
    ("paragraph", "1.2 We may change our prices at any time without telling you in advance."),
    ("heading", "2. Disputes"),
    ("paragraph", "2.1 Every dispute goes to binding arbitration in Delaware, one person at a time."),
    ("paragraph", "2.2 You give up the right to take part in a class action or to a trial before a jury."),
    ("heading", "3. Your content"),
    ("paragraph", "3.1 You keep what you write. You allow us to show it to other users for as long as it stands here."),
)


def document(
    words: tuple[tuple[str, str], ...] = PARAGRAPHS, digest: str = "ab" * 32
) -> tuple[Document, tuple[Clause, ...]]:
    """A document of short paragraphs, each of them a clause."""
    blocks, clauses, at, path = [], [], 0, ()
    for number, (kind, paragraph) in enumerate(words, 1):
        end = at + len(paragraph)
        blocks.append(Block(kind=kind, start=at, end=end, level=1 if kind == "heading" else None))
        label = paragraph.split(" ")[0].rstrip(".") if paragraph[0].isdigit() else None
        heading = kind == "heading"
        clauses.append(
            Clause(
                id=f"c{number}",
                start=at,
                end=end,
                text=paragraph,
                number=label,
                heading_path=path,
                heading_only=heading,
            )
        )
        if heading:
            path = (paragraph,) if number > 1 else ()
        at = end + 2
    made = Document(
        source="kettles.md",
        media_type="text/markdown",
        sha256=digest,
        title="Terms of Northwind Kettles",
        language="en",
        extractor="markdown/1",
        text="\n\n".join(paragraph for _, paragraph in words),
        blocks=tuple(blocks),
    )
    return made, tuple(clauses)


DOCUMENT, CLAUSES = document()
SOURCE = Source(location="kettles.md", entity="Northwind Kettles", title="Terms of Service", jurisdictions=("US",))
SNAPSHOT = Snapshot(sha256=DOCUMENT.sha256, size=400, media_type="text/markdown", captured_at=NOW)


def draft(clause: str, category: str, **changes: object) -> Draft:
    """A draft on one clause of the document, publishable unless changed."""
    here = next(one for one in CLAUSES if one.id == clause)
    made = Draft(
        id=f"d-{clause}-{category}",
        title=f"What {here.number or clause} says",
        category=category,
        severity="medium",
        factors=Factors(rights_waived=2, opt_out=3, breadth=3, exposure=1, discretion=0),
        factor_reasons={"opt_out": "There is none."},
        what_it_is="Fees stay paid.",
        consumer_impact="You get no money back.",
        why_it_matters="Refund rights may exist in law.",
        frameworks=(
            FrameworkCitation(id="ftc-act", citation="FTC Act Section 5", valid=True, why="Unfair to consumers."),
        ),
        agencies=(
            AgencyReason(id="ftc", name="FTC", reason="It polices fees.", complaint_url="https://reportfraud.ftc.gov/"),
        ),
        enforcement_risk="Low.",
        due_diligence=("Ask for the refund policy.",),
        evidence=(Evidence(start=here.start, end=here.end, status="exact", text=here.text, clauses=(clause,)),),
        confidence=0.8,
        provenance=Provenance(
            model="offline",
            prompt="offline@1",
            prompt_sha256="0" * 64,
            schema_sha256="1" * 64,
            registry_sha256="2" * 64,
            snapshot_sha256=DOCUMENT.sha256,
            document=DOCUMENT.id,
            run="r1",
            created_at=NOW,
        ),
    )
    return made.model_copy(update=changes)


REFUND = draft("c3", "cancellation_refund")
PRICES = draft("c4", "unilateral_change", confidence=0.4, flags=("low_confidence",))
ARBITRATION = draft(
    "c6",
    "arbitration",
    severity="critical",
    factors=Factors(rights_waived=3, opt_out=3, breadth=3, exposure=3, discretion=0),
)
CLASS_ACTION = draft("c7", "class_action_waiver", severity="high", flags=("severity_disagreement",))
DRAFTS = (REFUND, PRICES, ARBITRATION, CLASS_ACTION)


def fill(store: Store, *drafts: Draft) -> None:
    """The document, one run, its drafts."""
    with store.write() as connection:
        runs.start_run(connection, "r1", "offline", {}, [SOURCE])
        runs.mark_captured(connection, "r1", 0, save_document(connection, SOURCE, SNAPSHOT, DOCUMENT, CLAUSES))
    run(store, *(drafts or DRAFTS))


def save_document(
    connection: Connection, source: Source, snapshot: Snapshot, document: Document, clauses: tuple[Clause, ...]
) -> str:
    """What a capture saves; the document's id."""
    source_id = documents.save_source(connection, source)
    documents.save_capture(connection, source_id, snapshot)
    documents.save_document(connection, source_id, document, clauses)
    return document.id


def run(store: Store, *drafts: Draft, document: object = None) -> None:
    """What a run of an analyst saves; on this document, or on one from the cache."""
    clauses = CLAUSES if document is None else document.clauses
    entries = tuple(LedgerEntry(clause=one.id, state="analyzed") for one in clauses)
    analysis = Analysis(drafts=drafts, rejections=(), entries=entries, usage=Usage(), windows=1)
    with store.write() as connection:
        runs.save_analysis(
            connection,
            run_id="r1",
            position=0,
            document_id=DOCUMENT.id if document is None else document.document.id,
            clauses=clauses,
            analysis=analysis,
            seconds=0.1,
        )


# ---- databases

KINDS = ("sqlite", "postgresql")
Prepare = Callable[[Store], object]


def empty(_store: Store) -> None:
    """A database with its tables and nothing in them."""


class Databases:
    """Databases for tests: each state is prepared once in each kind, then copied, and a copy goes when it is done."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ending = ExitStack()
        self._numbers = count()
        self._prepared: set[tuple[str, str]] = set()
        self._url = ""
        self._admin: Engine | None = None

    def close(self) -> None:
        """End the server, where one was needed."""
        self._ending.close()

    @contextmanager
    def copy(self, kind: str, prepare: Prepare | None = empty) -> Iterator[str]:
        """The URL of a fresh copy of what ``prepare`` makes; skips the test where there can be no such database.

        With None it is a database that nobody has opened, without tables.
        """
        template, name = prepare.__name__ if prepare else "template0", f"copy_{next(self._numbers)}"
        if kind == "postgresql" and self._admin is None:
            self._start()
        if prepare and (kind, template) not in self._prepared:
            self._prepare(kind, template, prepare)
        if kind == "postgresql":
            self._say(f"CREATE DATABASE {name} TEMPLATE {template}")
        elif prepare:
            shutil.copyfile(self.folder / f"{template}.db", self.folder / f"{name}.db")
        yield self._address(kind, name)
        if kind == "sqlite":
            for path in self.folder.glob(f"{name}.db*"):
                path.unlink()
        else:
            self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _start(self) -> None:
        if reason := postgres.missing():
            pytest.skip(reason)
        self._url = self._ending.enter_context(postgres.server())
        self._admin = create_engine(self._url.format(name="postgres"), isolation_level="AUTOCOMMIT")
        self._ending.callback(self._admin.dispose)

    def _prepare(self, kind: str, template: str, prepare: Prepare) -> None:
        if kind == "postgresql":
            self._say(f"CREATE DATABASE {template}")
        store = open_store(self._address(kind, template))
        prepare(store)
        if kind == "sqlite":
            with store.engine.connect() as connection:  # all of it into the one file that is copied
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        store.close()
        self._prepared.add((kind, template))

    def _address(self, kind: str, name: str) -> str:
        return f"sqlite:///{self.folder}/{name}.db" if kind == "sqlite" else self._url.format(name=name)

    def _say(self, statement: str) -> None:
        assert self._admin is not None
        with self._admin.connect() as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Databases of either kind for the whole session."""
    made = Databases(tmp_path_factory.mktemp("databases"))
    yield made
    made.close()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """An empty database of either kind."""
    with databases.copy(request.param) as made:
        yield made


@pytest.fixture(params=KINDS)
def desk(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Store]:
    """A store with four drafts to decide on."""
    with databases.copy(request.param, fill) as made:
        store = open_store(made)
        yield store
        store.close()
