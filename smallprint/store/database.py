"""The database behind the store: opened, prepared for many writers, migrated; its errors become one line."""

import json
import re
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from smallprint.errors import StoreError

SCHEMA = "0005"  # the newest migration; a test holds it to smallprint/store/migrations/versions
BUSY_TIMEOUT_MS = 10_000  # that a writer waits for another one
_CHOOSE_ANOTHER_HOME = "set SMALLPRINT_HOME to a folder of yours"


def open_engine(url: str) -> Engine:
    """Open an engine for a SQLAlchemy URL; its folder and tables are created or migrated.

    Raises:
        StoreError: it cannot be opened, is another program's, or was written by a newer Smallprint.

    """
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite" and address.database and address.database != ":memory:":
            Path(address.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(address, json_serializer=_json)
        if address.get_backend_name() == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
        version = _version(engine, address)
        if address.get_backend_name() == "sqlite":
            _write_ahead(engine)
        if version != SCHEMA:
            _migrate(engine)
    except OSError as error:
        raise StoreError(
            f"the database at {_printable(url)} cannot be opened ({error.strerror}); {_CHOOSE_ANOTHER_HOME}"
        ) from error
    except DatabaseError as error:
        if not is_database_failure(error):
            raise
        raise store_error(url, error) from error
    except (ArgumentError, ImportError) as error:
        raise StoreError(f"the database URL {_printable(url)} cannot be used: {error}") from error
    return engine


def is_database_failure(error: DatabaseError) -> bool:
    """Whether the database itself is locked, full, damaged or out of reach; else a statement of ours is wrong."""
    return type(error) in (OperationalError, DatabaseError)


def store_error(url: str | URL, error: DatabaseError) -> StoreError:
    """What is wrong with a database in trouble and what to do, in one line."""
    return StoreError(f"the database at {_printable(url)} {_cause_and_advice(error)}")


def _cause_and_advice(error: DatabaseError) -> str:
    message = " ".join(str(error.orig).split())
    if "locked" in message:
        return "is locked: another program is writing to it; try again when it has finished"
    if "not a database" in message:
        return f"cannot be opened: the file is no database; move it away, or {_CHOOSE_ANOTHER_HOME}"
    if "full" in message:
        return f"cannot be written: {message}; make room on the disk"
    if "malformed" in message:
        return f"is damaged ({message}); restore it from a backup, or move it away to begin anew"
    if "unable to open" in message or "readonly" in message:
        return f"cannot be opened for writing ({message}); {_CHOOSE_ANOTHER_HOME}"
    return f"cannot be opened or refused: {message}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _printable(url: str | URL) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "given"


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 -- a DBAPI connection
    connection.isolation_level = None  # BEGIN is ours to send, see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA foreign_keys=ON")
    # In WAL mode NORMAL survives a killed process; only a power cut can lose the last commits.
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another process wrote in between; one that
    # asks for the write lock at its start waits for it instead.
    writes = connection.get_execution_options().get("smallprint_writes", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _write_ahead(engine: Engine) -> None:
    """Let readers work beside a writer. Stored in the file, so set only once it is known to be ours."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


def _version(engine: Engine, url: URL) -> str | None:
    """The schema that a database of ours has, None for an empty one; another program's is left untouched."""
    with engine.connect() as plain:
        connection = plain.execution_options(smallprint_writes=False)
        tables = set(inspect(connection).get_table_names())
        versions: list[str] = []
        if "alembic_version" in tables:
            stored = connection.execute(text("SELECT version_num FROM alembic_version")).scalars()
            versions = [str(version) for version in stored]
    ours = all(re.fullmatch(r"\d{4}", version) for version in versions) and len(versions) < 2
    if (tables and not versions) or not ours:
        raise StoreError(
            f"the database at {_printable(url)} holds another program's tables; "
            "choose another database or SMALLPRINT_HOME"
        )
    if versions and versions[0] > SCHEMA:
        raise StoreError(
            f"the database at {_printable(url)} was written by a newer version "
            f"(schema {versions[0]}, this version knows {SCHEMA}); upgrade Smallprint or choose another SMALLPRINT_HOME"
        )
    return versions[0] if versions else None


def _migrate(engine: Engine) -> None:
    # Imported only where there is something to migrate, because the import takes a third of a second.
    from alembic import command
    from alembic.config import Config

    with as_file(files("smallprint.store") / "migrations") as scripts, engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
