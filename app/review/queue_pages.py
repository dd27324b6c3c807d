"""The queue: filters, counts, paging; saved views; the way to the next draft."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from app.review.act_banner import act_banner
from app.review.addresses import filters_of, queue_address, view_query
from app.review.auth import See
from app.review.next_draft import next_address
from app.review.pages import page
from smallprint.severity import LEVELS
from smallprint.store import people, queue, queue_counts, saved_views

router = APIRouter()
MAX_PAGE_DIGITS = 7  # of a page number in an address
MAX_VIEW_NAME = 80  # characters


@router.get("/")
def start() -> Response:
    """Go to the queue, where work begins."""
    return RedirectResponse("/queue", 303)


def midnight(now: datetime) -> datetime:
    """When the day began (UTC)."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


@router.get("/queue")
def show_queue(visit: See, empty: str = "") -> Response:
    """One page of the queue."""
    asked_page = visit.request.query_params.get("page", "1")
    number = int(asked_page) if asked_page.isdecimal() and len(asked_page) < MAX_PAGE_DIGITS else 1
    filters = filters_of(visit)
    with visit.store.read() as connection:
        filtered = queue_counts.load_filtered_queue(connection, filters, visit.now, page=number)
        values: dict[str, Any] = {
            "decided_today": queue.count_decided_by_person(connection, midnight(visit.now)),
            "banner": act_banner(connection, visit),
            "views": saved_views.list_saved_views(connection, visit.person.name),
            "people": [person.name for person in people.list_people(connection) if person.may("decide")],
        }
    return page(
        visit.request,
        "queue.html",
        visit=visit,
        filters=filters,
        total=filtered.total,
        number=filtered.page,
        pages=filtered.pages,
        lines=filtered.drafts,
        facets=filtered.facets | {"severity": _worst_first(filtered.facets["severity"])},
        empty=bool(empty),
        view=view_query(filters),
        registry=visit.registry,
        category_names={category.id: category.name for category in visit.registry.categories.values()},
        **values,
    )


def _worst_first(counts: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(counts, key=lambda count: -LEVELS.index(count[0]))


@router.post("/queue/views")
def save_view(visit: See) -> Response:
    """Save the present filters under a name, or delete a saved view of one's own."""
    view = view_query(filters_of(visit))
    deleted = visit.form.first("drop")
    with visit.store.write() as connection:
        if deleted.isdecimal():
            saved_views.delete_saved_view(connection, visit.person.name, int(deleted))
        elif name := " ".join(visit.form.first("name").split())[:MAX_VIEW_NAME]:
            shared = bool(visit.form.first("shared")) and visit.person.may("lead")
            saved_views.save_view(connection, visit.person.name, name, view, shared=shared)
    return RedirectResponse(queue_address(view), 303)


@router.get("/next")
def go_to_next(visit: See, after: str = "", undoable: Annotated[str, Query(alias="done")] = "") -> Response:
    """The next open draft of a view; ``after`` skips a draft, ``done`` is an act that can still be undone there."""
    if after:
        with visit.store.write() as connection:
            queue.release_lease(connection, after, visit.person.name)
    return RedirectResponse(
        next_address(visit, filters_of(visit), undoable=undoable if undoable.isalnum() else "", after=after or None),
        303,
    )


@router.get("/keys")
def show_keys(visit: See) -> Response:
    """The keyboard shortcuts, for people without scripts too."""
    return page(visit.request, "keys.html", visit=visit)
