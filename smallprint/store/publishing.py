"""What the archive is made of, read from the database: records with their wordings, documents, captures, ledgers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from smallprint import review
from smallprint.records import Clause, Document, Draft, LedgerEntry, Snapshot, Source
from smallprint.store import tables as t
from smallprint.store.documents import clauses_from_json, source_from_row

_WORDING_KINDS = ("approve", "amend", "carry", "undo")  # decisions after which a draft can stand approved


@dataclass(frozen=True)
class Wording:
    """One wording of a record, for as long as it was the approved one."""

    version: int  # 1, 2, ... in the order of approval
    draft: Draft
    approved_at: datetime


@dataclass(frozen=True)
class PublishedDraft:
    """A record with its wordings, or for a preview a draft that nobody has approved."""

    id: str  # SP-P-000123; of a draft "DRAFT-" and its id
    document_id: str  # Document.id
    wordings: tuple[Wording, ...]  # the last one is the newest
    withdrawn_at: datetime | None
    reviewer_role: str | None  # of the person who approved it; None: unreviewed


@dataclass(frozen=True)
class WholeReading:
    """The last complete reading of a document: who read it, when, and what became of every clause."""

    model: str
    finished_at: datetime
    entries: tuple[LedgerEntry, ...]


@dataclass(frozen=True)
class TrackedDocument:
    """A document with its source and what was observed of both."""

    id: str  # SP-D-00045; of one without records "DOC-" and its id
    document: Document
    clauses: tuple[Clause, ...]
    source: Source
    source_id: int
    snapshot: Snapshot
    first_tracked: datetime  # of the source: its first capture ever
    first_seen: datetime  # of these bytes
    last_verified: datetime  # of these bytes
    is_current: bool  # no newer text of the source is known
    reading: WholeReading | None
    categories: frozenset[str]  # of all drafts that were not rejected: only what is outside them can be called absent


def published_records(connection: Connection) -> list[PublishedDraft]:
    """All records ever approved, by number; a withdrawn one keeps its wordings and says when."""
    query = (
        select(t.records, t.drafts.c.document_id, t.users.c.role)
        .join(t.drafts, t.drafts.c.id == t.records.c.draft_id)
        .outerjoin(t.users, t.users.c.name == t.records.c.approved_by)
        .order_by(t.records.c.number)
    )
    return [
        PublishedDraft(
            id=review.record_id(row["number"]),
            document_id=row["document_id"],
            wordings=_wordings(connection, row["draft_id"], row["body"], row["approved_at"]),
            withdrawn_at=row["withdrawn_at"],
            reviewer_role=row["role"] or "reviewer",
        )
        for row in connection.execute(query).mappings().all()
    ]


def preview_drafts(connection: Connection) -> list[PublishedDraft]:
    """Drafts that wait for a decision, in the order of their documents."""
    query = (
        select(t.drafts)
        .where(t.drafts.c.status == "draft")
        .order_by(t.drafts.c.document_id, t.drafts.c.start, t.drafts.c.id)
    )
    return [
        PublishedDraft(
            id=f"DRAFT-{row['id']}",
            document_id=row["document_id"],
            wordings=(Wording(1, Draft.model_validate({**row["body"], "status": "draft"}), row["created_at"]),),
            withdrawn_at=None,
            reviewer_role=None,
        )
        for row in connection.execute(query).mappings()
    ]


def tracked_documents(connection: Connection) -> list[TrackedDocument]:
    """Every document whose bytes were captured, by source and time."""
    query = (
        select(t.documents, t.record_documents.c.number)
        .outerjoin(t.record_documents, t.record_documents.c.source_id == t.documents.c.source_id)
        .order_by(t.documents.c.source_id, t.documents.c.created_at, t.documents.c.id)
    )
    sources = {row["id"]: source_from_row(row) for row in connection.execute(select(t.sources)).mappings()}
    first_tracked = dict(
        connection.execute(
            select(t.captures.c.source_id, func.min(t.captures.c.captured_at)).group_by(t.captures.c.source_id)
        ).all()
    )
    newest: dict[int, str] = {}
    rows = connection.execute(query).mappings().all()
    for row in rows:
        newest[row["source_id"]] = row["id"]
    documents = []
    for row in rows:
        visits = _visits(connection, row["source_id"], row["sha256"])
        if not visits:
            continue
        number = row["number"]
        documents.append(
            TrackedDocument(
                id=review.document_record_id(number) if number is not None else f"DOC-{row['id']}",
                document=Document.model_validate({**row["body"], "text": row["text"]}),
                clauses=clauses_from_json(row["text"], row["clauses"]),
                source=sources[row["source_id"]],
                source_id=row["source_id"],
                snapshot=visits[0],
                first_tracked=first_tracked[row["source_id"]],
                first_seen=visits[0].captured_at,
                last_verified=visits[-1].captured_at,
                is_current=newest[row["source_id"]] == row["id"],
                reading=_reading(connection, row["id"]),
                categories=_categories(connection, row["id"]),
            )
        )
    return documents


def _wordings(
    connection: Connection, draft_id: str, body: dict[str, Any], approved_at: datetime
) -> tuple[Wording, ...]:
    """The approved bodies in order; one that only repeats the wording before it makes no version."""
    query = (
        select(t.decisions.c.after, t.decisions.c.at)
        .where(t.decisions.c.draft_id == draft_id, t.decisions.c.kind.in_(_WORDING_KINDS))
        .order_by(t.decisions.c.id)
    )
    bodies = [(after["body"], at) for after, at in connection.execute(query) if after and after["status"] == "approved"]
    wordings: list[Wording] = []
    for wording, at in bodies or [(body, approved_at)]:
        draft = Draft.model_validate({**wording, "status": "approved"})
        if not wordings or _substance(wordings[-1].draft) != _substance(draft):
            wordings.append(Wording(len(wordings) + 1, draft, at))
    return tuple(wordings)


def _substance(draft: Draft) -> dict[str, Any]:
    """What makes a wording: everything but where it came from."""
    return draft.model_dump(exclude={"id", "provenance", "flags", "status", "confidence"})


def _visits(connection: Connection, source_id: int, sha256: str) -> list[Snapshot]:
    query = (
        select(t.captures.c.body)
        .where(t.captures.c.source_id == source_id, t.captures.c.sha256 == sha256)
        .order_by(t.captures.c.captured_at, t.captures.c.id)
    )
    return [Snapshot.model_validate(body) for body in connection.execute(query).scalars()]


def _reading(connection: Connection, document_id: str) -> WholeReading | None:
    """The newest run that analyzed the document."""
    query = (
        select(t.run_documents.c.entries, t.runs.c.model, t.runs.c.finished_at, t.runs.c.started_at)
        .join(t.runs, t.runs.c.id == t.run_documents.c.run_id)
        .where(t.run_documents.c.document_id == document_id, t.run_documents.c.state == "analyzed")
        .order_by(t.runs.c.started_at.desc(), t.runs.c.id.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    if row is None:
        return None
    return WholeReading(
        model=row["model"],
        finished_at=row["finished_at"] or row["started_at"],
        entries=tuple(LedgerEntry.model_validate(entry) for entry in row["entries"] or ()),
    )


def _categories(connection: Connection, document_id: str) -> frozenset[str]:
    query = select(t.drafts.c.body).where(t.drafts.c.document_id == document_id, t.drafts.c.status != "rejected")
    return frozenset(
        category
        for body in connection.execute(query).scalars()
        for category in (body["category"], *body.get("secondary", ()))
    )


def audit_rows(connection: Connection, draft_id: str) -> Iterator[dict[str, Any]]:
    """The rows of the audit chain about one draft, in order, as a proof bundle carries them."""
    query = select(t.audit).where(t.audit.c.subject == draft_id).order_by(t.audit.c.id)
    for row in connection.execute(query).mappings():
        yield {**row, "at": row["at"].isoformat(timespec="microseconds")}
