"""Tokens by which programs use the desk's API with the rights of the person who made them."""

from datetime import datetime
from secrets import token_urlsafe

from sqlalchemy import Connection, delete, insert, select

from smallprint.records import Noun
from smallprint.store import audit
from smallprint.store import tables as t
from smallprint.store.people import Person, load_person, person_from_row
from smallprint.store.token_hashes import token_hash

MAX_LABEL_CHARACTERS = 80


class ApiToken(Noun):
    """A token as it is listed; the token itself is shown once and not stored."""

    sha256: str
    label: str
    created_at: datetime


def create_api_token(connection: Connection, name: str, label: str, at: datetime) -> str:
    """Make a token with the rights of its owner, to be shown once."""
    audit.lock_chain(connection)
    load_person(connection, name)
    token, label = f"spt_{token_urlsafe(32)}", label[:MAX_LABEL_CHARACTERS]
    connection.execute(insert(t.api_tokens).values(sha256=token_hash(token), user=name, label=label, created_at=at))
    audit.append_row(connection, at=at, actor=name, event="token_made", subject=name, detail={"label": label})
    return token


def find_token_owner(connection: Connection, token: str) -> Person | None:
    """Whose token this is, or None; None for people who are disabled."""
    query = (
        select(t.users)
        .join(t.api_tokens, t.api_tokens.c.user == t.users.c.name)
        .where(t.api_tokens.c.sha256 == token_hash(token), t.users.c.disabled.is_(False))
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else person_from_row(row)


def list_api_tokens(connection: Connection, name: str) -> list[ApiToken]:
    """Somebody's tokens, the newest first."""
    query = (
        select(t.api_tokens.c.sha256, t.api_tokens.c.label, t.api_tokens.c.created_at)
        .where(t.api_tokens.c.user == name)
        .order_by(t.api_tokens.c.created_at.desc())
    )
    return [ApiToken(**row) for row in connection.execute(query).mappings()]


def revoke_api_token(connection: Connection, name: str, sha256: str, at: datetime) -> None:
    """End one of somebody's tokens."""
    audit.lock_chain(connection)
    own = (t.api_tokens.c.user == name, t.api_tokens.c.sha256 == sha256)
    if connection.execute(delete(t.api_tokens).where(*own)).rowcount:
        audit.append_row(connection, at=at, actor=name, event="token_revoked", subject=name)
