"""What a task works with: store, snapshots and analyst, opened from settings once for all tasks of an event loop."""

import asyncio
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from classifiers.analysts import choose_analyst
from classifiers.work import Analyst
from extractors.capture.snapshots import SnapshotFolder
from flows.options import RunOptions
from flows.progress import Event, announce
from smallprint.settings import Settings
from smallprint.store import Store, open_store

# Parsing keeps a processor busy: eight files at once only made the first result come later (docs/decisions/0012).
MAX_FILES_PARSED_AT_ONCE = 2


@dataclass(frozen=True)
class Resources:
    """Opened from one set of settings; one analyst means one HTTP client and one limiter for all documents."""

    settings: Settings
    store: Store
    snapshots: SnapshotFolder
    analyst: Analyst
    parsing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_FILES_PARSED_AT_ONCE))


_OPEN: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[tuple[Settings, bool], Resources]] = WeakKeyDictionary()


def resources_for(options: RunOptions) -> Resources:
    """The running loop's resources for a run's settings, opened on first use.

    Raises:
        UserError: the analyst is not known or not configured.
        StoreError: the database cannot be opened.

    """
    open_here = _OPEN.setdefault(asyncio.get_running_loop(), {})
    settings = options.settings()
    key = (settings, options.by_batch)
    if key not in open_here:
        announce_batch = _announce_batch if options.by_batch else None
        open_here[key] = Resources(
            settings=settings,
            analyst=choose_analyst(settings.model, settings, announce_batch=announce_batch),
            store=open_store(settings.sqlalchemy_url),
            snapshots=SnapshotFolder(settings.snapshots),
        )
    return open_here[key]


async def close_resources() -> None:
    """Close all that the running loop has opened; what is asked for afterwards is opened again."""
    for resources in _OPEN.pop(asyncio.get_running_loop(), {}).values():
        await resources.analyst.close()
        resources.store.close()


def _announce_batch(sentence: str) -> None:
    announce(Event("batch", message=sentence))
