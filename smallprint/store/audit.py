"""The audit chain: rows that are only ever added, each hashed with the one before it, and their verification.

A row is written in the transaction of what it records. The head names length and hash of the chain, so that rows cut
off its end are detected like rows changed in the middle. Whoever keeps a copy of the head elsewhere can show that
nobody rewrote the whole chain.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select, update

from smallprint.review import Change
from smallprint.store import tables as t

START = "0" * 64


@dataclass(frozen=True)
class ChainReport:
    """What a verification found; an empty ``problems`` means that the chain holds."""

    length: int
    head: str
    problems: tuple[str, ...]


def lock_chain(connection: Connection) -> None:
    """Wait for the end of the chain and lock it until the transaction ends; every write of the desk begins with this.

    On PostgreSQL this row lock is what makes decisions happen one after another; SQLite has a single writer anyway.
    """
    connection.execute(select(t.audit_head.c.id).where(t.audit_head.c.id == 1).with_for_update())


def append_row(
    connection: Connection,
    *,
    at: datetime,
    actor: str,
    event: str,
    subject: str,
    version: int | None = None,
    changes: Sequence[Change] = (),
    detail: dict[str, Any] | None = None,
) -> int:
    """Add a row to the chain; returns its number. Call ``lock_chain`` first in the same transaction."""
    head = connection.execute(select(t.audit_head.c.length, t.audit_head.c.sha256).where(t.audit_head.c.id == 1)).one()
    row = {
        "id": head.length + 1,
        "at": at,
        "actor": actor,
        "what": event,
        "subject": subject,
        "version": version,
        "changes": [change.model_dump(mode="json") for change in changes],
        "detail": detail or {},
        "previous": head.sha256,
    }
    digest = _hash(row)
    connection.execute(t.audit.insert().values(**row, sha256=digest))
    connection.execute(update(t.audit_head).where(t.audit_head.c.id == 1).values(length=row["id"], sha256=digest))
    return int(row["id"])


def body_hash(body: Any) -> str:  # noqa: ANN401 -- JSON
    """The hash by which the chain vouches for a body that is stored elsewhere."""
    return sha256(_canonical(body)).hexdigest()


def _hash(row: Any) -> str:  # noqa: ANN401 -- a row mapping
    names = ("id", "actor", "what", "subject", "version", "changes", "detail", "previous")
    hashed = {name: row[name] for name in names} | {"at": row["at"].isoformat(timespec="microseconds")}
    return sha256(_canonical(hashed)).hexdigest()


def _canonical(value: Any) -> bytes:  # noqa: ANN401 -- JSON
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")


def verify_chain(connection: Connection) -> ChainReport:
    """Read the chain from its start, then hold decisions and records against it."""
    problems: list[str] = []
    previous, number = START, 0
    approved_hashes: dict[str, str] = {}  # by draft: of the body that its newest row vouches for
    for row in connection.execute(
        select(t.audit).order_by(t.audit.c.id), execution_options={"yield_per": 500}
    ).mappings():
        number += 1
        problems += _row_problems(dict(row), number, previous)
        previous = row["sha256"]
        if "body_sha256" in row["detail"]:
            approved_hashes[row["subject"]] = row["detail"]["body_sha256"]
        if len(problems) > 20:
            break
    head = connection.execute(select(t.audit_head)).one()
    if (head.length, head.sha256) != (number, previous) and not problems:
        problems.append(f"the chain has {number} rows, its head says {head.length}: rows are missing at the end")
    problems += _decisions_without_row(connection)
    problems += _altered_records(connection, approved_hashes)
    return ChainReport(length=number, head=previous, problems=tuple(problems))


def _row_problems(row: dict[str, Any], number: int, previous: str) -> Iterator[str]:
    if row["id"] != number:
        yield f"row {number} is missing before row {row['id']}"
    elif row["previous"] != previous:
        yield f"row {number} does not follow the row before it"
    if _hash(row) != row["sha256"]:
        yield f"row {row['id']} was changed after it was written"


def _decisions_without_row(connection: Connection) -> Iterator[str]:
    """Decisions without their row. The foreign key holds unless somebody turned it off."""
    orphans = connection.execute(
        select(func.count())
        .select_from(t.decisions.outerjoin(t.audit, t.audit.c.id == t.decisions.c.audit_id))
        .where(t.audit.c.id.is_(None))
    ).scalar()
    if orphans:
        yield f"{orphans} decisions have no row in the chain"


def _altered_records(connection: Connection, approved_hashes: dict[str, str]) -> Iterator[str]:
    """Records that differ from what the chain says was approved."""
    query = select(t.records.c.draft_id, t.records.c.body, t.records.c.number).where(t.records.c.withdrawn_at.is_(None))
    for row in connection.execute(query, execution_options={"yield_per": 500}):
        if approved_hashes.get(row.draft_id) != body_hash(row.body):
            yield f"record {row.number} differs from what was approved"
