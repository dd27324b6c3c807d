"""The run flow: each document is captured and analyzed as soon as it can be; what is finished stays finished."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import PurePath
from secrets import token_hex
from typing import TYPE_CHECKING, Literal

from sqlalchemy.exc import SQLAlchemyError

from extractors.capture.file import is_url
from flows.engine import start_prefect
from flows.session import Session, join, leave, session_of
from smallprint.errors import ModelStopError, SmallprintError, StoreError
from smallprint.records import Source
from smallprint.store import runs
from smallprint.store.runs import RunDocument

if TYPE_CHECKING:
    from smallprint.settings import Settings

Outcome = Literal["finished", "interrupted", "stopped"]


def new_run_id() -> str:
    """A sortable id: UTC time and four random hex digits, e.g. 20260131-142501-9f3c."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{token_hex(2)}"


def label(source: Source) -> str:
    """The short name of a source in lists and task names, free of control characters."""
    entity, title = source.entity or "", source.title or ""
    name = title if title.casefold().startswith(entity.casefold()) else f"{entity} {title}"
    if not name.strip():
        name = PurePath(source.location.rstrip("/")).name or source.location
    name = _shown(name.strip())
    return name if len(name) <= 80 else f"{name[:39]}…{name[-40:]}"


def labels(sources: Sequence[Source]) -> list[str]:
    """One name each: documents that share a short name are told apart by date, folder or site, or whole location."""
    names = [label(source) for source in sources]
    for more in (_dated, _placed, _located):
        taken = Counter(names)
        names = [more(source, name) if taken[name] > 1 else name for source, name in zip(sources, names, strict=True)]
    return names


def _dated(source: Source, name: str) -> str:
    return f"{name} ({_shown(source.published)})" if source.published else name


def _placed(source: Source, name: str) -> str:
    where = source.location.rstrip("/").split("/")
    return f"{name} ({_shown(where[-2])})" if len(where) > 1 and where[-2] else name


def _located(source: Source, name: str) -> str:
    return f"{name} ({_shown(source.location)})"


def _shown(text: str) -> str:
    return "".join(character for character in text if character.isprintable())


def unfinished(places: Sequence[RunDocument]) -> list[RunDocument]:
    """The documents of a run that a resumed run works on: not analyzed, or with clauses failed or over budget."""
    return [
        place
        for place in places
        if place.state != "analyzed" or (place.ledger and place.ledger.failed + place.ledger.over_budget)
    ]


def failed(places: Sequence[RunDocument]) -> list[RunDocument]:
    """The documents of a run that could not be read, or of which some clauses could not be analyzed."""
    return [place for place in places if place.state == "failed" or (place.ledger and place.ledger.failed)]


async def execute(session: Session) -> Outcome:
    """Work on a run that the store knows (``runs.start_run``) until its documents are done.

    Returns ``interrupted`` when cancelled, with everything finished kept.

    Raises:
        ModelStopError: the model's server refuses us for good; the run is marked as stopped.
        StoreError: Prefect's server does not start or is gone, the disk is full.

    """
    store, run_id = session.store, session.run_id
    with store.write() as connection:
        places = (failed if session.failed_only else unfinished)(runs.list_run_documents(connection, run_id))
        runs.set_run_state(connection, run_id, "running")
    join(session)
    try:
        at_once = 1 if session.analyst.traits.processor_bound else session.settings.concurrency
        await _under_prefect(session.settings, run_id, places, at_once)
    except asyncio.CancelledError:
        _set_state(session, "interrupted")
        return "interrupted"
    except SmallprintError:
        _set_state(session, "stopped")
        raise
    finally:
        leave(run_id)
        await session.analyst.close()
    _set_state(session, "finished")
    return "finished"


def _set_state(session: Session, state: Outcome) -> None:
    with session.store.write() as connection:
        runs.set_run_state(connection, session.run_id, state)


async def _under_prefect(settings: "Settings", run_id: str, places: list[RunDocument], at_once: int) -> None:
    if not places:
        return
    await start_prefect(settings.home)
    from prefect import flow

    @flow(name="run", flow_run_name=f"run {run_id}", validate_parameters=False)
    async def run() -> None:
        gate = asyncio.Semaphore(max(2, at_once))
        # Parsing keeps a processor busy, so more files at once would only finish later; pages are waited for.
        parsing = asyncio.Semaphore(2)

        async def one(place: RunDocument) -> None:
            async with gate:
                await _read(run_id, place, nullcontext() if is_url(place.source.location) else parsing)

        async with asyncio.TaskGroup() as group:
            for place in places:
                group.create_task(one(place))

    try:
        await run()
    except BaseExceptionGroup as failures:
        raise _told(_first(failures)) from failures


async def _read(run_id: str, place: RunDocument, parsing: AbstractAsyncContextManager[None]) -> None:
    """Capture and analyze one document; a mistake of ours that it meets must not cost the others theirs."""
    from httpx import TransportError

    from flows.analyze import analyze_document
    from flows.capture import capture_document, record_bug

    name = label(place.source)
    document_id = place.document_id
    try:
        if document_id is None:
            async with parsing:
                document_id = await capture_document(run_id, place.position, name)
        if document_id is not None:
            await analyze_document(run_id, place.position, document_id, name)
    except (SmallprintError, SQLAlchemyError, OSError, TransportError):
        raise
    except Exception as error:  # noqa: BLE001 -- recorded with its traceback
        record_bug(session_of(run_id), place.position, error)


def _told(error: BaseException) -> BaseException:
    """What the user is told when the machine lets a run down: one line that says how to go on."""
    from httpx import TransportError

    if isinstance(error, TransportError):
        return StoreError("Prefect's server is gone; what finished is kept, 'smallprint run --resume' goes on")
    if isinstance(error, OSError):
        return StoreError(f"{error}; what finished is kept, once that is mended 'smallprint run --resume' goes on")
    return error


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """The failure that the user should see; the others are cancellations that it caused."""
    stop, _ = failures.split(ModelStopError)
    group = stop or failures
    leaf: BaseException = group
    while isinstance(leaf, BaseExceptionGroup):
        leaf = leaf.exceptions[0]
    return leaf
