"""Databases for tests, SQLite and PostgreSQL: each state is prepared once, then copied."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from smallprint.store import Store, open_store
from tests import postgres

KINDS = ("sqlite", "postgresql")
Prepare = Callable[[Store], object]


def empty(_store: Store) -> None:
    """A database with its tables and nothing in them."""


class Databases:
    """Databases of either kind; ``copy`` gives one for a test and deletes it afterwards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ending = ExitStack()
        self._numbers = count()
        self._prepared: set[tuple[str, str]] = set()
        self._url = ""
        self._admin: Engine | None = None

    def close(self) -> None:
        """Stop the server, where one was started."""
        self._ending.close()

    @contextmanager
    def copy(self, kind: str, prepare: Prepare | None = empty) -> Iterator[str]:
        """The URL of a new copy of the database that ``prepare`` fills; None: one without tables.

        Skips the test where the server cannot be started.
        """
        template, name = prepare.__name__ if prepare else "template0", f"copy_{next(self._numbers)}"
        if kind == "postgresql" and self._admin is None:
            self._start()
        if prepare and (kind, template) not in self._prepared:
            self._prepare(kind, template, prepare)
        if kind == "postgresql":
            self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        elif prepare:
            shutil.copyfile(self.folder / f"{template}.db", self.folder / f"{name}.db")
        yield self._url_of(kind, name)
        if kind == "sqlite":
            for path in self.folder.glob(f"{name}.db*"):
                path.unlink()
        else:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _start(self) -> None:
        if reason := postgres.missing():
            pytest.skip(reason)
        self._url = self._ending.enter_context(postgres.server())
        self._admin = create_engine(self._url.format(name="postgres"), isolation_level="AUTOCOMMIT")
        self._ending.callback(self._admin.dispose)

    def _prepare(self, kind: str, template: str, prepare: Prepare) -> None:
        if kind == "postgresql":
            self._execute(f"CREATE DATABASE {template}")
        store = open_store(self._url_of(kind, template))
        prepare(store)
        if kind == "sqlite":
            with store.engine.connect() as connection:  # move everything into the one file that is copied
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql("BEGIN")
        store.close()
        self._prepared.add((kind, template))

    def _url_of(self, kind: str, name: str) -> str:
        return f"sqlite:///{self.folder}/{name}.db" if kind == "sqlite" else self._url.format(name=name)

    def _execute(self, statement: str) -> None:
        assert self._admin is not None
        with self._admin.connect() as connection:
            connection.execute(text(statement))


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Databases of either kind for the whole session."""
    opened = Databases(tmp_path_factory.mktemp("databases"))
    yield opened
    opened.close()


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, databases: Databases) -> Iterator[str]:
    """An empty database of either kind."""
    with databases.copy(request.param) as copy:
        yield copy
