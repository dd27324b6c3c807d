"""The draft's page: source on the left, form on the right; decisions, conflicts, half-done edits."""

from collections import Counter
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse, Response
from sqlalchemy import Connection, select

from app.review.auth import Decide, DeniedError, Fields, See, Visit
from app.review.forms import (
    EDIT_FIELDS,
    choices,
    edit_fields,
    from_fields,
    laws_of,
    level_of,
    same_edit,
    to_fields,
    without_empty_rows,
)
from app.review.page_images import PageImages
from app.review.pages import page, view_query
from app.review.queue_pages import midnight
from app.review.source_pane import document_or_404, source_pane
from app.review.views import deed, filters_from, filters_of, next_address
from smallprint.publishable import unpublishable
from smallprint.records import Draft
from smallprint.registry import Registry
from smallprint.review import ConflictError, Decision, RefusedError, Standing
from smallprint.store import decisions, queue
from smallprint.store import tables as t
from smallprint.store.queue import Filters

router = APIRouter()

# What a reader of a conflict chooses between as one thing, and the form fields that it is made of.
UNITS: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "category": ("category",),
    "further categories": ("secondary",),
    "what it is": ("what_it_is",),
    "consumer impact": ("consumer_impact",),
    "why it matters": ("why_it_matters",),
    "severity factors": tuple(one for one in EDIT_FIELDS if one.startswith(("factor_", "reason_"))),
    "frameworks": ("citation", "citation_why"),
    "enforcement risk": ("enforcement_risk",),
    "due diligence": ("due_diligence",),
    "agencies": ("agency", "agency_name", "agency_reason"),
    "evidence": ("quote",),
}


def standing_of(visit: Visit, draft_id: str) -> Standing:
    """How the draft stands, or a 404."""
    with visit.store.read() as connection:
        found = decisions.standing(connection, draft_id)
    if found is None:
        raise DeniedError("There is no such draft.", 404)
    return found


@router.get("/draft/{draft_id}")
def show_draft(visit: See, draft_id: str) -> Response:
    """The page; takes the lease, brings back what this person has typed."""
    filters = filters_from(dict(visit.request.query_params))
    standing = standing_of(visit, draft_id)
    typed = None
    if visit.person.may("decide"):
        with visit.store.read() as connection:
            typed = decisions.half_edit(connection, draft_id, visit.person.name)
    if typed is not None and typed.saw != standing.version:
        return _conflict_page(visit, standing, typed.fields, filters, saw=typed.saw, act="", status=200)
    fields = to_fields(standing.draft) | (typed.fields if typed else {})
    return draft_page(visit, standing, fields, filters, typed=typed)


def draft_page(
    visit: Visit,
    standing: Standing,
    fields: Fields,
    filters: Filters,
    *,
    typed: decisions.HalfEdit | None = None,
    problems: dict[str, str] | None = None,
    status: int = 200,
) -> Response:
    """The page with these fields in its form; the address says how much of the document is wanted."""
    draft = standing.draft
    done = visit.request.query_params.get("done", "")
    loaded = document_or_404(visit, draft.provenance.document)
    open_here = draft.status == "draft" and visit.person.may("decide")
    holder = None
    if open_here:
        holder = _lease(visit, draft.id)
    with visit.store.read() as connection:
        siblings = queue.siblings(connection, draft.provenance.document)
        values: dict[str, Any] = {
            "progress": Counter(one.status for one in siblings),
            "today": queue.day_progress(connection, midnight(visit.now)).get(visit.person.name, 0),
            "deed": deed(connection, done, visit.person.name) if done else None,
            "last": _last_decision(connection, standing),
        }
    view = view_query(filters)
    return page(
        visit.request,
        "draft.html",
        visit=visit,
        status=status,
        draft=draft,
        standing=standing,
        fields=without_empty_rows(fields),
        laws=laws_of(fields, loaded, visit.registry),
        level=level_of(fields),
        problems=problems or {},
        typed=typed,
        pane=source_pane(visit, loaded, draft.evidence, view=view, draft=draft.id),
        siblings=siblings,
        holder=holder,
        filters=filters,
        view=view,
        groups=choices(visit.registry),
        registry=visit.registry,
        editable=visit.person.may("decide") and draft.status != "rejected",
        now=visit.now,
        done=done,
        **values,
    )


@router.get("/document/{document_id}/page/{number}.png")
def show_page(visit: See, document_id: str, number: int) -> Response:
    """A page of a PDF as a picture."""
    images: PageImages | None = visit.request.app.state.images
    drawn = images.picture(document_or_404(visit, document_id), number) if images is not None else None
    if drawn is None:
        raise DeniedError("There is no picture of this page.", 404)
    return Response(drawn, media_type="image/png", headers={"cache-control": "private, max-age=3600"})


def _lease(visit: Visit, draft_id: str) -> str | None:
    """Take the lease; asks first, because most visits are of somebody who holds it already."""
    with visit.store.write() as connection:
        return queue.lease(connection, draft_id, visit.person.name, visit.now)


def _last_decision(connection: Any, standing: Standing) -> Any:  # noqa: ANN401 -- a connection and a row
    """The decision that made the version of now, for undo and for the conflict's words."""
    query = select(
        t.decisions.c.act,
        t.decisions.c.kind,
        t.decisions.c.by,
        t.decisions.c.at,
        t.decisions.c.reasons,
        t.decisions.c.note,
    )
    query = query.where(t.decisions.c.draft_id == standing.draft.id, t.decisions.c.version == standing.version)
    return connection.execute(query).mappings().first()


# ---- deciding


@router.post("/draft/{draft_id}")
def decide(visit: Decide, draft_id: str) -> Response:
    """Approve, reject, hand on, keep or throw away what was typed."""
    act = visit.one("act")
    filters = filters_of(visit.one("view"))
    if act in ("keep", "forget"):
        return _keep_or_forget(visit, draft_id, filters, forget=act == "forget")
    if act not in ("approve", "reject", "second_opinion"):
        raise DeniedError("Choose what to do with the draft.", 422)
    standing = standing_of(visit, draft_id)
    loaded = document_or_404(visit, standing.draft.provenance.document)
    words, problems = from_fields(visit.fields, standing.draft, loaded, visit.registry)
    decision = Decision(
        kind=act,
        draft=draft_id,
        saw=seen_version(visit),
        by=visit.person.name,
        at=visit.now,
        reasons=tuple(visit.fields.get("reasons", [])) if act == "reject" else (),
        note="\n".join(one.strip() for one in visit.fields.get("note", []) if one.strip()),
        words=None if act == "reject" else words,
    )
    try:
        if act != "reject":
            _check(standing, decision, problems, visit.registry)
        with visit.store.write() as connection:
            done = decisions.decide(connection, decision, visit.registry)
    except ConflictError as error:
        return _conflict(visit, error, filters)
    except RefusedError as error:
        return _refused(visit, draft_id, error, filters)
    visit.request.app.state.announce(done)
    return RedirectResponse(next_address(visit, filters, done=done.act, skip=draft_id), 303)


def seen_version(visit: Visit) -> int:
    """The version that a form carries; 0, which never was, where it carries none."""
    given = visit.one("saw")
    return int(given) if given.isdigit() and len(given) < 10 else 0


def _check(standing: Standing, decision: Decision, problems: dict[str, str], registry: Registry) -> None:
    """Refuse a form that makes no draft, all that is wrong at once; that somebody else was there is said first."""
    if problems and decision.saw != standing.version:
        raise ConflictError(standing, decision)
    if problems:
        lacking = unpublishable(decision.words, registry) if decision.kind == "approve" and decision.words else {}
        raise RefusedError(lacking | problems)


def _typed(visit: Visit) -> Fields:
    """What a form holds of the person's own: the draft's fields, note and reasons."""
    return edit_fields(visit.fields) | {
        name: visit.fields[name] for name in ("note", "reasons") if name in visit.fields
    }


def _keep_or_forget(visit: Visit, draft_id: str, filters: Filters, *, forget: bool) -> Response:
    standing_of(visit, draft_id)
    with visit.store.write() as connection:
        if forget:
            decisions.forget_half_edit(connection, draft_id, visit.person.name)
        else:
            decisions.keep_half_edit(
                connection, draft_id, visit.person.name, saw=seen_version(visit), fields=_typed(visit), at=visit.now
            )
    if "application/json" in visit.request.headers.get("accept", ""):
        return JSONResponse({"kept": not forget})
    query = view_query(filters)
    return RedirectResponse(f"/draft/{draft_id}?{query}#evidence" if query else f"/draft/{draft_id}#evidence", 303)


def _refused(visit: Visit, draft_id: str, error: RefusedError, filters: Filters) -> Response:
    """The form again, with what to mend and everything that was typed."""
    standing = standing_of(visit, draft_id)
    fields = to_fields(standing.draft) | _typed(visit)
    return draft_page(visit, standing, fields, filters, problems=error.problems, status=422)


# ---- conflicts


def _conflict(visit: Visit, error: ConflictError, filters: Filters) -> Response:
    """Keep what was typed, show both sides; a second press of the same key is no conflict."""
    yours, theirs = error.yours, error.theirs
    with visit.store.read() as connection:
        last = _last_decision(connection, theirs)
    doubled = (
        last is not None
        and last["by"] == yours.by
        and theirs.version == yours.saw + 1
        and last["kind"] in ((yours.kind, "amend") if yours.kind == "approve" else (yours.kind,))
        and same_edit(to_fields(theirs.draft), to_fields(yours.words or theirs.draft))
    )
    if doubled:
        return RedirectResponse(next_address(visit, filters, done=last["act"], skip=yours.draft), 303)
    typed = _typed(visit)
    with visit.store.write() as connection:
        decisions.keep_half_edit(connection, yours.draft, yours.by, saw=yours.saw, fields=typed, at=visit.now)
    return _conflict_page(visit, theirs, typed, filters, saw=yours.saw, act=yours.kind, status=409)


def _conflict_page(
    visit: Visit, theirs: Standing, typed: Fields, filters: Filters, *, saw: int, act: str, status: int
) -> Response:
    now = to_fields(theirs.draft)
    mine = now | edit_fields(typed)
    differing = {
        unit: names
        for unit, names in UNITS.items()
        if any([v.strip() for v in mine[n] if v.strip()] != [v.strip() for v in now[n] if v.strip()] for n in names)
    }
    with visit.store.read() as connection:
        last = _last_decision(connection, theirs)
        seen = to_fields(_seen(connection, theirs, saw))
        done = visit.request.query_params.get("done", "")
        told = deed(connection, done, visit.person.name) if done else None
    untouched = {
        unit for unit in differing if same_edit(*({name: side[name] for name in UNITS[unit]} for side in (mine, seen)))
    }
    return page(
        visit.request,
        "conflict.html",
        visit=visit,
        status=status,
        theirs=theirs,
        now_fields=now,
        mine=mine,
        typed=typed,
        differing=differing,
        untouched=untouched,
        deed=told,
        last=last,
        saw=saw,
        act=act,
        filters=filters,
        view=view_query(filters),
        registry=visit.registry,
        now=visit.now,
    )


def _seen(connection: Connection, theirs: Standing, saw: int) -> Draft:
    """The draft as it stood in the version that a person saw."""
    query = select(t.decisions.c.after).where(t.decisions.c.draft_id == theirs.draft.id, t.decisions.c.version == saw)
    after = connection.execute(query).scalar()
    return Draft.model_validate(after["body"]) if after else theirs.proposal


@router.post("/draft/{draft_id}/resolve")
def resolve(visit: Decide, draft_id: str) -> Response:
    """Take for each difference one side; the result waits in the form, undecided."""
    filters = filters_of(visit.one("view"))
    standing = standing_of(visit, draft_id)
    with visit.store.write() as connection:
        typed = decisions.half_edit(connection, draft_id, visit.person.name)
        if typed is not None and seen_version(visit) == standing.version:
            theirs = to_fields(standing.draft)
            taken = [unit for unit in UNITS if visit.one(f"take_{unit}") == "theirs"]
            fields = typed.fields | {name: theirs[name] for unit in taken for name in UNITS[unit]}
            decisions.keep_half_edit(
                connection, draft_id, visit.person.name, saw=standing.version, fields=fields, at=visit.now
            )
    query = view_query(filters)
    return RedirectResponse(f"/draft/{draft_id}?{query}#evidence" if query else f"/draft/{draft_id}#evidence", 303)
