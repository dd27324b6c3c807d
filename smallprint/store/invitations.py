"""One-time links by which people choose their password, and newcomers without a name a name."""

from datetime import datetime, timedelta
from secrets import token_urlsafe
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, or_, select

from smallprint.errors import UserError
from smallprint.store import audit
from smallprint.store import tables as t
from smallprint.store.people import Person, Role, add_person, load_person, set_password, valid_name
from smallprint.store.token_hashes import token_hash

INVITATION_DURATION = timedelta(days=3)


class Invitation(NamedTuple):
    """What a link offers."""

    name: str | None  # None: the guest chooses it
    role: Role


def create_invitation(connection: Connection, name: str | None, role: Role, at: datetime) -> str:
    """Invite somebody; returns the token of the link. Older links of the same name, or without one, end."""
    same = t.invitations.c.name.is_(None) if name is None else t.invitations.c.name == name
    connection.execute(delete(t.invitations).where(or_(same, t.invitations.c.expires_at <= at)))
    token = token_urlsafe(24)
    connection.execute(
        insert(t.invitations).values(
            sha256=token_hash(token), name=name, role=role, expires_at=at + INVITATION_DURATION
        )
    )
    return token


def find_invitation(connection: Connection, token: str, at: datetime) -> Invitation | None:
    """What an unused token offers, or None."""
    query = select(t.invitations.c.name, t.invitations.c.role).where(
        t.invitations.c.sha256 == token_hash(token), t.invitations.c.expires_at > at
    )
    row = connection.execute(query).first()
    return None if row is None else Invitation(row.name, row.role)


def accept_invitation(connection: Connection, token: str, name: str, password: str, at: datetime) -> Person:
    """Use an invitation up; ``password`` is a hash.

    Raises:
        UserError: the link is used or has run out, or the name is taken.

    """
    audit.lock_chain(connection)
    invitation = find_invitation(connection, token, at)
    if invitation is None:
        raise UserError("this link was used already or has run out; ask for a new one")
    connection.execute(delete(t.invitations).where(t.invitations.c.sha256 == token_hash(token)))
    if invitation.name is None:
        return add_person(connection, name, invitation.role, by=valid_name(name), at=at, password=password)
    set_password(connection, invitation.name, password, by=invitation.name, at=at)
    return load_person(connection, invitation.name)
