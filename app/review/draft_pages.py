"""The draft's page: the source on the left, the form on the right; decisions on it, and edits kept for later."""

from collections import Counter
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, RedirectResponse, Response

from app.review import deciding
from app.review.act_banner import act_banner
from app.review.addresses import draft_address, filters_of, view_query
from app.review.auth import Decide, See, Visit
from app.review.conflict_pages import conflict_page, show_conflict
from app.review.denials import DeniedError
from app.review.edit_form import draft_fields, edit_form
from app.review.edits import Problems
from app.review.loading import document_or_404, standing_or_404
from app.review.next_draft import next_address
from app.review.page_images import MAX_WAIT_SECONDS, BusyError
from app.review.pages import page
from app.review.posted_form import FormFields, parse_decision, unsaved_fields
from app.review.queue_pages import midnight
from app.review.source_pane import source_pane
from smallprint.review import ConflictError, RefusedError, Standing
from smallprint.store import history, queue, unfinished_edits

router = APIRouter()


@router.get("/draft/{draft_id}")
def show_draft(visit: See, draft_id: str) -> Response:
    """The page; takes the lease, brings back what this person has typed."""
    standing = standing_or_404(visit, draft_id)
    unsaved = None
    if visit.person.may("decide"):
        with visit.store.read() as connection:
            unsaved = unfinished_edits.find_unfinished_edit(connection, draft_id, visit.person.name)
    if unsaved is not None and unsaved.seen_version != standing.version:
        return conflict_page(visit, standing, unsaved.fields, seen_version=unsaved.seen_version)
    fields = draft_fields(standing.draft) | (unsaved.fields if unsaved else {})
    return _draft_page(visit, standing, fields, unsaved=unsaved)


def _draft_page(
    visit: Visit,
    standing: Standing,
    fields: FormFields,
    *,
    unsaved: unfinished_edits.UnfinishedEdit | None = None,
    problems: Problems | None = None,
    status: int = 200,
) -> Response:
    """The page with these fields in its form; the address says how much of the document is wanted."""
    draft = standing.draft
    loaded = document_or_404(visit, draft.provenance.document)
    holder = _take_lease(visit, draft.id) if draft.status == "draft" and visit.person.may("decide") else None
    filters = filters_of(visit)
    view = view_query(filters)
    with visit.store.read() as connection:
        siblings = queue.list_document_drafts(connection, draft.provenance.document)
        values: dict[str, Any] = {
            "progress": Counter(sibling.status for sibling in siblings),
            "today": queue.count_decided_by_person(connection, midnight(visit.now)).get(visit.person.name, 0),
            "banner": act_banner(connection, visit),
            "last": history.find_decision(connection, draft.id, standing.version),
        }
    return page(
        visit.request,
        "draft.html",
        visit=visit,
        status=status,
        draft=draft,
        standing=standing,
        form=edit_form(fields, loaded, visit.registry, problems),
        unsaved=unsaved,
        pane=source_pane(visit, loaded, draft.evidence, view=view, draft=draft.id),
        siblings=siblings,
        holder=holder,
        filters=filters,
        view=view,
        registry=visit.registry,
        editable=visit.person.may("decide") and draft.status != "rejected",
        now=visit.now,
        **values,
    )


def _take_lease(visit: Visit, draft_id: str) -> str | None:
    """Take or renew the lease; returns who else holds it."""
    with visit.store.write() as connection:
        return queue.take_lease(connection, draft_id, visit.person.name, visit.now)


@router.get("/document/{document_id}/page/{number}.png")
def show_page_image(visit: See, document_id: str, number: int) -> Response:
    """A page of a PDF as a picture."""
    images = visit.state.images
    try:
        png = images.picture(document_or_404(visit, document_id), number) if images is not None else None
    except BusyError:
        return Response(
            "Many pages are being drawn. Ask again in a few seconds.",
            503,
            headers={"retry-after": f"{MAX_WAIT_SECONDS:.0f}", "cache-control": "no-store"},
            media_type="text/plain",
        )
    if png is None:
        raise DeniedError("There is no picture of this page.", 404)
    return Response(png, media_type="image/png", headers={"cache-control": "private, max-age=3600"})


# ---- deciding


@router.post("/draft/{draft_id}")
def decide(visit: Decide, draft_id: str) -> Response:
    """Approve, reject or hand on; or keep or discard what was typed."""
    action = visit.form.first("act")
    if action in ("keep", "forget"):
        return _keep_or_forget(visit, draft_id, forget=action == "forget")
    request = parse_decision(visit.form)
    if request is None:
        raise DeniedError("Choose what to do with the draft.", 422)
    standing = standing_or_404(visit, draft_id)
    try:
        act = deciding.decide(visit.state, standing, request, by=visit.person.name, at=visit.now)
    except ConflictError as error:
        return show_conflict(visit, error)
    except RefusedError as error:
        fields = draft_fields(standing.draft) | unsaved_fields(visit.form)
        return _draft_page(visit, standing, fields, problems=error.problems, status=422)
    return RedirectResponse(next_address(visit, filters_of(visit), undoable=act.id, skip=draft_id), 303)


def _keep_or_forget(visit: Visit, draft_id: str, *, forget: bool) -> Response:
    standing_or_404(visit, draft_id)
    with visit.store.write() as connection:
        if forget:
            unfinished_edits.delete_unfinished_edit(connection, draft_id, visit.person.name)
        else:
            unfinished_edits.save_unfinished_edit(
                connection,
                draft_id,
                visit.person.name,
                seen_version=visit.form.number("saw"),
                fields=unsaved_fields(visit.form),
                at=visit.now,
            )
    if "application/json" in visit.request.headers.get("accept", ""):
        return JSONResponse({"kept": not forget})
    return RedirectResponse(draft_address(draft_id, view_query(filters_of(visit))), 303)
