"""Forms that a browser sent after its session had ended: stored for the way to a sign-in provider and back.

A form belongs to the session that sent it: only the browser that still has that session's cookie gets it back, only
for the person whose session it was, and only within the hour. One form a session, of bounded size.
"""

import hmac
import json
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from smallprint.store import tables as t
from smallprint.store.token_hashes import token_hash

FORM_LIFETIME = timedelta(hours=1)
MAX_FORM_CHARACTERS = 200_000  # of a form as JSON; the longest of ours has some 20,000

Fields = dict[str, list[str]]


def save_form(connection: Connection, token: str, csrf: str, *, path: str, fields: Fields, at: datetime) -> bool:
    """Store a form for the person of an ended session.

    Args:
        connection: the connection.
        token: of the session, from the browser's cookie.
        csrf: the form's own, which has to be of that session.
        path: where the form was going, a page of the desk.
        fields: what it held, without its secrets.
        at: when.

    Returns:
        Whether it is stored: not for a session that is not known any more, nor a form that is too long.

    """
    session = t.sessions.join(t.users, t.users.c.name == t.sessions.c.user)
    own = (t.sessions.c.sha256 == token_hash(token), t.users.c.disabled.is_(False))
    owner = connection.execute(select(t.sessions.c.user, t.sessions.c.csrf).select_from(session).where(*own)).first()
    if owner is None or not hmac.compare_digest(owner.csrf.encode(), csrf.encode()):
        return False
    if len(json.dumps(fields)) > MAX_FORM_CHARACTERS:
        return False
    _delete_form(connection, token, at)
    connection.execute(
        insert(t.kept_forms).values(session=token_hash(token), user=owner.user, path=path, fields=fields, at=at)
    )
    return True


def take_form(connection: Connection, token: str, user: str, at: datetime) -> tuple[str, Fields] | None:
    """Path and fields of what this browser's session had sent, once, if it was this person's; else None."""
    query = select(t.kept_forms).where(
        t.kept_forms.c.session == token_hash(token), t.kept_forms.c.at > at - FORM_LIFETIME
    )
    row = connection.execute(query).mappings().first()
    _delete_form(connection, token, at)
    return (row["path"], row["fields"]) if row is not None and row["user"] == user else None


def _delete_form(connection: Connection, token: str, at: datetime) -> None:
    """Delete the session's form, and all that are too old."""
    connection.execute(
        delete(t.kept_forms).where(
            (t.kept_forms.c.session == token_hash(token)) | (t.kept_forms.c.at <= at - FORM_LIFETIME)
        )
    )
