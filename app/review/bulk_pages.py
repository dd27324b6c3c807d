"""Acts over the queue: one decision on several drafts, assigning them, and undoing an act."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from app.review.addresses import draft_address, filters_of, queue_address, view_query
from app.review.auth import Decide, Visit
from app.review.deciding import MAX_BULK_DRAFTS
from app.review.denials import DeniedError
from app.review.pages import page
from app.review.posted_form import versioned_draft
from smallprint.review import Decision, RefusedError
from smallprint.store import decisions, people, queue

router = APIRouter()


@router.post("/queue/bulk")
def decide_many(visit: Decide) -> Response:
    """One decision on the chosen drafts, each with the version that the page showed."""
    action, view = visit.form.first("act"), view_query(filters_of(visit))
    chosen = dict(versioned_draft(box) for box in visit.form.values("item"))
    if len(chosen) > MAX_BULK_DRAFTS:
        raise DeniedError(f"At most {MAX_BULK_DRAFTS} drafts at once.")
    if not chosen:
        raise DeniedError("No draft was chosen. Go back, choose some, then say what to do with them.", 422)
    if action == "assign":
        return _assign(visit, list(chosen), view)
    if action not in ("approve", "reject", "second_opinion"):
        return RedirectResponse(queue_address(view), 303)
    wanted = [
        Decision(
            kind=action,
            draft=draft_id,
            seen_version=seen_version,
            by=visit.person.name,
            at=visit.now,
            reasons=visit.form.values("reasons") if action == "reject" else (),
            note=visit.form.first("note"),
        )
        for draft_id, seen_version in chosen.items()
    ]
    with visit.store.write() as connection:
        act, left = decisions.decide_many(connection, wanted, visit.registry)
        lines = {draft_id: queue.find_queued_draft(connection, draft_id, visit.now) for draft_id in left}
    visit.state.announce(act)
    if left:
        return page(
            visit.request,
            "bulk.html",
            visit=visit,
            status=409,
            action=action,
            act=act,
            left=left,
            lines=lines,
            view=view,
        )
    return RedirectResponse(queue_address(view, f"done={act.id}"), 303)


def _assign(visit: Visit, drafts: list[str], view: str) -> Response:
    if not visit.person.may("lead"):
        raise DeniedError("Only a lead or an admin assigns drafts.")
    name = visit.form.first("assignee") or None
    with visit.store.write() as connection:
        person = people.find_person(connection, name) if name else None
        if name is None or (person is not None and person.may("decide")):
            queue.assign(connection, drafts, name)
    return RedirectResponse(queue_address(view), 303)


@router.post("/queue/undo")
def undo(visit: Decide) -> Response:
    """Undo an act by a further one; the draft that it was about opens again."""
    view = view_query(filters_of(visit))
    try:
        with visit.store.write() as connection:
            act = decisions.undo(
                connection,
                visit.form.first("act"),
                by=visit.person.name,
                at=visit.now,
                anyone=visit.person.may("lead"),
            )
    except RefusedError as error:
        return page(visit.request, "message.html", visit=visit, status=409, title="Not undone", message=str(error))
    visit.state.announce(act)
    query = (view, f"done={act.id}")
    if len(act.verdicts) == 1 and act.verdicts[0].draft.status == "draft":
        return RedirectResponse(draft_address(act.verdicts[0].draft.id, *query), 303)
    return RedirectResponse(queue_address(*query), 303)
