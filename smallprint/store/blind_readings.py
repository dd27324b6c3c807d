"""What second readers of decided drafts thought who did not see the decision; it only counts towards agreement."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, insert, select

from smallprint.records import Draft
from smallprint.review import body
from smallprint.store import tables as t

BlindVerdict = Literal["approve", "reject"]


@dataclass(frozen=True)
class DraftReading:
    """What one person thinks of a draft: whether to approve it, and how it should be worded."""

    verdict: BlindVerdict
    draft: Draft


def stream_blind_candidates(connection: Connection, user: str) -> Iterator[str]:
    """Ids of decided drafts that this person has neither decided nor read blind, the newest decision first."""
    decided = select(t.decisions.c.draft_id).where(t.decisions.c.by == user, t.decisions.c.draft_id.is_not(None))
    read = select(t.blind_readings.c.draft_id).where(t.blind_readings.c.by == user)
    query = (
        select(t.queue.c.draft_id)
        .where(
            t.queue.c.status != "draft",
            t.queue.c.decided_by.is_not(None),
            t.queue.c.draft_id.not_in(decided),
            t.queue.c.draft_id.not_in(read),
        )
        .order_by(t.queue.c.decided_at.desc())
    )
    yield from connection.execute(query).scalars()


def save_blind_reading(connection: Connection, user: str, verdict: BlindVerdict, draft: Draft, *, at: datetime) -> None:
    """Save what somebody thinks of a draft; it replaces what they thought before."""
    own = (t.blind_readings.c.draft_id == draft.id, t.blind_readings.c.by == user)
    connection.execute(delete(t.blind_readings).where(*own))
    connection.execute(
        insert(t.blind_readings).values(draft_id=draft.id, by=user, verdict=verdict, body=body(draft), at=at)
    )


def list_reading_pairs(connection: Connection) -> list[tuple[DraftReading, DraftReading]]:
    """For each draft that was read blind, the last open decision on it, by somebody else, and the blind reading."""
    decided: dict[str, tuple[str, DraftReading]] = {}  # by draft: who decided, and what
    read = select(t.blind_readings.c.draft_id)
    query = (
        select(t.decisions.c.draft_id, t.decisions.c.kind, t.decisions.c.by, t.decisions.c.after)
        .where(t.decisions.c.kind.in_(("approve", "amend", "reject")), t.decisions.c.draft_id.in_(read))
        .order_by(t.decisions.c.id)
    )
    for row in connection.execute(query):
        verdict: BlindVerdict = "reject" if row.kind == "reject" else "approve"
        decided[row.draft_id] = (row.by, DraftReading(verdict, Draft.model_validate(row.after["body"])))
    return [
        (decided[row.draft_id][1], DraftReading(row.verdict, Draft.model_validate(row.body)))
        for row in connection.execute(select(t.blind_readings).order_by(t.blind_readings.c.at))
        if row.draft_id in decided and decided[row.draft_id][0] != row.by
    ]
