"""Guessing passwords is slowed down: failures are counted by name and by address, and too many have to wait."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select, update

from smallprint.store import tables as t

FREE_FAILURES = 5  # the fifth has to wait two seconds, and each further failure doubles the wait
MAX_WAIT = timedelta(minutes=15)
FAILURE_RETENTION = timedelta(days=1)


def wait_before_sign_in(connection: Connection, keys: tuple[str, ...], at: datetime) -> timedelta:
    """How long whoever owns these keys (a name, an address) has to wait after too many failures."""
    longest = timedelta()
    query = select(t.sign_in_failures).where(t.sign_in_failures.c.key.in_(keys))
    for row in connection.execute(query).mappings():
        excess = row["count"] - FREE_FAILURES
        if excess >= 0:
            wait = min(MAX_WAIT, timedelta(seconds=2 ** min(excess + 1, 12)))
            longest = max(longest, row["last_at"] + wait - at)
    return longest


def count_sign_in_failure(connection: Connection, keys: tuple[str, ...], at: datetime) -> None:
    """Count a failure, and forget those of more than a day ago."""
    outdated = t.sign_in_failures.c.last_at < at - FAILURE_RETENTION
    connection.execute(delete(t.sign_in_failures).where(outdated))
    for key in keys:
        counted = connection.execute(
            update(t.sign_in_failures)
            .where(t.sign_in_failures.c.key == key)
            .values(count=t.sign_in_failures.c.count + 1, last_at=at)
        )
        if not counted.rowcount:
            connection.execute(insert(t.sign_in_failures).values(key=key, count=1, last_at=at))


def forget_sign_in_failures(connection: Connection, name_key: str) -> None:
    """Forget the failures of a name; those of an address stay, so that one known account does not cover guessing."""
    connection.execute(delete(t.sign_in_failures).where(t.sign_in_failures.c.key == name_key))
