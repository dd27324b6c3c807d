"""Who works at the desk: people and their roles, sessions, one-time invitations, API tokens, slowed-down guessing.

Tokens are random and kept only as hashes. What changes who may do what is written to the audit chain.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe
from typing import Literal

from sqlalchemy import Connection, delete, func, insert, or_, select, update

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
SESSION = timedelta(hours=10)
REMEMBERED = timedelta(days=7)  # an ended session opens nothing; it says whose a form was that comes late
INVITATION = timedelta(days=3)
LONGEST_NAME = 80
_FREE_FAILURES, _LONGEST_WAIT = 5, timedelta(minutes=15)


class Person(Noun):
    """Somebody with a place at the desk."""

    name: str
    role: Role
    disabled: bool
    created_at: datetime
    can_sign_in: bool

    def may(self, right: Right) -> bool:
        """Whether their role has this right."""
        return not self.disabled and right in ROLES[self.role]


class Session(Noun):
    """A person who has signed in."""

    person: Person
    csrf: str
    expires_at: datetime


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


def valid_name(name: str) -> str:
    """A name without surrounding space; raises UserError when no person could be called so."""
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > LONGEST_NAME or not tidy.isprintable() or ":" in tidy:
        raise UserError(f"a name has 1 to {LONGEST_NAME} printable characters and no colon")
    return tidy


def role_named(name: str) -> Role:
    """The role of this name; raises UserError for others."""
    for role in ROLES:
        if role == name:
            return role
    raise UserError(f"unknown role {name!r}; choose one of {', '.join(ROLES)}")


def person(connection: Connection, name: str) -> Person | None:
    """The person of this name."""
    row = connection.execute(select(t.users).where(t.users.c.name == name)).mappings().first()
    return None if row is None else _person(row)


def by_subject(connection: Connection, subject: str) -> Person | None:
    """The person whom an OpenID provider knows by this issuer and subject."""
    row = connection.execute(select(t.users).where(t.users.c.subject == subject)).mappings().first()
    return None if row is None else _person(row)


def people(connection: Connection) -> list[Person]:
    """Everybody, by name."""
    return [_person(row) for row in connection.execute(select(t.users).order_by(t.users.c.name)).mappings()]


def _person(row) -> Person:  # type: ignore[no-untyped-def]  # noqa: ANN001 -- a row mapping
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
    """Give somebody a place; raises UserError for a name that is taken or impossible.

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
    audit.hold(connection)
    if (
        connection.execute(select(t.users.c.name).where(func.lower(t.users.c.name) == tidy.lower())).scalar()
        is not None
    ):
        raise UserError(f"there is somebody called {tidy!r} already")
    connection.execute(
        insert(t.users).values(name=tidy, role=role, password=password, subject=subject, disabled=False, created_at=at)
    )
    change = Change(field="role", before=None, after=role)
    audit.append(connection, at=at, actor=by, what="person_added", subject=tidy, changes=[change])
    found = person(connection, tidy)
    assert found is not None  # noqa: S101 -- inserted above
    return found


def set_role(connection: Connection, name: str, role: Role, *, by: str, at: datetime) -> None:
    """Change what somebody may do; raises UserError for unknown people and for the last admin."""
    audit.hold(connection)
    found = known(connection, name)
    if role != "admin":
        _keep_an_admin(connection, found)
    connection.execute(update(t.users).where(t.users.c.name == name).values(role=role))
    change = Change(field="role", before=found.role, after=role)
    audit.append(connection, at=at, actor=by, what="role_changed", subject=name, changes=[change])


def disable(connection: Connection, name: str, *, by: str, at: datetime, disabled: bool = True) -> None:
    """End somebody's sessions, tokens and right to sign in, or let them back; what they decided stays."""
    audit.hold(connection)
    found = known(connection, name)
    if disabled:
        _keep_an_admin(connection, found)
        connection.execute(delete(t.sessions).where(t.sessions.c.user == name))
        connection.execute(delete(t.api_tokens).where(t.api_tokens.c.user == name))
        connection.execute(delete(t.invitations).where(t.invitations.c.name == name))
    connection.execute(update(t.users).where(t.users.c.name == name).values(disabled=disabled))
    change = Change(field="disabled", before=found.disabled, after=disabled)
    audit.append(
        connection,
        at=at,
        actor=by,
        what="person_disabled" if disabled else "person_enabled",
        subject=name,
        changes=[change],
    )


def known(connection: Connection, name: str) -> Person:
    """The person of this name; raises UserError where there is nobody."""
    found = person(connection, name)
    if found is None:
        raise UserError(f"there is nobody called {name!r}; 'smallprint users list' shows everybody")
    return found


def _keep_an_admin(connection: Connection, leaving: Person) -> None:
    others = select(func.count()).where(
        t.users.c.role == "admin", t.users.c.disabled.is_(False), t.users.c.name != leaving.name
    )
    if leaving.role == "admin" and not leaving.disabled and not connection.execute(others).scalar():
        raise UserError(f"{leaving.name} is the only admin; make somebody else one first")


# ---- passwords and invitations


def password_hash(connection: Connection, name: str) -> tuple[str, str] | None:
    """Name as written and password hash of somebody who may sign in with one; capitals do not matter."""
    query = select(t.users.c.name, t.users.c.password).where(
        func.lower(t.users.c.name) == " ".join(name.split()).lower(),
        t.users.c.disabled.is_(False),
        t.users.c.password.is_not(None),
    )
    row = connection.execute(query).first()
    return None if row is None else (row.name, row.password)


def set_password(connection: Connection, name: str, password: str, *, by: str, at: datetime) -> None:
    """Set a password (its hash) and end all sessions that the old one opened."""
    audit.hold(connection)
    known(connection, name)
    connection.execute(update(t.users).where(t.users.c.name == name).values(password=password))
    connection.execute(delete(t.sessions).where(t.sessions.c.user == name))
    audit.append(connection, at=at, actor=by, what="password_changed", subject=name)


def invite(connection: Connection, name: str | None, role: Role, at: datetime) -> str:
    """A one-time token to choose a password (and, without a name, a name); older ones for the same place end."""
    same = t.invitations.c.name.is_(None) if name is None else t.invitations.c.name == name
    connection.execute(delete(t.invitations).where(or_(same, t.invitations.c.expires_at <= at)))
    token = token_urlsafe(24)
    connection.execute(
        insert(t.invitations).values(sha256=token_hash(token), name=name, role=role, expires_at=at + INVITATION)
    )
    return token


def invitation(connection: Connection, token: str, at: datetime) -> tuple[str | None, Role] | None:
    """Name and role that an unused token offers, or None."""
    query = select(t.invitations).where(t.invitations.c.sha256 == token_hash(token), t.invitations.c.expires_at > at)
    row = connection.execute(query).mappings().first()
    return None if row is None else (row["name"], row["role"])


def accept(connection: Connection, token: str, name: str, password: str, at: datetime) -> Person:
    """Use an invitation up; ``password`` is a hash. Raises UserError when it is used, run out, or the name is taken."""
    audit.hold(connection)
    offered = invitation(connection, token, at)
    if offered is None:
        raise UserError("this link was used already or has run out; ask for a new one")
    invited, role = offered
    connection.execute(delete(t.invitations).where(t.invitations.c.sha256 == token_hash(token)))
    if invited is None:
        return add_person(connection, name, role, by=valid_name(name), at=at, password=password)
    set_password(connection, invited, password, by=invited, at=at)
    return known(connection, invited)


# ---- sessions


def start_session(connection: Connection, name: str, at: datetime, *, instead_of: str | None = None) -> str:
    """A new session's token; the one that the browser came with ends, so that nobody can plant one."""
    if instead_of:
        end_session(connection, instead_of)
    connection.execute(delete(t.sessions).where(t.sessions.c.expires_at <= at - REMEMBERED))
    token = token_urlsafe(32)
    connection.execute(
        insert(t.sessions).values(
            sha256=token_hash(token), user=name, csrf=token_urlsafe(24), created_at=at, expires_at=at + SESSION
        )
    )
    return token


def session(connection: Connection, token: str, at: datetime) -> Session | None:
    """The session of a token that has not run out, of somebody who is not disabled."""
    query = (
        select(t.users, t.sessions.c.csrf, t.sessions.c.expires_at)
        .join(t.sessions, t.sessions.c.user == t.users.c.name)
        .where(t.sessions.c.sha256 == token_hash(token), t.sessions.c.expires_at > at, t.users.c.disabled.is_(False))
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else Session(person=_person(row), csrf=row["csrf"], expires_at=row["expires_at"])


def prolong_session(connection: Connection, token: str, at: datetime) -> None:
    """Let a session that is in use run on."""
    connection.execute(
        update(t.sessions).where(t.sessions.c.sha256 == token_hash(token)).values(expires_at=at + SESSION)
    )


def end_session(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(delete(t.sessions).where(t.sessions.c.sha256 == token_hash(token)))


# ---- guessing


def wait_before_sign_in(connection: Connection, keys: tuple[str, ...], at: datetime) -> timedelta:
    """How long whoever owns these keys (a name, an address) has to wait after too many failures."""
    longest = timedelta()
    for row in connection.execute(select(t.sign_in_failures).where(t.sign_in_failures.c.key.in_(keys))).mappings():
        over = row["count"] - _FREE_FAILURES
        if over >= 0:
            wait = min(_LONGEST_WAIT, timedelta(seconds=2 ** min(over + 1, 12)))
            longest = max(longest, row["last_at"] + wait - at)
    return longest


def sign_in_failed(connection: Connection, keys: tuple[str, ...], at: datetime) -> None:
    """Count a failure; failures of more than a day ago are forgotten."""
    connection.execute(delete(t.sign_in_failures).where(t.sign_in_failures.c.last_at < at - timedelta(days=1)))
    for key in keys:
        known = connection.execute(
            update(t.sign_in_failures)
            .where(t.sign_in_failures.c.key == key)
            .values(count=t.sign_in_failures.c.count + 1, last_at=at)
        )
        if not known.rowcount:
            connection.execute(insert(t.sign_in_failures).values(key=key, count=1, last_at=at))


def sign_in_worked(connection: Connection, name_key: str) -> None:
    """Forget the failures of a name; those of an address stay, so that one known account does not cover guessing."""
    connection.execute(delete(t.sign_in_failures).where(t.sign_in_failures.c.key == name_key))


# ---- API tokens


def make_token(connection: Connection, name: str, label: str, at: datetime) -> str:
    """A token for the API with the rights of its owner; shown once."""
    audit.hold(connection)
    known(connection, name)
    token = f"spt_{token_urlsafe(32)}"
    connection.execute(
        insert(t.api_tokens).values(sha256=token_hash(token), user=name, label=label[:80], created_at=at)
    )
    audit.append(connection, at=at, actor=name, what="token_made", subject=name, detail={"label": label[:80]})
    return token


def token_owner(connection: Connection, token: str) -> Person | None:
    """Whose API token this is, or None."""
    query = (
        select(t.users)
        .join(t.api_tokens, t.api_tokens.c.user == t.users.c.name)
        .where(t.api_tokens.c.sha256 == token_hash(token), t.users.c.disabled.is_(False))
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else _person(row)


def tokens(connection: Connection, name: str) -> list[tuple[str, str, datetime]]:
    """Hash, label and date of somebody's tokens, the newest first."""
    query = select(t.api_tokens).where(t.api_tokens.c.user == name).order_by(t.api_tokens.c.created_at.desc())
    return [(row["sha256"], row["label"], row["created_at"]) for row in connection.execute(query).mappings()]


def revoke_token(connection: Connection, name: str, digest: str, at: datetime) -> None:
    """End one of somebody's tokens."""
    audit.hold(connection)
    gone = connection.execute(delete(t.api_tokens).where(t.api_tokens.c.user == name, t.api_tokens.c.sha256 == digest))
    if gone.rowcount:
        audit.append(connection, at=at, actor=name, what="token_revoked", subject=name)
