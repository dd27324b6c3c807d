"""Where a reviewer goes after a decision: the next open draft of the same view, with its lease."""

from app.review.addresses import draft_address, queue_address, view_query
from app.review.auth import Visit
from smallprint.store import queue
from smallprint.store.queue import Filters


def next_address(
    visit: Visit, filters: Filters, *, undoable: str = "", after: str | None = None, skip: str = ""
) -> str:
    """The next draft's page, or the queue where none is left.

    Args:
        visit: whose next draft it is.
        filters: of their view.
        undoable: id of the act that can be undone there; empty: none.
        after: begin behind this draft, to pass it over; None: at the top.
        skip: a draft that is not wanted; empty: none.

    """
    skipped = [skip] if skip else []
    if visit.person.may("decide"):
        with visit.store.write() as connection:
            draft_id = queue.claim_next_open(
                connection, filters, visit.person.name, visit.now, after=after, skip=skipped
            )
    else:
        with visit.store.read() as connection:
            draft_id = queue.find_next_open(
                connection, filters, visit.person.name, visit.now, after=after, skip=skipped
            )
    query = (view_query(filters), f"done={undoable}" if undoable else "")
    return queue_address(*query, "empty=1") if draft_id is None else draft_address(draft_id, *query)
