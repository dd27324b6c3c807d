"""The database file: shared by processes, brought up to date, and refused in one line when it cannot be used."""

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from smallprint.errors import StoreError
from smallprint.records import Source
from smallprint.store import database, open_store, runs
from smallprint.store import tables as t
from smallprint.store.answers import StoredAnswers
from smallprint.store.database import SCHEMA
from tests.databases import KINDS, Databases

ROOT = Path(__file__).resolve().parents[3]


def scripts() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("smallprint.store") / "migrations"))
    return config


REVISIONS = [script.revision for script in ScriptDirectory.from_config(scripts()).walk_revisions()]
OLDER = [revision for revision in REVISIONS if revision != SCHEMA]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("revision", OLDER)
def test_a_database_of_an_older_version_is_migrated_with_what_it_holds(
    databases: Databases, kind: str, revision: str
) -> None:
    with databases.copy(kind, None) as url:
        write_with_version(revision, url)
        store = open_store(url)
        with store.read() as connection:
            assert [(run.id, run.state) for run in runs.list_runs(connection)] == [("r1", "finished")]
            (document,) = runs.list_run_documents(connection, "r1")
            assert (document.state, document.source) == (
                "waiting",
                Source(location="terms.md", jurisdictions=("US",)),
            )
            assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() == SCHEMA
            if kind == "sqlite":
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        store.close()


def write_with_version(revision: str, url: str) -> None:
    config, engine = scripts(), create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.exec_driver_sql("INSERT INTO sources (location, jurisdictions) VALUES ('terms.md', '[\"US\"]')")
        connection.exec_driver_sql(
            "INSERT INTO runs (id, model, state, started_at, options) "
            "VALUES ('r1', 'offline', 'finished', '2026-03-01 09:30:00', '{}')"
        )
        connection.exec_driver_sql(
            "INSERT INTO run_documents (run_id, position, source_id, state) VALUES ('r1', 0, 1, 'waiting')"
        )
    engine.dispose()


WRITER = """
import sys
from smallprint.records import Source
from smallprint.store import open_store, runs
from smallprint.store.answers import StoredAnswers
store = open_store(sys.argv[1])
name = sys.argv[2]
for n in range(30):
    StoredAnswers(store).put(f"{name}-{n}", "m", {"n": n})
    sources = [Source(location=f"shared-{n}.md"), Source(location=f"{name}.md")]
    with store.write() as connection:
        runs.start_run(connection, f"{name}-{n}", "offline", {}, sources)
store.close()
"""


def test_processes_share_a_database_from_its_first_migration_on(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/home/smallprint.db"
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, name], cwd=ROOT, stderr=subprocess.PIPE)  # noqa: S603 -- ours
        for name in ("one", "two", "three")
    ]
    assert [writer.communicate()[1].decode() for writer in writers] == ["", "", ""]
    store = open_store(url)
    with store.read() as connection:
        run_ids = [run.id for run in runs.list_runs(connection)]
        documents = [document for run_id in run_ids for document in runs.list_run_documents(connection, run_id)]
    assert len(run_ids) == 90
    assert len({document.source_id for document in documents}) == 33
    assert all(StoredAnswers(store).get(f"{name}-29") == {"n": 29} for name in ("one", "two", "three"))
    store.close()


def text_file(path: Path) -> None:
    path.write_text("this is not a database, only a text with enough words in it")


def another_programs(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE recipes (name TEXT)")


def another_programs_migrations(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('ae1027a6acf')")


def from_the_future(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")


def torn(path: Path) -> None:
    open_store(f"sqlite:///{path}").close()
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))


UNUSABLE = [
    ("a text file", text_file, "the file is no database; move it away, or set SMALLPRINT_HOME"),
    ("another program's tables", another_programs, "holds another program's tables; choose another database"),
    ("another program's migrations", another_programs_migrations, "holds another program's tables"),
    ("a newer version's", from_the_future, "written by a newer version .*upgrade Smallprint"),
    ("torn", torn, "is damaged .*restore it from a backup"),
    ("a folder", Path.mkdir, "cannot be opened"),
]


@pytest.mark.parametrize(("spoil", "line"), [row[1:] for row in UNUSABLE], ids=[row[0] for row in UNUSABLE])
def test_an_unusable_database_is_one_line_and_stays_as_it_is(
    tmp_path: Path, spoil: Callable[[Path], None], line: str
) -> None:
    path = tmp_path / "smallprint.db"
    spoil(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError, match=line) as refused:
        open_store(f"sqlite:///{path}")
    assert "\n" not in str(refused.value)
    assert before is None or path.read_bytes() == before


def test_a_database_that_another_program_holds_says_to_try_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    store = open_store(f"sqlite:///{tmp_path}/smallprint.db")
    holder = sqlite3.connect(tmp_path / "smallprint.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="is locked: another program is writing to it; try again"):
        StoredAnswers(store).put("k", "m", {})
    assert StoredAnswers(store).get("k") is None
    holder.execute("ROLLBACK")
    holder.close()
    StoredAnswers(store).put("k", "m", {})
    store.close()


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("postgres", "cannot be used"),
        ("nosuch://host/db", "cannot be used"),
        ("sqlite:////proc/nowhere/smallprint.db", "cannot be opened"),
    ],
    ids=["no URL", "an unknown kind of database", "a folder that cannot be made"],
)
def test_an_address_that_cannot_be_used_is_one_line(url: str, line: str) -> None:
    with pytest.raises(StoreError, match=line) as refused:
        open_store(url)
    assert "\n" not in str(refused.value)


def test_a_password_in_the_address_is_never_shown() -> None:
    with pytest.raises(StoreError) as refused:
        open_store("nosuch://user:hunter2@host/db")
    assert "hunter2" not in str(refused.value)


def test_migrations_and_tables_say_the_same_on_both_databases(url: str):
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    store = open_store(url)
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), t.metadata) == []
    store.close()
