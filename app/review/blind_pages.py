"""Blind double review: a sampled, decided draft as its analyst proposed it, for somebody who did not decide it."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import delete, insert, select

from app.review.agreement import sampled
from app.review.auth import Decide, DeniedError, Fields, Visit
from app.review.draft_pages import standing_of
from app.review.forms import choices, from_fields, laws_of, level_of, to_fields, without_empty_rows
from app.review.pages import page
from app.review.source_pane import document_or_404, source_pane
from smallprint.records import Draft
from smallprint.review import body, person_word
from smallprint.store import tables as t
from smallprint.store.queue import Filters

router = APIRouter()


def next_blind(visit: Visit) -> str | None:
    """A decided draft of the sample that this person has neither decided nor read."""
    share: float = visit.request.app.state.blind_share
    name = visit.person.name
    touched = select(t.decisions.c.draft_id).where(t.decisions.c.by == name, t.decisions.c.draft_id.is_not(None))
    read = select(t.blind_readings.c.draft_id).where(t.blind_readings.c.by == name)
    query = (
        select(t.queue.c.draft_id)
        .where(
            t.queue.c.status != "draft",
            t.queue.c.decided_by.is_not(None),
            t.queue.c.draft_id.not_in(touched),
            t.queue.c.draft_id.not_in(read),
        )
        .order_by(t.queue.c.decided_at.desc())
    )
    with visit.store.read() as connection:
        return next((one for one in connection.execute(query).scalars() if sampled(one, share)), None)


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
    query = select(t.decisions.c.id).where(t.decisions.c.draft_id == draft_id, t.decisions.c.by == visit.person.name)
    with visit.store.read() as connection:
        mine = connection.execute(query.limit(1)).scalar()
    if mine is not None or not sampled(draft_id, visit.request.app.state.blind_share):
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
    verdict = visit.one("act")
    if verdict not in ("approve", "reject"):
        raise DeniedError("Choose: approve or reject.", 422)
    if problems and verdict == "approve":
        return _page(visit, proposal, to_fields(proposal) | visit.fields, problems)
    said = proposal if problems else person_word(proposal, words)
    mine = (t.blind_readings.c.draft_id == draft_id, t.blind_readings.c.by == visit.person.name)
    with visit.store.write() as connection:
        connection.execute(delete(t.blind_readings).where(*mine))
        connection.execute(
            insert(t.blind_readings).values(
                draft_id=draft_id, by=visit.person.name, verdict=verdict, body=body(said), at=visit.now
            )
        )
    return RedirectResponse("/blind", 303)
