"""What somebody has typed into a draft's form and not yet decided, and the version of the draft that they saw."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from smallprint.store import tables as t


@dataclass(frozen=True)
class UnfinishedEdit:
    """What was typed, as the form's fields."""

    seen_version: int
    fields: dict[str, list[str]]  # form field -> values
    at: datetime


def find_unfinished_edit(connection: Connection, draft_id: str, by: str) -> UnfinishedEdit | None:
    """What this person has typed on this draft and not decided, or None."""
    query = select(t.half_edits).where(t.half_edits.c.draft_id == draft_id, t.half_edits.c.by == by)
    row = connection.execute(query).mappings().first()
    return None if row is None else UnfinishedEdit(seen_version=row["saw"], fields=dict(row["fields"]), at=row["at"])


def save_unfinished_edit(
    connection: Connection,
    draft_id: str,
    by: str,
    *,
    seen_version: int,
    fields: dict[str, list[str]],
    at: datetime,
) -> None:
    """Save what somebody has typed; it replaces what they typed before."""
    delete_unfinished_edit(connection, draft_id, by)
    connection.execute(insert(t.half_edits).values(draft_id=draft_id, by=by, saw=seen_version, fields=fields, at=at))


def delete_unfinished_edit(connection: Connection, draft_id: str, by: str) -> None:
    """Throw away what this person has typed on this draft."""
    connection.execute(delete(t.half_edits).where(t.half_edits.c.draft_id == draft_id, t.half_edits.c.by == by))
