"""The store: what is saved comes back, twice saved is once kept, and a person's decision outlives every rerun."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier, Thread

import pytest
from sqlalchemy import select, text, update

from smallprint.errors import StoreError
from smallprint.records import (
    Analysis,
    Block,
    Clause,
    Document,
    Draft,
    Evidence,
    Factors,
    LedgerEntry,
    Provenance,
    Rejection,
    Snapshot,
    Source,
    Usage,
)
from smallprint.store import Store, documents, open_store, runs
from smallprint.store import tables as t
from smallprint.store.answers import StoredAnswers
from smallprint.store.database import SCHEMA
from smallprint.store.drafts import StoredDraft, stream_drafts

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
WORDS = "1. Payments\n\nFees are never refunded."
DOCUMENT = Document(
    source="terms.md",
    media_type="text/markdown",
    sha256="ab" * 32,
    title="Terms",
    language="en",
    extractor="markdown/1",
    text=WORDS,
    blocks=(Block(kind="heading", start=0, end=11, level=1), Block(kind="paragraph", start=13, end=37)),
)
CLAUSES = (
    Clause(id="c1", start=0, end=11, text=WORDS[:11], number="1", heading_only=True),
    Clause(id="c2", start=13, end=37, text=WORDS[13:], heading_path=("1. Payments",)),
)
SOURCE = Source(location="terms.md", entity="Northwind Kettles", title="Terms", jurisdictions=("US",))


def draft(**changes: object) -> Draft:
    base = Draft(
        id="d-1",
        title="No refunds",
        category="cancellation_refund",
        severity="medium",
        factors=Factors(rights_waived=2, opt_out=3, breadth=3, exposure=1, discretion=0),
        what_it_is="Fees stay paid.",
        consumer_impact="You get no money back.",
        why_it_matters="Refund rights may exist in law.",
        evidence=(Evidence(start=13, end=37, status="exact", text=WORDS[13:], clauses=("c2",)),),
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
    return base.model_copy(update=changes)


def analysis(*drafts: Draft) -> Analysis:
    return Analysis(
        drafts=drafts,
        rejections=(Rejection(reason="unlocated_quote", quote="Fees are always refunded"),),
        entries=(LedgerEntry(clause="c1", state="nothing_found"), LedgerEntry(clause="c2", state="analyzed")),
        usage=Usage(calls=1, input_tokens=10, output_tokens=5, cost_usd=None),
        windows=1,
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/home/smallprint.db")
    yield opened
    opened.close()


@pytest.fixture
def run_with_document(store: Store) -> Store:
    with store.write() as connection:
        runs.start_run(connection, "r1", "offline", {}, [SOURCE])
        source_id = documents.save_source(connection, SOURCE)
        documents.save_capture(connection, source_id, snapshot())
        documents.save_document(connection, source_id, DOCUMENT, CLAUSES)
        runs.mark_captured(connection, "r1", 0, DOCUMENT.id)
    return store


def snapshot(digest: str = DOCUMENT.sha256) -> Snapshot:
    return Snapshot(sha256=digest, size=37, media_type="text/markdown", captured_at=NOW)


def save(store: Store, *drafts: Draft, run: str = "r1") -> None:
    save_analysis(store, analysis(*drafts), run=run)


def save_analysis(store: Store, saved: Analysis, *, run: str = "r1") -> None:
    with store.write() as connection:
        runs.save_analysis(
            connection,
            run_id=run,
            position=0,
            document_id=DOCUMENT.id,
            clauses=CLAUSES,
            analysis=saved,
            seconds=0.5,
        )


def saved_drafts(store: Store, **which: str) -> list[StoredDraft]:
    with store.read() as connection:
        return list(stream_drafts(connection, **which))


def saved_rejections(store: Store) -> list[str]:
    with store.read() as connection:
        return [body["reason"] for body in connection.execute(select(t.rejections.c.body)).scalars()]


def test_a_document_comes_back_with_its_clauses(run_with_document: Store) -> None:
    with run_with_document.read() as connection:
        stored = documents.load_document(connection, DOCUMENT.id)
    assert (stored.document, stored.clauses) == (DOCUMENT, CLAUSES)
    assert (stored.source, stored.snapshot) == (SOURCE, snapshot())


def test_an_unknown_document_is_refused(store: Store) -> None:
    with store.read() as connection, pytest.raises(StoreError, match="no document with id d-0"):
        documents.load_document(connection, "d-0")


def test_the_same_bytes_again_are_a_verification(store: Store) -> None:
    visits = [snapshot(digest) for digest in ("a" * 64, "a" * 64, "b" * 64, "a" * 64)]
    with store.write() as connection:
        source_id = documents.save_source(connection, SOURCE)
        verifications = [documents.save_capture(connection, source_id, visit) for visit in visits]
    assert verifications == [False, True, False, False]


def test_a_source_keeps_what_a_poorer_manifest_leaves_out(store: Store) -> None:
    with store.write() as connection:
        first = documents.save_source(connection, SOURCE)
        assert documents.save_source(connection, Source(location="terms.md", language="en")) == first
        runs.start_run(connection, "r1", "offline", {}, [Source(location="terms.md")])
        source = runs.load_run_document(connection, "r1", 0).source
    assert (source.entity, source.language, source.jurisdictions) == ("Northwind Kettles", "en", ("US",))


def test_a_run_accounts_for_its_documents(run_with_document: Store) -> None:
    save(run_with_document, draft())
    with run_with_document.read() as connection:
        (read,) = runs.list_run_documents(connection, "r1")
    assert read.state == "analyzed"
    assert read.drafts == 1
    assert read.ledger is not None
    assert (read.ledger.analyzed, read.ledger.nothing_found, read.ledger.characters_covered) == (1, 1, 1.0)
    assert read.usage == Usage(calls=1, input_tokens=10, output_tokens=5, cost_usd=None)
    assert saved_rejections(run_with_document) == ["unlocated_quote"]


def test_saving_an_analysis_twice_duplicates_nothing(run_with_document: Store) -> None:
    save(run_with_document, draft())
    save(run_with_document, draft())
    (stored,) = saved_drafts(run_with_document)
    assert stored.version == 1
    assert stored.draft == draft()
    assert len(saved_rejections(run_with_document)) == 1


def test_a_later_run_refreshes_an_undecided_draft(run_with_document: Store) -> None:
    save(run_with_document, draft())
    with run_with_document.write() as connection:
        runs.start_run(connection, "r2", "offline", {}, [SOURCE])
    save(run_with_document, draft(title="Fees are final"), run="r2")
    (stored,) = saved_drafts(run_with_document, run_id="r2")
    assert (stored.draft.title, stored.version) == ("Fees are final", 2)


def test_no_rerun_overwrites_a_decision(run_with_document: Store) -> None:
    save(run_with_document, draft())
    with run_with_document.write() as connection:
        connection.execute(update(t.drafts).values(status="approved"))
    save(run_with_document, draft(title="Fees are final"))
    (stored,) = saved_drafts(run_with_document, status="approved")
    assert (stored.draft.title, stored.draft.status) == ("No refunds", "approved")


def test_an_incomplete_ledger_is_refused_and_nothing_is_saved(run_with_document: Store) -> None:
    broken = analysis(draft()).model_copy(update={"entries": (LedgerEntry(clause="c1", state="analyzed"),)})
    with pytest.raises(ValueError, match="every clause"):
        save_analysis(run_with_document, broken)
    assert saved_drafts(run_with_document) == []


def test_the_first_answer_under_a_key_stays(store: Store) -> None:
    answers = StoredAnswers(store)
    assert answers.get("k") is None
    answers.put("k", "openai:x", {"text": "first"})
    answers.put("k", "openai:x", {"text": "second"})
    assert answers.get("k") == {"text": "first"}


def test_foreign_keys_and_write_ahead_log_are_on(store: Store) -> None:
    with store.read() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"


def test_times_without_a_zone_are_refused(store: Store) -> None:
    naive = snapshot().model_copy(update={"captured_at": datetime(2026, 3, 1)})  # noqa: DTZ001 -- the mistake under test
    with pytest.raises(Exception, match="aware UTC"), store.write() as connection:
        documents.save_capture(connection, documents.save_source(connection, SOURCE), naive)


def test_writers_in_many_threads_wait_for_each_other(store: Store) -> None:
    answers, barrier, errors = StoredAnswers(store), Barrier(8), []

    def put(n: int) -> None:
        barrier.wait()
        try:
            for k in range(10):
                answers.put(f"{n}-{k}", "m", {"n": n})
        except StoreError as error:
            errors.append(error)

    threads = [Thread(target=put, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert all(answers.get(f"{n}-9") for n in range(8))


def test_migrations_and_tables_say_the_same(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []


def test_schema_constant_is_the_newest_migration() -> None:
    from importlib.resources import files

    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(files("smallprint.store") / "migrations"))
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA]


def test_a_database_of_a_newer_version_is_refused_with_advice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/smallprint.db"
    opened = open_store(url)
    with opened.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    opened.close()
    with pytest.raises(StoreError, match="upgrade Smallprint"):
        open_store(url)
