"""Opening the workspace for commands that only look: they never create one."""

from collections.abc import Iterator
from contextlib import contextmanager

from smallprint.settings import Settings
from smallprint.store import Store, open_store


@contextmanager
def existing_store(settings: Settings) -> Iterator[Store | None]:
    """The store, or None where nothing was ever run."""
    if settings.database_url is None and not (settings.home / "smallprint.db").exists():
        yield None
        return
    store = open_store(settings.sqlalchemy_url)
    try:
        yield store
    finally:
        store.close()
