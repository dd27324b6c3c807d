"""Blind double review: a sampled, decided draft as its analyst proposed it, for somebody who did not decide it."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from app.review.agreement import sampled
from app.review.auth import Decide, DeniedError, Fields, Visit
from app.review.draft_pages import standing_of
from app.review.forms import choices, from_fields, laws_of, level_of, to_fields, without_empty_rows
from app.review.pages import page
from app.review.source_pane import document_or_404, source_pane
from smallprint.records import Draft
from smallprint.review import person_word
from smallprint.store import blind_readings, history
from smallprint.store.blind_readings import BlindVerdict
from smallprint.store.queue import Filters

router = APIRouter()
_VERDICTS: dict[str, BlindVerdict] = {"approve": "approve", "reject": "reject"}


def next_blind(visit: Visit) -> str | None:
    """A decided draft of the sample that this person has neither decided nor read."""
    share: float = visit.request.app.state.blind_share
    with visit.store.read() as connection:
        candidates = blind_readings.stream_blind_candidates(connection, visit.person.name)
        return next((draft_id for draft_id in candidates if sampled(draft_id, share)), None)


@router.get("/blind")
def begin(visit: Decide) -> Response:
    """The next one, or that there is none."""
    found = next_blind(visit)
    if found is not None:
        return RedirectResponse(f"/blind/{found}#evidence", 303)
    said = "No draft waits for a second, blind reading by you."
    return page(visit.request, "message.html", visit=visit, title="Blind reading", said=said)


def _proposal(visit: Visit, draft_id: str) -> Draft:
    """The proposal, for people who have not decided it; nobody else may read blind."""
    standing = standing_of(visit, draft_id)
    with visit.store.read() as connection:
        decided = history.has_decided(connection, draft_id, visit.person.name)
    if decided or not sampled(draft_id, visit.request.app.state.blind_share):
        raise DeniedError("This draft is not one that you read blind.")
    return standing.proposal.model_copy(update={"status": "draft"})


@router.get("/blind/{draft_id}")
def show(visit: Decide, draft_id: str) -> Response:
    """The page: source and proposal, nothing of what others decided."""
    proposal = _proposal(visit, draft_id)
    return _page(visit, proposal, to_fields(proposal), {})


def _page(visit: Visit, proposal: Draft, fields: Fields, problems: dict[str, str]) -> Response:
    loaded = document_or_404(visit, proposal.provenance.document)
    return page(
        visit.request,
        "blind.html",
        visit=visit,
        status=422 if problems else 200,
        draft=proposal,
        fields=without_empty_rows(fields),
        laws=laws_of(fields, loaded, visit.registry),
        level=level_of(fields),
        problems=problems,
        pane=source_pane(visit, loaded, proposal.evidence, plain=True),
        filters=Filters(),
        view="",
        groups=choices(visit.registry),
        registry=visit.registry,
    )


@router.post("/blind/{draft_id}")
def answer(visit: Decide, draft_id: str) -> Response:
    """Keep the reading; it decides nothing."""
    proposal = _proposal(visit, draft_id)
    loaded = document_or_404(visit, proposal.provenance.document)
    words, problems = from_fields(visit.fields, proposal, loaded, visit.registry)
    verdict = _VERDICTS.get(visit.one("act"))
    if verdict is None:
        raise DeniedError("Choose: approve or reject.", 422)
    if problems and verdict == "approve":
        return _page(visit, proposal, to_fields(proposal) | visit.fields, problems)
    said = proposal if problems else person_word(proposal, words)
    with visit.store.write() as connection:
        blind_readings.save_blind_reading(connection, visit.person.name, verdict, said, at=visit.now)
    return RedirectResponse("/blind", 303)
