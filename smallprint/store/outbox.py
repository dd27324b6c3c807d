"""The outbox: news of records, written in the transaction that makes them and stored until a listener has taken it.

A listener is a channel (a webhook, Prefect) that some running desk is set up for; without one nothing is written.
Whatever process is killed at whatever moment, news arrives at least once, each time under the same key.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from sqlalchemy import Connection, and_, delete, func, insert, select, update

from smallprint.records import Draft, Noun
from smallprint.review import Verdict
from smallprint.store import tables as t

Channel = Literal["webhook", "prefect"]
News = Literal["record.approved", "record.amended", "record.withdrawn"]

LISTENER_LIFETIME = timedelta(days=7)  # a channel that no desk was set up for in so long gets no more news
RETRY_PERIOD = timedelta(days=3)  # after which news is given up until the next start of a desk
GIVEN_UP_RETENTION = timedelta(days=30)
CLAIM_DURATION = timedelta(minutes=1)  # longer than any try; after it, news of a desk that died is free to claim
MAX_PAUSE = timedelta(hours=1)


class Message(Noun):
    """One piece of news on its way."""

    id: int
    key: str
    event: News
    record: int
    act: str
    version: int
    by: str
    at: datetime
    draft: Draft
    tries: int  # this one included


class Backlog(Noun):
    """What a channel has not taken."""

    channel: Channel
    waiting: int
    given_up: int
    oldest: datetime
    problem: str | None  # of the newest failed try


# ---- writing


def listen(connection: Connection, channel: Channel, at: datetime) -> None:
    """Say that a desk is set up for this channel, and drop what it did not take in a month."""
    listening = connection.execute(update(t.listeners).where(t.listeners.c.channel == channel).values(seen_at=at))
    if not listening.rowcount:
        connection.execute(insert(t.listeners).values(channel=channel, seen_at=at))
    old = (t.outbox.c.next_at.is_(None), t.outbox.c.created_at < at - GIVEN_UP_RETENTION)
    connection.execute(delete(t.outbox).where(t.outbox.c.channel == channel, *old))


def put(connection: Connection, event: News, record: int, verdict: Verdict, at: datetime) -> None:
    """Write news for every listener of what a verdict did to the record of this number."""
    channels = (
        connection.execute(select(t.listeners.c.channel).where(t.listeners.c.seen_at > at - LISTENER_LIFETIME))
        .scalars()
        .all()
    )
    for channel in channels:
        connection.execute(
            insert(t.outbox).values(
                key=str(uuid4()),
                channel=channel,
                event=event,
                record=record,
                draft_id=verdict.draft.id,
                version=verdict.version,
                created_at=at,
                tries=0,
                next_at=at,
            )
        )


# ---- delivering


def hurry(connection: Connection, channel: Channel, at: datetime) -> None:
    """Let everything be tried at once, what was given up too, as when a desk starts."""
    connection.execute(update(t.outbox).where(t.outbox.c.channel == channel).values(next_at=at))


def claim(connection: Connection, channel: Channel, at: datetime) -> Message | None:
    """Take the oldest news that is due; nobody else gets it for a while."""
    due = (
        select(t.outbox, t.decisions.c.act, t.decisions.c.by, t.decisions.c.at, t.decisions.c.after)
        .join(
            t.decisions,
            and_(t.decisions.c.draft_id == t.outbox.c.draft_id, t.decisions.c.version == t.outbox.c.version),
        )
        .where(t.outbox.c.channel == channel, t.outbox.c.next_at <= at)
        .order_by(t.outbox.c.id)
        .limit(1)
    )
    row = connection.execute(due.with_for_update(of=t.outbox, skip_locked=True)).mappings().first()
    if row is None:
        return None
    tries = row["tries"] + 1
    connection.execute(
        update(t.outbox).where(t.outbox.c.id == row["id"]).values(tries=tries, next_at=at + CLAIM_DURATION)
    )
    draft = Draft.model_validate({**row["after"]["body"], "status": row["after"]["status"]})
    facts = {name: row[name] for name in ("id", "key", "event", "record", "act", "version", "by", "at")}
    return Message(**facts, draft=draft, tries=tries)


def delivered(connection: Connection, message: Message) -> None:
    """Delete a message that its listener has taken."""
    connection.execute(delete(t.outbox).where(t.outbox.c.id == message.id))


def failed(connection: Connection, message: Message, problem: str, at: datetime) -> datetime | None:
    """Schedule the next try of a message that was not taken; returns when, None where it is given up."""
    created = connection.execute(select(t.outbox.c.created_at).where(t.outbox.c.id == message.id)).scalar()
    next_at = None if created is None or at - created > RETRY_PERIOD else at + pause(message.tries)
    connection.execute(
        update(t.outbox).where(t.outbox.c.id == message.id).values(next_at=next_at, problem=problem[:300])
    )
    return next_at


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries: 2, 4, 8 seconds, at last an hour."""
    return min(MAX_PAUSE, timedelta(seconds=2 ** min(tries, 12)))


def next_due(connection: Connection, channel: Channel) -> datetime | None:
    """When the next news is due; None where nothing waits."""
    query = select(t.outbox.c.next_at).where(t.outbox.c.channel == channel, t.outbox.c.next_at.is_not(None))
    due_at: datetime | None = connection.execute(query.order_by(t.outbox.c.next_at).limit(1)).scalar()
    return due_at


def backlog(connection: Connection) -> Sequence[Backlog]:
    """For each channel with news that was not taken: how much, since when, and why."""
    counted = select(
        t.outbox.c.channel,
        func.count().label("all"),
        func.count(t.outbox.c.next_at).label("waiting"),
        func.min(t.outbox.c.created_at).label("oldest"),
    )
    backlogs = []
    for row in connection.execute(counted.group_by(t.outbox.c.channel).order_by(t.outbox.c.channel)).mappings():
        last = select(t.outbox.c.problem).where(t.outbox.c.channel == row["channel"], t.outbox.c.problem.is_not(None))
        backlogs.append(
            Backlog(
                channel=row["channel"],
                waiting=row["waiting"],
                given_up=row["all"] - row["waiting"],
                oldest=row["oldest"],
                problem=connection.execute(last.order_by(t.outbox.c.id.desc()).limit(1)).scalar(),
            )
        )
    return backlogs
