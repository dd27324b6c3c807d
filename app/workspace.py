"""Opening the workspace: looking never creates one, working makes sure first that it can be written."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smallprint.errors import StoreError
from smallprint.settings import Settings
from smallprint.store import Store, open_store

PRIVATE = 0o077  # umask: nothing for the group and for others
SHARED = "SMALLPRINT_SHARED_WORKSPACE"  # set it to 1 where a group works in one folder


def _make_private(home: Path) -> None:
    """Close a workspace of ours to others: it holds answers that were paid for, drafts, and the desk's sessions."""
    if os.name != "posix" or os.environ.get(SHARED) == "1":
        return
    mode = home.stat()
    if mode.st_uid == os.getuid() and mode.st_mode & PRIVATE:
        home.chmod(0o700)


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
        os.umask(PRIVATE)  # for the whole process: what a workspace gets is its owner's alone
        settings.home.mkdir(parents=True, exist_ok=True)
        _make_private(settings.home)
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
