"""The queue's row of a draft, written anew with every change: what the queue sorts, filters, counts and searches by."""

from typing import Any

from sqlalchemy import Connection, insert, select, update

from smallprint.records import Draft
from smallprint.review import need
from smallprint.store import tables as t


def write_queue_row(connection: Connection, draft_id: str) -> None:
    """Write the queue's row of a draft from the draft and what people did with it."""
    newer = t.documents.alias("newer")
    has_newer_text = (
        select(newer.c.id)
        .where(newer.c.source_id == t.documents.c.source_id, newer.c.created_at > t.documents.c.created_at)
        .exists()
    )
    query = (
        select(
            t.drafts,
            t.documents.c.source_id,
            has_newer_text.label("changed"),
            t.amendments.c.body.label("amended"),
            t.queue.c.second_by,
            t.queue.c.draft_id.label("queued"),
        )
        .join(t.documents, t.documents.c.id == t.drafts.c.document_id)
        .outerjoin(t.amendments, t.amendments.c.draft_id == t.drafts.c.id)
        .outerjoin(t.queue, t.queue.c.draft_id == t.drafts.c.id)
        .where(t.drafts.c.id == draft_id)
    )
    row = connection.execute(query).mappings().one()
    draft = Draft.model_validate({**(row["amended"] or row["body"]), "status": row["status"]})
    columns = _columns(draft, second=row["second_by"] is not None, changed=bool(row["changed"]))
    columns |= {"document_id": row["document_id"], "source_id": row["source_id"], "version": row["version"]}
    words = _searched_words(draft)
    if row["queued"]:
        connection.execute(update(t.queue).where(t.queue.c.draft_id == draft_id).values(**columns))
        connection.execute(update(t.queue_words).where(t.queue_words.c.draft_id == draft_id).values(words=words))
    else:
        connection.execute(insert(t.queue).values(draft_id=draft_id, **columns))
        connection.execute(insert(t.queue_words).values(draft_id=draft_id, words=words))


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


def _columns(draft: Draft, *, second: bool, changed: bool) -> dict[str, Any]:
    flags = (*draft.flags, *(("document_changed",) if changed else ()), *(("second_opinion",) if second else ()))
    return {
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
    }


def _searched_words(draft: Draft) -> str:
    texts = (draft.title, draft.what_it_is, draft.consumer_impact, *(proof.text for proof in draft.evidence))
    return "\n".join(texts).lower()
