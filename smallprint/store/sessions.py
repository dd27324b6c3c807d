"""Sessions of people who have signed in at the desk."""

from datetime import datetime, timedelta
from secrets import token_urlsafe

from sqlalchemy import Connection, delete, insert, select, update

from smallprint.records import Noun
from smallprint.store import tables as t
from smallprint.store.people import Person, person_from_row
from smallprint.store.token_hashes import token_hash

SESSION_DURATION = timedelta(hours=10)
# An ended session opens nothing; its row is stored longer, to know whose form it is that arrives late.
ENDED_SESSION_RETENTION = timedelta(days=7)


class Session(Noun):
    """A person who has signed in."""

    person: Person
    csrf: str
    expires_at: datetime


def start_session(connection: Connection, name: str, at: datetime, *, instead_of: str | None = None) -> str:
    """Start a session; returns its token. The session that the browser had ends, so that nobody can plant one."""
    if instead_of:
        end_session(connection, instead_of)
    connection.execute(delete(t.sessions).where(t.sessions.c.expires_at <= at - ENDED_SESSION_RETENTION))
    token = token_urlsafe(32)
    connection.execute(
        insert(t.sessions).values(
            sha256=token_hash(token),
            user=name,
            csrf=token_urlsafe(24),
            created_at=at,
            expires_at=at + SESSION_DURATION,
        )
    )
    return token


def find_session(connection: Connection, token: str, at: datetime) -> Session | None:
    """The session of this token, if it has not run out and its person is not disabled; else None."""
    query = (
        select(t.users, t.sessions.c.csrf, t.sessions.c.expires_at)
        .join(t.sessions, t.sessions.c.user == t.users.c.name)
        .where(t.sessions.c.sha256 == token_hash(token), t.sessions.c.expires_at > at, t.users.c.disabled.is_(False))
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else Session(person=person_from_row(row), csrf=row["csrf"], expires_at=row["expires_at"])


def prolong_session(connection: Connection, token: str, at: datetime) -> None:
    """Let a session that is in use run on."""
    own = t.sessions.c.sha256 == token_hash(token)
    connection.execute(update(t.sessions).where(own).values(expires_at=at + SESSION_DURATION))


def end_session(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(delete(t.sessions).where(t.sessions.c.sha256 == token_hash(token)))
