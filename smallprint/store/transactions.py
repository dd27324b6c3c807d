"""The store: one database and its transactions; what is read and written in them are functions over a connection."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import Lock

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DatabaseError

from smallprint.store.database import is_database_failure, open_engine, store_error


class Store:
    """A workspace's database; build with ``open_store``."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # SQLite's writers poll for the one lock and may wait long, so threads of one process queue here instead.
        self._write_lock = Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that holds the write lock from its start, so that no other writer makes it fail half-way."""
        with self._write_lock, self._transaction(writes=True) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads, beside any writer."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        try:
            with self.engine.connect() as plain:
                connection = plain.execution_options(smallprint_writes=writes)
                with connection.begin():
                    yield connection
        except DatabaseError as error:
            if not is_database_failure(error):
                raise
            raise store_error(self.engine.url, error) from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open the database at a SQLAlchemy URL, create its folder and bring its tables up to date.

    Raises:
        StoreError: it cannot be opened, is another program's, or was written by a newer Smallprint.

    """
    return Store(open_engine(url))
