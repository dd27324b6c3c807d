"""A desk for tests: a store on SQLite or PostgreSQL with a small document and drafts to decide on."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

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
from smallprint.store import Store, open_store
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
    store.start_run("r1", "offline", {}, [SOURCE])
    source_id = store.save_source(SOURCE)
    store.save_capture(source_id, SNAPSHOT)
    store.save_document(source_id, DOCUMENT, CLAUSES)
    store.run_captured("r1", 0, DOCUMENT.id)
    run(store, *(drafts or DRAFTS))


def run(store: Store, *drafts: Draft, document: object = None) -> None:
    """What a run of an analyst saves; on this document, or on a volume of the library."""
    clauses = CLAUSES if document is None else document.clauses
    entries = tuple(LedgerEntry(clause=one.id, state="analyzed") for one in clauses)
    analysis = Analysis(drafts=drafts, rejections=(), entries=entries, usage=Usage(), windows=1)
    store.save_analysis(
        run_id="r1",
        position=0,
        document_id=DOCUMENT.id if document is None else document.document.id,
        clauses=clauses,
        analysis=analysis,
        seconds=0.1,
    )


# ---- databases


@pytest.fixture(scope="session")
def postgres_urls() -> Iterator[Iterator[str]]:
    """Addresses of empty, migrated databases on a server of our own, as many as asked for."""
    if postgres.binaries() is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    if os.geteuid() == 0 and not _has_user("postgres"):
        pytest.skip("root cannot run PostgreSQL and there is no user 'postgres' to run it")
    with postgres.server() as url:
        admin = create_engine(url.format(name="postgres"), isolation_level="AUTOCOMMIT")
        open_first(url.format(name="postgres"), admin)

        def urls() -> Iterator[str]:
            for number in count():
                with admin.connect() as c:
                    c.execute(text(f"CREATE DATABASE test_{number} TEMPLATE migrated"))
                yield url.format(name=f"test_{number}")

        yield urls()
        admin.dispose()


def open_first(url: str, admin) -> None:
    """Migrate one database, from which the others are copied."""
    with admin.connect() as c:
        c.execute(text("CREATE DATABASE migrated"))
    open_store(url.replace("/postgres?", "/migrated?")).close()


def _has_user(name: str) -> bool:
    import pwd

    return any(one.pw_name == name for one in pwd.getpwall())


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database that is migrated once and then copied."""
    path = tmp_path_factory.mktemp("migrated") / "desk.db"
    store = open_store(f"sqlite:///{path}")
    with store.engine.connect() as c:
        c.exec_driver_sql("COMMIT")
        c.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        c.exec_driver_sql("BEGIN")
    store.close()
    return path


@pytest.fixture
def sqlite_url(migrated: Path, tmp_path: Path) -> str:
    """An empty SQLite database."""
    shutil.copyfile(migrated, tmp_path / "desk.db")
    return f"sqlite:///{tmp_path}/desk.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return request.getfixturevalue("sqlite_url")
    return next(request.getfixturevalue("postgres_urls"))


@pytest.fixture
def desk(url: str) -> Iterator[Store]:
    """A store with four drafts to decide on."""
    store = open_store(url)
    fill(store)
    yield store
    store.close()
