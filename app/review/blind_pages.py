"""Blind double review: a sampled, decided draft as its analyst proposed it, for somebody who did not decide it."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from app.review.agreement import is_sampled
from app.review.auth import Decide, Visit
from app.review.denials import DeniedError
from app.review.edit_form import draft_fields, edit_form
from app.review.edits import Problems, apply_edits
from app.review.loading import document_or_404, standing_or_404
from app.review.pages import page
from app.review.posted_form import FormFields, parse_edits, unsaved_fields
from app.review.source_pane import source_pane
from smallprint.records import Draft
from smallprint.review import apply_person_edits
from smallprint.store import blind_readings, history
from smallprint.store.blind_readings import BlindVerdict

router = APIRouter()
VERDICTS: dict[str, BlindVerdict] = {"approve": "approve", "reject": "reject"}


def _next_blind_draft(visit: Visit) -> str | None:
    """A decided draft of the sample that this person has neither decided nor read."""
    with visit.store.read() as connection:
        candidates = blind_readings.stream_blind_candidates(connection, visit.person.name)
        return next((draft_id for draft_id in candidates if is_sampled(draft_id, visit.state.blind_share)), None)


@router.get("/blind")
def show_next(visit: Decide) -> Response:
    """The next draft to read blind, or that there is none."""
    draft_id = _next_blind_draft(visit)
    if draft_id is not None:
        return RedirectResponse(f"/blind/{draft_id}#evidence", 303)
    message = "No draft waits for a second, blind reading by you."
    return page(visit.request, "message.html", visit=visit, title="Blind reading", message=message)


def _proposal(visit: Visit, draft_id: str) -> Draft:
    """The proposal of a draft that this person may read blind: it is in the sample and they did not decide it."""
    standing = standing_or_404(visit, draft_id)
    with visit.store.read() as connection:
        decided = history.has_decided(connection, draft_id, visit.person.name)
    if decided or not is_sampled(draft_id, visit.state.blind_share):
        raise DeniedError("This draft is not one that you read blind.")
    return standing.proposal.model_copy(update={"status": "draft"})


@router.get("/blind/{draft_id}")
def show_blind(visit: Decide, draft_id: str) -> Response:
    """The page: source and proposal, nothing of what others decided."""
    proposal = _proposal(visit, draft_id)
    return _blind_page(visit, proposal, draft_fields(proposal), {})


def _blind_page(visit: Visit, proposal: Draft, fields: FormFields, problems: Problems) -> Response:
    loaded = document_or_404(visit, proposal.provenance.document)
    return page(
        visit.request,
        "blind.html",
        visit=visit,
        status=422 if problems else 200,
        draft=proposal,
        form=edit_form(fields, loaded, visit.registry, problems),
        pane=source_pane(visit, loaded, proposal.evidence, plain=True),
        view="",
        registry=visit.registry,
    )


@router.post("/blind/{draft_id}")
def save_reading(visit: Decide, draft_id: str) -> Response:
    """Keep the reading; it decides nothing."""
    proposal = _proposal(visit, draft_id)
    loaded = document_or_404(visit, proposal.provenance.document)
    verdict = VERDICTS.get(visit.form.first("act"))
    if verdict is None:
        raise DeniedError("Choose: approve or reject.", 422)
    edits, unparsed = parse_edits(visit.form)
    edited, unproven = apply_edits(proposal, edits, loaded, visit.registry)
    problems = unparsed | unproven
    if problems and verdict == "approve":
        return _blind_page(visit, proposal, draft_fields(proposal) | unsaved_fields(visit.form), problems)
    reading = proposal if problems else apply_person_edits(proposal, edited)
    with visit.store.write() as connection:
        blind_readings.save_blind_reading(connection, visit.person.name, verdict, reading, at=visit.now)
    return RedirectResponse("/blind", 303)
