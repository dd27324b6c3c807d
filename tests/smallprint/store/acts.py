"""Acts of the desk on a store that holds the four drafts, each in a transaction of its own."""

from smallprint.review import Decision
from smallprint.store import (
    Store,
    audit,
    decisions,
    drafts,
    queue,
)
from smallprint.store.queue import Filters
from smallprint.store.records import stream_records
from tests.drafts import NOW, REFUND, decide_and_write


def decision(kind, of=REFUND, seen_version=1, by="anna", **fields):
    """A decision on a draft, by default by Anna on its first version."""
    return Decision(kind=kind, draft=of.id, seen_version=seen_version, by=by, at=NOW, **fields)


def decide(store: Store, kind, of=REFUND, **fields):
    """Decide on a draft in a transaction; returns the act."""
    with store.write() as connection:
        return decide_and_write(connection, decision(kind, of, **fields))


def undo(store: Store, act: str, by="anna", **fields):
    """Undo an act in a transaction; returns the act that does."""
    with store.write() as connection:
        return decisions.undo(connection, act, by=by, at=NOW, **fields)


def status(store: Store, of=REFUND):
    """Status and version of a draft."""
    with store.read() as connection:
        standing = drafts.load_standing(connection, of.id)
    return standing.draft.status, standing.version


def verify_chain(store: Store) -> audit.ChainReport:
    """What a verification of the audit chain finds."""
    with store.read() as connection:
        return audit.verify_chain(connection)


def all_records(store: Store):
    """The records that stand, by number."""
    with store.read() as connection:
        return list(stream_records(connection))


def queued_drafts(store: Store, **filters):
    """Ids of the first page of the queue under these filters."""
    with store.read() as connection:
        return [queued.draft for queued in queue.list_page(connection, Filters(**filters), NOW)]
