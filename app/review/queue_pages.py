"""The queue: filters, counts, paging, bulk decisions, undo."""

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from app.review.auth import Decide, DeniedError, See, Visit
from app.review.pages import page, view_query
from app.review.views import deed, filters_from, filters_of, next_address
from smallprint.review import Decision, RefusedError
from smallprint.severity import LEVELS
from smallprint.store import decisions, people, queue, queue_counts, saved_views
from smallprint.store.queue import Filters

router = APIRouter()
_MOST_AT_ONCE = 200


@router.get("/")
def start() -> Response:
    """The queue is where work begins."""
    return RedirectResponse("/queue", 303)


def midnight(at: datetime) -> datetime:
    """When the day of the desk began (UTC)."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


@router.get("/queue")
def show_queue(visit: See, done: str = "", empty: str = "") -> Response:
    """One page of the queue."""
    said = dict(visit.request.query_params)
    given = said.get("page", "1")
    number = int(given) if given.isdigit() and len(given) < 7 else 1
    filters = filters_from(said)
    with visit.store.read() as connection:
        found = queue_counts.survey(connection, filters, visit.now, page=number)
        values: dict[str, Any] = {
            "day": queue.day_progress(connection, midnight(visit.now)),
            "deed": deed(connection, done, visit.person.name) if done else None,
            "views": saved_views.list_saved_views(connection, visit.person.name),
            "people": [one.name for one in people.people(connection) if one.may("decide")],
        }
    return page(
        visit.request,
        "queue.html",
        visit=visit,
        filters=filters,
        total=found.total,
        number=found.page,
        pages=found.pages,
        lines=found.lines,
        facets=found.facets,
        empty=bool(empty),
        view=view_query(filters),
        registry=visit.registry,
        category_names={one.id: one.name for one in visit.registry.categories.values()},
        severities=_worst_first,
        **values,
    )


def _worst_first(counted: list[tuple[str, int]]) -> list[tuple[str, int]]:
    return sorted(counted, key=lambda one: -LEVELS.index(one[0]))


@router.post("/queue/views")
def save_view(visit: See) -> Response:
    """Keep the filters of the moment under a name, or drop one of one's own."""
    view = view_query(filters_of(visit.one("view")))
    with visit.store.write() as connection:
        if visit.one("drop").isdigit():
            saved_views.delete_saved_view(connection, visit.person.name, int(visit.one("drop")))
        elif name := " ".join(visit.one("name").split())[:80]:
            shared = bool(visit.one("shared")) and visit.person.may("lead")
            saved_views.save_view(connection, visit.person.name, name, view, shared=shared)
    return RedirectResponse(f"/queue?{view}" if view else "/queue", 303)


@router.get("/next")
def go_next(visit: See, after: str = "", done: str = "") -> Response:
    """The next open draft of a view; ``after`` skips a draft and gives it back, ``done`` can still be undone there."""
    filters = filters_from(dict(visit.request.query_params))
    if after:
        with visit.store.write() as connection:
            queue.release(connection, after, visit.person.name)
    return RedirectResponse(next_address(visit, filters, done=done if done.isalnum() else "", after=after or None), 303)


@router.post("/queue/bulk")
def decide_many(visit: Decide) -> Response:
    """One decision over the chosen drafts, each with the version that the page showed."""
    act, view = visit.one("act"), visit.one("view")
    filters = filters_of(view)
    chosen = dict(_item(one) for one in visit.fields.get("item", []))
    if len(chosen) > _MOST_AT_ONCE:
        raise DeniedError(f"At most {_MOST_AT_ONCE} drafts at once.")
    if not chosen:
        raise DeniedError("No draft was chosen. Go back, choose some, then say what to do with them.", 422)
    if act == "assign":
        return _assign(visit, list(chosen), filters)
    if act not in ("approve", "reject", "second_opinion"):
        return RedirectResponse(f"/queue?{view_query(filters)}", 303)
    requested = [
        Decision(
            kind=act,
            draft=draft_id,
            saw=saw,
            by=visit.person.name,
            at=visit.now,
            reasons=tuple(visit.fields.get("reasons", [])) if act == "reject" else (),
            note=visit.one("note"),
        )
        for draft_id, saw in chosen.items()
    ]
    with visit.store.write() as connection:
        done, left = decisions.decide_many(connection, requested, visit.registry)
        lines = {one: queue.line(connection, one, visit.now) for one in left}
    visit.request.app.state.announce(done)
    if left:
        return page(
            visit.request,
            "bulk.html",
            visit=visit,
            status=409,
            act=act,
            done=done,
            left=left,
            lines=lines,
            view=view_query(filters),
        )
    return RedirectResponse(f"/queue?{_with_done(filters, done.act)}", 303)


def _item(text: str) -> tuple[str, int]:
    draft_id, _, version = text.rpartition(":")
    return draft_id, int(version) if version.isdigit() and len(version) < 10 else 0


def _with_done(filters: Filters, act: str) -> str:
    query = view_query(filters)
    return f"{query}&done={act}" if query else f"done={act}"


def _assign(visit: Visit, drafts: list[str], filters: Filters) -> Response:
    if not visit.person.may("lead"):
        raise DeniedError("Leads hand out drafts.")
    name = visit.one("assignee") or None
    with visit.store.write() as connection:
        known = people.person(connection, name) if name else None
        if name is None or (known is not None and known.may("decide")):
            queue.assign(connection, drafts, name)
    return RedirectResponse(f"/queue?{view_query(filters)}", 303)


@router.post("/queue/undo")
def undo(visit: Decide) -> Response:
    """Compensate an act; the draft that it was about opens again."""
    filters = filters_of(visit.one("view"))
    try:
        with visit.store.write() as connection:
            done = decisions.undo(
                connection, visit.one("act"), by=visit.person.name, at=visit.now, anyone=visit.person.may("lead")
            )
    except RefusedError as error:
        return page(visit.request, "message.html", visit=visit, status=409, title="Not undone", said=str(error))
    visit.request.app.state.announce(done)
    said = _with_done(filters, done.act)
    if len(done.verdicts) == 1 and done.verdicts[0].draft.status == "draft":
        return RedirectResponse(f"/draft/{done.verdicts[0].draft.id}?{said}#evidence", 303)
    return RedirectResponse(f"/queue?{said}", 303)


@router.get("/keys")
def show_keys(visit: See) -> Response:
    """Every key, for who reads without scripts too."""
    return page(visit.request, "keys.html", visit=visit)
