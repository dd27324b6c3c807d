"""The queue's row of a draft, rewritten with every change: what the queue sorts, filters, counts and searches by."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from smallprint.records import Draft
from smallprint.review import Verdict, need
from smallprint.store import tables as t


def write_queue_row(connection: Connection, draft_id: str) -> None:
    """Write the queue's row of a draft from the draft and what people did with it, as they are stored."""
    query = (
        select(t.drafts, t.amendments.c.body.label("amended"), t.queue.c.second_by)
        .outerjoin(t.amendments, t.amendments.c.draft_id == t.drafts.c.id)
        .outerjoin(t.queue, t.queue.c.draft_id == t.drafts.c.id)
        .where(t.drafts.c.id == draft_id)
    )
    row = connection.execute(query).mappings().one()
    draft = Draft.model_validate({**(row["amended"] or row["body"]), "status": row["status"]})
    _write(connection, draft, _columns(connection, draft, version=row["version"], second_by=row["second_by"]))


def write_decided_queue_row(connection: Connection, verdict: Verdict, *, by: str, at: datetime) -> None:
    """Write the queue's row of a draft from the verdict that has just been written; the lease on it ends."""
    columns = _columns(connection, verdict.draft, version=verdict.version, second_by=verdict.second_by)
    decision = {"decided_by": by, "decided_at": at, "lease_by": None, "lease_until": None}
    _write(connection, verdict.draft, columns | decision)


def _write(connection: Connection, draft: Draft, columns: dict[str, Any]) -> None:
    words = _searched_words(draft)
    updated = connection.execute(update(t.queue).where(t.queue.c.draft_id == draft.id).values(**columns))
    if updated.rowcount:
        connection.execute(update(t.queue_words).where(t.queue_words.c.draft_id == draft.id).values(words=words))
    else:
        connection.execute(insert(t.queue).values(draft_id=draft.id, **columns))
        connection.execute(insert(t.queue_words).values(draft_id=draft.id, words=words))


def write_missing_queue_rows(connection: Connection) -> int:
    """Write the rows of drafts that have none, as after an upgrade; returns how many."""
    query = (
        select(t.drafts.c.id)
        .outerjoin(t.queue, t.queue.c.draft_id == t.drafts.c.id)
        .where(t.queue.c.draft_id.is_(None))
    )
    missing = connection.execute(query).scalars().all()
    for draft_id in missing:
        write_queue_row(connection, draft_id)
    return len(missing)


def _columns(connection: Connection, draft: Draft, *, version: int, second_by: str | None) -> dict[str, Any]:
    document_id = draft.provenance.document
    source_id, changed = _source_of(connection, document_id)
    second = second_by is not None
    flags = (*draft.flags, *(("document_changed",) if changed else ()), *(("second_opinion",) if second else ()))
    return {
        "document_id": document_id,
        "source_id": source_id,
        "version": version,
        "title": draft.title,
        "category": draft.category,
        "severity": draft.severity,
        "status": draft.status,
        "rank": -need(draft, second=second, changed=changed),
        "confidence": draft.confidence,
        "start": draft.evidence[0].start,
        "model": draft.provenance.model,
        "prompt": draft.provenance.prompt,
        "flags": "".join(f"|{flag}" for flag in sorted(set(flags))) + "|",
        "second_by": second_by,
    }


def _source_of(connection: Connection, document_id: str) -> tuple[int, bool]:
    """The source of a document, and whether it has a newer text than this."""
    newer = t.documents.alias("newer")
    has_newer_text = (
        select(newer.c.id)
        .where(newer.c.source_id == t.documents.c.source_id, newer.c.created_at > t.documents.c.created_at)
        .exists()
    )
    row = connection.execute(
        select(t.documents.c.source_id, has_newer_text.label("changed")).where(t.documents.c.id == document_id)
    ).one()
    return row.source_id, bool(row.changed)


def _searched_words(draft: Draft) -> str:
    texts = (draft.title, draft.what_it_is, draft.consumer_impact, *(proof.text for proof in draft.evidence))
    return "\n".join(texts).lower()
