"""Filters of the queue that people have saved under a name, for themselves or, by leads, for everybody."""

from sqlalchemy import Connection, delete, insert, or_, select

from smallprint.records import Noun
from smallprint.store import tables as t


class SavedView(Noun):
    """A set of filters under a name."""

    id: int
    user: str  # who saved it
    name: str
    query: str  # the filters as a page's address has them
    shared: bool


def list_saved_views(connection: Connection, user: str) -> list[SavedView]:
    """The views that this person saved and those that are shared, by name."""
    visible = or_(t.saved_views.c.user == user, t.saved_views.c.shared.is_(True))
    query = select(t.saved_views).where(visible).order_by(t.saved_views.c.name)
    return [SavedView(**row) for row in connection.execute(query).mappings()]


def save_view(connection: Connection, user: str, name: str, query: str, *, shared: bool) -> None:
    """Save filters under a name."""
    connection.execute(insert(t.saved_views).values(user=user, name=name, query=query, shared=shared))


def delete_saved_view(connection: Connection, user: str, view_id: int) -> None:
    """Delete a view that this person saved; another person's stays."""
    own = (t.saved_views.c.id == view_id, t.saved_views.c.user == user)
    connection.execute(delete(t.saved_views).where(*own))
