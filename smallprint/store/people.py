"""Who works at the desk: people, their roles and passwords; what changes who may do what is in the audit chain."""

from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import Connection, RowMapping, delete, func, insert, select, update

from smallprint.errors import UserError
from smallprint.records import Noun
from smallprint.review import Change
from smallprint.store import audit
from smallprint.store import tables as t

Role = Literal["read-only", "reviewer", "lead", "admin"]
Right = Literal["see", "decide", "lead", "admin"]

ROLES: dict[Role, frozenset[Right]] = {
    "read-only": frozenset({"see"}),
    "reviewer": frozenset({"see", "decide"}),
    "lead": frozenset({"see", "decide", "lead"}),
    "admin": frozenset({"see", "decide", "lead", "admin"}),
}
MAX_NAME_CHARACTERS = 80


class Person(Noun):
    """Somebody who works at the desk."""

    name: str
    role: Role
    disabled: bool
    created_at: datetime
    can_sign_in: bool

    def may(self, right: Right) -> bool:
        """Whether their role has this right."""
        return not self.disabled and right in ROLES[self.role]


class StoredPassword(NamedTuple):
    """A password as it is stored, and whose it is."""

    name: str  # as written, whatever the capitals that somebody signs in with
    hash: str  # argon2


def valid_name(name: str) -> str:
    """The name without surrounding space; raises UserError when no person could be called so."""
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > MAX_NAME_CHARACTERS or not tidy.isprintable() or ":" in tidy:
        raise UserError(f"a name has 1 to {MAX_NAME_CHARACTERS} printable characters and no colon")
    return tidy


def role_named(name: str) -> Role:
    """The role of this name; raises UserError for others."""
    for role in ROLES:
        if role == name:
            return role
    raise UserError(f"unknown role {name!r}; choose one of {', '.join(ROLES)}")


def find_person(connection: Connection, name: str) -> Person | None:
    """The person of this name, or None."""
    row = connection.execute(select(t.users).where(t.users.c.name == name)).mappings().first()
    return None if row is None else person_from_row(row)


def find_person_by_subject(connection: Connection, subject: str) -> Person | None:
    """The person whom an OpenID provider knows by this issuer and subject, or None."""
    row = connection.execute(select(t.users).where(t.users.c.subject == subject)).mappings().first()
    return None if row is None else person_from_row(row)


def load_person(connection: Connection, name: str) -> Person:
    """The person of this name; raises UserError where there is nobody."""
    person = find_person(connection, name)
    if person is None:
        raise UserError(f"there is nobody called {name!r}; 'smallprint users list' shows everybody")
    return person


def list_people(connection: Connection) -> list[Person]:
    """Everybody, by name."""
    return [person_from_row(row) for row in connection.execute(select(t.users).order_by(t.users.c.name)).mappings()]


def person_from_row(row: RowMapping) -> Person:
    """The person in a row that has the columns of the users."""
    return Person(
        name=row["name"],
        role=row["role"],
        disabled=row["disabled"],
        created_at=row["created_at"],
        can_sign_in=row["password"] is not None or row["subject"] is not None,
    )


def add_person(
    connection: Connection,
    name: str,
    role: Role,
    *,
    by: str,
    at: datetime,
    password: str | None = None,
    subject: str | None = None,
) -> Person:
    """Add somebody to the desk; raises UserError for a name that is taken or impossible.

    Args:
        connection: a transaction that writes.
        name: how they appear in every decision, for ever.
        role: what they may do.
        by: who adds them.
        at: when.
        password: its argon2 hash; None: they get it by invitation, or sign in elsewhere.
        subject: issuer and subject of an OpenID provider.

    """
    tidy = valid_name(name)
    audit.lock_chain(connection)
    same_name = select(t.users.c.name).where(func.lower(t.users.c.name) == tidy.lower())
    if connection.execute(same_name).scalar() is not None:
        raise UserError(f"there is somebody called {tidy!r} already")
    connection.execute(
        insert(t.users).values(name=tidy, role=role, password=password, subject=subject, disabled=False, created_at=at)
    )
    change = Change(field="role", before=None, after=role)
    audit.append_row(connection, at=at, actor=by, event="person_added", subject=tidy, changes=[change])
    return load_person(connection, tidy)


def set_role(connection: Connection, name: str, role: Role, *, by: str, at: datetime) -> None:
    """Change what somebody may do; raises UserError for unknown people and for the last admin."""
    audit.lock_chain(connection)
    person = load_person(connection, name)
    if role != "admin":
        _refuse_last_admin(connection, person)
    connection.execute(update(t.users).where(t.users.c.name == name).values(role=role))
    change = Change(field="role", before=person.role, after=role)
    audit.append_row(connection, at=at, actor=by, event="role_changed", subject=name, changes=[change])


def set_disabled(connection: Connection, name: str, *, disabled: bool, by: str, at: datetime) -> None:
    """End somebody's sessions, tokens and right to sign in, or let them back; what they decided stays.

    Raises:
        UserError: there is nobody of this name, or they are the only admin.

    """
    audit.lock_chain(connection)
    person = load_person(connection, name)
    if disabled:
        _refuse_last_admin(connection, person)
        connection.execute(delete(t.sessions).where(t.sessions.c.user == name))
        connection.execute(delete(t.api_tokens).where(t.api_tokens.c.user == name))
        connection.execute(delete(t.invitations).where(t.invitations.c.name == name))
    connection.execute(update(t.users).where(t.users.c.name == name).values(disabled=disabled))
    event = "person_disabled" if disabled else "person_enabled"
    change = Change(field="disabled", before=person.disabled, after=disabled)
    audit.append_row(connection, at=at, actor=by, event=event, subject=name, changes=[change])


def _refuse_last_admin(connection: Connection, leaving: Person) -> None:
    """Raise UserError where nobody else is an admin."""
    others = select(func.count()).where(
        t.users.c.role == "admin", t.users.c.disabled.is_(False), t.users.c.name != leaving.name
    )
    if leaving.role == "admin" and not leaving.disabled and not connection.execute(others).scalar():
        raise UserError(f"{leaving.name} is the only admin; make somebody else one first")


def find_password(connection: Connection, name: str) -> StoredPassword | None:
    """The password of somebody who may sign in with one, or None; capitals of the name do not matter."""
    query = select(t.users.c.name, t.users.c.password).where(
        func.lower(t.users.c.name) == " ".join(name.split()).lower(),
        t.users.c.disabled.is_(False),
        t.users.c.password.is_not(None),
    )
    row = connection.execute(query).first()
    return None if row is None else StoredPassword(row.name, row.password)


def set_password(connection: Connection, name: str, password: str, *, by: str, at: datetime) -> None:
    """Set a password (its hash) and end all sessions that the old one opened."""
    audit.lock_chain(connection)
    load_person(connection, name)
    connection.execute(update(t.users).where(t.users.c.name == name).values(password=password))
    connection.execute(delete(t.sessions).where(t.sessions.c.user == name))
    audit.append_row(connection, at=at, actor=by, event="password_changed", subject=name)
