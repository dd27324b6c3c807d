"""What was decided on a draft or in one act, read back from the append-only decisions and their audit rows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, select

from smallprint.records import Draft
from smallprint.review import Change, Kind
from smallprint.store import tables as t


@dataclass(frozen=True)
class StoredDecision:
    """One decision as it was written."""

    act: str
    kind: Kind
    draft_id: str | None  # None: about a clause
    document_id: str
    clause: str | None
    version: int | None  # of the draft, that the decision made
    by: str
    at: datetime
    reasons: tuple[str, ...]
    note: str
    title: str | None  # of the draft, as it was decided


@dataclass(frozen=True)
class HistoryEvent:
    """One decision on a draft with its row in the audit chain."""

    audit_id: int
    sha256: str
    kind: Kind
    version: int
    by: str
    at: datetime
    reasons: tuple[str, ...]
    note: str
    changes: tuple[Change, ...]


_DECISION = (
    t.decisions.c.act,
    t.decisions.c.kind,
    t.decisions.c.draft_id,
    t.decisions.c.document_id,
    t.decisions.c.clause,
    t.decisions.c.version,
    t.decisions.c.by,
    t.decisions.c.at,
    t.decisions.c.reasons,
    t.decisions.c.note,
    # The database takes the title out of the body, which is many times as long.
    t.decisions.c.after["body", "title"].as_string().label("title"),
)


def find_decision(connection: Connection, draft_id: str, version: int) -> StoredDecision | None:
    """The decision that made this version of a draft; None where a run made it."""
    query = select(*_DECISION).where(t.decisions.c.draft_id == draft_id, t.decisions.c.version == version)
    row = connection.execute(query).mappings().first()
    return None if row is None else _decision(row)


def find_draft_at(connection: Connection, draft_id: str, version: int) -> Draft | None:
    """A draft as the decision that made this version left it; None where a run made it."""
    query = select(t.decisions.c.after).where(t.decisions.c.draft_id == draft_id, t.decisions.c.version == version)
    after = connection.execute(query).scalar()
    return Draft.model_validate(after["body"]) if after else None


def list_act(connection: Connection, act: str) -> list[StoredDecision]:
    """The decisions of one act, in the order in which they were written; none for an unknown act."""
    query = select(*_DECISION).where(t.decisions.c.act == act).order_by(t.decisions.c.id)
    return [_decision(row) for row in connection.execute(query).mappings()]


def is_undone(connection: Connection, act: str) -> bool:
    """Whether a later act has undone this one."""
    query = select(t.decisions.c.id).where(t.decisions.c.undoes == act).limit(1)
    return connection.execute(query).scalar() is not None


def has_decided(connection: Connection, draft_id: str, user: str) -> bool:
    """Whether this person has ever decided on this draft."""
    query = select(t.decisions.c.id).where(t.decisions.c.draft_id == draft_id, t.decisions.c.by == user).limit(1)
    return connection.execute(query).scalar() is not None


def list_history(connection: Connection, draft_id: str) -> list[HistoryEvent]:
    """Every decision on a draft, the newest first, with what it changed field by field."""
    query = (
        select(t.audit, t.decisions.c.reasons, t.decisions.c.note)
        .join(t.decisions, t.decisions.c.audit_id == t.audit.c.id)
        .where(t.decisions.c.draft_id == draft_id)
        .order_by(t.audit.c.id.desc())
    )
    return [
        HistoryEvent(
            audit_id=row["id"],
            sha256=row["sha256"],
            kind=row["what"],
            version=row["version"],
            by=row["actor"],
            at=row["at"],
            reasons=tuple(row["reasons"]),
            note=row["note"],
            changes=tuple(Change.model_validate(change) for change in row["changes"]),
        )
        for row in connection.execute(query).mappings()
    ]


def _decision(row: RowMapping) -> StoredDecision:
    return StoredDecision(**{**row, "reasons": tuple(row["reasons"])})
