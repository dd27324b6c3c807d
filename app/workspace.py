"""Opening the workspace: looking never creates one, working makes sure first that it can be written."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from smallprint.errors import StoreError
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


@contextmanager
def workspace(settings: Settings) -> Iterator[Store]:
    """The store of a workspace that can be written, made where it is missing.

    Raises:
        StoreError: the folder or its database cannot be used; says what to do.

    """
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.home):
            pass
    except OSError as error:
        raise StoreError(
            f"the workspace {settings.home} cannot be written ({error.strerror}); "
            "set SMALLPRINT_HOME to a folder of yours"
        ) from error
    store = open_store(settings.sqlalchemy_url)
    try:
        yield store
    finally:
        store.close()
