"""``smallprint users``: who may work at the review desk."""

from datetime import UTC, datetime

from rich.table import Table
from rich.text import Text

from app.terminal import stdout
from smallprint.settings import Settings
from smallprint.store import invitations, open_store, people

_ACTOR = "command line"  # as the audit log names who did it


def add(settings: Settings, name: str, role: str, address: str) -> None:
    """Let somebody work at the desk, and print the one-time link by which they choose a password."""
    wanted = people.role_named(role)
    store = open_store(settings.sqlalchemy_url)
    try:
        now = datetime.now(UTC)
        with store.write() as connection:
            person = people.add_person(connection, name, wanted, by=_ACTOR, at=now)
            token = invitations.create_invitation(connection, person.name, person.role, now)
    finally:
        store.close()
    out = stdout()
    out.print(f"{person.name} is {person.role}. The link works once, for {invitations.INVITATION_DURATION.days} days:")
    out.print(f"  {address.rstrip('/')}/welcome/{token}", soft_wrap=True, highlight=False)


def disable(settings: Settings, name: str) -> None:
    """End somebody's sessions and their right to sign in; their decisions stay."""
    store = open_store(settings.sqlalchemy_url)
    try:
        with store.write() as connection:
            people.set_disabled(connection, name, disabled=True, by=_ACTOR, at=datetime.now(UTC))
    finally:
        store.close()
    stdout().print(f"{name} can no longer sign in.", highlight=False)


def show(settings: Settings) -> None:
    """Everybody with role and state."""
    store = open_store(settings.sqlalchemy_url)
    try:
        with store.read() as connection:
            everybody = people.list_people(connection)
    finally:
        store.close()
    if not everybody:
        stdout().print("Nobody yet: 'smallprint users add NAME --role admin', or start 'smallprint review'.")
        return
    table = Table(box=None, pad_edge=False)
    for column in ("name", "role", "since", "state"):
        table.add_column(column)
    for person in everybody:
        state = "disabled" if person.disabled else "" if person.can_sign_in else "invited"
        table.add_row(Text(person.name), person.role, f"{person.created_at:%Y-%m-%d}", state)
    stdout().print(table)
