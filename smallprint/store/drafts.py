"""Drafts in the database: saved without touching what a person decided, read for exports."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from smallprint.records import Draft, Rejection, Source
from smallprint.review import RefusedError, Standing
from smallprint.store import tables as t
from smallprint.store.documents import source_from_row
from smallprint.store.queue_rows import write_queue_row


@dataclass(frozen=True)
class StoredDraft:
    """A draft with what an export says about its document."""

    draft: Draft
    version: int
    document_id: str
    source: Source
    title: str | None


def stream_drafts(connection: Connection, *, run_id: str | None = None, status: str = "all") -> Iterator[StoredDraft]:
    """Drafts in document order, row by row, of one run or all; ``status``: all, draft, approved, rejected."""
    query = (
        select(t.drafts, t.sources, t.documents.c.title.label("document_title"))
        .join(t.documents, t.documents.c.id == t.drafts.c.document_id)
        .join(t.sources, t.sources.c.id == t.documents.c.source_id)
        .order_by(t.sources.c.id, t.drafts.c.document_id, t.drafts.c.start, t.drafts.c.id)
    )
    if run_id is not None:
        query = query.join(t.run_drafts, t.run_drafts.c.draft_id == t.drafts.c.id).where(
            t.run_drafts.c.run_id == run_id
        )
    if status != "all":
        query = query.where(t.drafts.c.status == status)
    for row in connection.execute(query, execution_options={"yield_per": 500}).mappings():
        yield StoredDraft(
            draft=Draft.model_validate({**row["body"], "status": row["status"]}),
            version=row["version"],
            document_id=row["document_id"],
            source=source_from_row(row),
            title=row["document_title"],
        )


def find_standing(connection: Connection, draft_id: str) -> Standing | None:
    """How a draft stands now, or None for an unknown id."""
    query = (
        select(
            t.drafts,
            t.amendments.c.body.label("amended"),
            t.queue.c.second_by,
            t.queue.c.decided_by,
            t.queue.c.decided_at,
            t.records.c.number,
            t.records.c.withdrawn_at,
        )
        .outerjoin(t.amendments, t.amendments.c.draft_id == t.drafts.c.id)
        .outerjoin(t.queue, t.queue.c.draft_id == t.drafts.c.id)
        .outerjoin(t.records, t.records.c.draft_id == t.drafts.c.id)
        .where(t.drafts.c.id == draft_id)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    return Standing(
        draft=Draft.model_validate({**(row["amended"] or row["body"]), "status": row["status"]}),
        proposal=Draft.model_validate(row["body"]),
        version=row["version"],
        second_by=row["second_by"],
        record=row["number"] if row["withdrawn_at"] is None else None,
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
    )


def load_standing(connection: Connection, draft_id: str) -> Standing:
    """How a draft stands now; raises RefusedError for an unknown id."""
    standing = find_standing(connection, draft_id)
    if standing is None:
        raise RefusedError({"draft": "There is no such draft."})
    return standing


def save_drafts(connection: Connection, run_id: str, document_id: str, drafts: Iterable[Draft]) -> None:
    """Insert new drafts and refresh undecided ones; a decided draft stays as the person saw it."""
    connection.execute(
        delete(t.run_drafts).where(
            t.run_drafts.c.run_id == run_id,
            t.run_drafts.c.draft_id.in_(select(t.drafts.c.id).where(t.drafts.c.document_id == document_id)),
        )
    )
    for draft in drafts:
        body = draft.model_dump(mode="json", exclude={"status"})
        known = connection.execute(select(t.drafts).where(t.drafts.c.id == draft.id)).mappings().first()
        columns = {
            "category": draft.category,
            "severity": draft.severity,
            "confidence": draft.confidence,
            "start": draft.evidence[0].start,
            "body": body,
        }
        if known is None:
            connection.execute(
                insert(t.drafts).values(
                    id=draft.id,
                    document_id=document_id,
                    status="draft",
                    version=1,
                    created_at=draft.provenance.created_at,
                    **columns,
                )
            )
        elif known["status"] == "draft" and _substance(known["body"]) != _substance(body):
            connection.execute(
                update(t.drafts)
                .where(t.drafts.c.id == draft.id, t.drafts.c.version == known["version"])
                .values(version=known["version"] + 1, **columns)
            )
        connection.execute(insert(t.run_drafts).values(run_id=run_id, draft_id=draft.id))
        write_queue_row(connection, draft.id)


def _substance(body: dict[str, Any]) -> dict[str, Any]:
    """A draft's body without what differs from run to run although the proposal is the same."""
    provenance = {name: value for name, value in body["provenance"].items() if name not in ("run", "created_at")}
    return {**body, "provenance": provenance}


def save_rejections(connection: Connection, run_id: str, document_id: str, rejections: Sequence[Rejection]) -> None:
    """Replace what a run rejected of a document."""
    connection.execute(
        delete(t.rejections).where(t.rejections.c.run_id == run_id, t.rejections.c.document_id == document_id)
    )
    if rejections:
        connection.execute(
            insert(t.rejections),
            [
                {
                    "run_id": run_id,
                    "document_id": document_id,
                    "position": position,
                    "body": rejection.model_dump(mode="json"),
                }
                for position, rejection in enumerate(rejections)
            ],
        )


class EvidenceSpan(NamedTuple):
    """Where a draft has evidence in its document's text."""

    start: int
    end: int
    draft: str


def list_evidence_spans(connection: Connection, document_id: str, *, except_draft: str) -> list[EvidenceSpan]:
    """Where the drafts of a document that are not rejected have their evidence, but for one draft."""
    # The database takes the evidence out of the bodies, which are many times as long.
    query = (
        select(
            t.drafts.c.id,
            t.drafts.c.body["evidence"].label("proposed"),
            t.amendments.c.body["evidence"].label("amended"),
        )
        .outerjoin(t.amendments, t.amendments.c.draft_id == t.drafts.c.id)
        .where(t.drafts.c.document_id == document_id, t.drafts.c.status != "rejected", t.drafts.c.id != except_draft)
    )
    return [
        EvidenceSpan(proof["start"], proof["end"], row.id)
        for row in connection.execute(query)
        for proof in row.amended or row.proposed
    ]
