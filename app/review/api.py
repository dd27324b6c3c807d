"""The desk's JSON API: read the queue and drafts, decide, undo; by token, described by its own OpenAPI document."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import Field

from app.json_output import draft_json
from app.review import deciding
from app.review.addresses import filters_from
from app.review.api_models import (
    ApiDecision,
    ApiDecisionOn,
    ApiProblem,
    DecidedDrafts,
    Id,
    QueuePage,
    QueueQuery,
    ShownDraft,
    shown_draft,
)
from app.review.denials import DeniedError
from app.review.state import DeskState, state_of
from smallprint.review import ConflictError, Decision, RefusedError, Standing
from smallprint.store import Connection, api_tokens, decisions, drafts, queue_counts, records
from smallprint.store.decisions import Act
from smallprint.store.people import Person, Right

RECORDS_PER_PAGE = 100
NO_SUCH_DRAFT = "There is no such draft."

bearer = HTTPBearer(auto_error=False, description="A token of the page “account”; it has its owner's rights.")


@dataclass(frozen=True)
class ApiCall:
    """One call of somebody who has the right to it."""

    person: Person
    state: DeskState
    now: datetime


def call_with(right: Right) -> Callable[..., ApiCall]:
    """A dependency: a call by the owner of a token who has this right."""

    def call(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)] = None
    ) -> ApiCall:
        state = state_of(request)
        person = None
        if credentials is not None:
            with state.store.read() as connection:
                person = api_tokens.find_token_owner(connection, credentials.credentials)
        if person is None:
            raise HTTPException(401, "Send a valid token: Authorization: Bearer ...", {"www-authenticate": "Bearer"})
        if not person.may(right):
            raise HTTPException(403, f"A {person.role} account may not do this.")
        return ApiCall(person, state, state.clock())

    return call


Reading = Annotated[ApiCall, Depends(call_with("see"))]
Deciding = Annotated[ApiCall, Depends(call_with("decide"))]
REFUSALS: dict[int | str, dict[str, Any]] = {
    code: {"model": ApiProblem, "description": description}
    for code, description in (
        (401, "No valid token"),
        (403, "The role does not allow it"),
        (404, NO_SUCH_DRAFT),
        (409, "Somebody changed it meanwhile; nothing was written"),
        (422, "A rule or the form of the request stands against it"),
    )
}
router = APIRouter(prefix="/v1", responses=REFUSALS)


@router.get("/queue")
def read_queue(call: Reading, query: Annotated[QueueQuery, Query()]) -> QueuePage:
    """Drafts by need, fifty a page."""
    filters = filters_from(query.model_dump(exclude={"page"}))
    with call.state.store.read() as connection:
        filtered = queue_counts.load_filtered_queue(connection, filters, call.now, page=query.page)
    return QueuePage(total=filtered.total, page=filtered.page, pages=filtered.pages, drafts=list(filtered.drafts))


def _standing(connection: Connection, draft_id: str) -> Standing:
    standing = drafts.find_standing(connection, draft_id)
    if standing is None:
        raise HTTPException(404, NO_SUCH_DRAFT)
    return standing


@router.get("/drafts/{draft_id}")
def read_draft(call: Reading, draft_id: Id) -> ShownDraft:
    """One draft as it stands."""
    with call.state.store.read() as connection:
        return shown_draft(_standing(connection, draft_id))


@router.post("/drafts/{draft_id}/decisions")
def decide(call: Deciding, draft_id: Id, decision: ApiDecision) -> DecidedDrafts:
    """Approve (with edits: amend), reject, or ask for a second opinion."""
    with call.state.store.read() as connection:
        standing = _standing(connection, draft_id)
    act = deciding.decide(call.state, standing, decision.request(), by=call.person.name, at=call.now)
    return _decided(call, act)


def _decided(call: ApiCall, act: Act, left: dict[str, str] | None = None) -> DecidedDrafts:
    ids = list(dict.fromkeys(verdict.draft.id for verdict in act.verdicts))
    with call.state.store.read() as connection:
        drafts = [shown_draft(_standing(connection, draft_id)) for draft_id in ids]
    return DecidedDrafts(act=act.id, drafts=drafts, left=left or {})


@router.post("/decisions")
def decide_many(
    call: Deciding, wanted: Annotated[list[ApiDecisionOn], Field(min_length=1, max_length=deciding.MAX_BULK_DRAFTS)]
) -> DecidedDrafts:
    """Decide several as one act, each on the version that it names; those that cannot be decided are named."""
    requested = [
        Decision(
            kind=decision.act,
            draft=decision.draft,
            seen_version=decision.saw,
            by=call.person.name,
            at=call.now,
            reasons=decision.reasons if decision.act == "reject" else (),
            note=decision.note,
        )
        for decision in wanted
    ]
    with call.state.store.write() as connection:
        act, left = decisions.decide_many(connection, requested, call.state.registry)
    call.state.announce(act)
    return _decided(call, act, {draft_id: str(error) for draft_id, error in left.items()})


@router.post("/acts/{act}/undo")
def undo(call: Deciding, act_id: Annotated[Id, Path(alias="act")]) -> DecidedDrafts:
    """Undo an act by a further one; leads undo what others did too."""
    with call.state.store.write() as connection:
        act = decisions.undo(connection, act_id, by=call.person.name, at=call.now, anyone=call.person.may("lead"))
    call.state.announce(act)
    return _decided(call, act)


@router.get("/records")
def read_records(
    call: Reading, after: Annotated[int, Query(ge=0, lt=2**31, description="Number of the last record seen.")] = 0
) -> list[dict[str, Any]]:
    """Approved records by number, a hundred at a time."""
    with call.state.store.read() as connection:
        return [
            {**record.model_dump(mode="json", exclude={"draft"}), "draft": draft_json(record.draft)}
            for record in records.stream_records(connection, after=after, limit=RECORDS_PER_PAGE)
        ]


# ---- the application


def create_api() -> FastAPI:
    """The API as an application of its own, to be mounted; its state is set by the desk."""
    api = FastAPI(
        title="Smallprint review desk",
        version="1",
        description="Read the queue and post decisions. Every decision carries the version that you saw.",
        docs_url=None,
        redoc_url=None,
    )
    api.include_router(router)
    api.add_exception_handler(ConflictError, _conflict)
    api.add_exception_handler(RefusedError, _refused)
    api.add_exception_handler(DeniedError, _denied)
    api.add_exception_handler(HTTPException, _http_error)
    api.add_exception_handler(RequestValidationError, _invalid)
    return api


def _answer(status: int, problem: ApiProblem, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse(problem.model_dump(mode="json"), status, headers)


def _conflict(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ConflictError)  # noqa: S101 -- registered for this class alone
    return _answer(409, ApiProblem(detail=str(error), theirs=shown_draft(error.standing)))


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)  # noqa: S101 -- registered for this class alone
    status = 404 if "draft" in error.problems else 422
    return _answer(status, ApiProblem(detail=str(error), problems=error.problems))


def _denied(_request: Request, error: Exception) -> Response:
    assert isinstance(error, DeniedError)  # noqa: S101 -- registered for this class alone
    return _answer(error.status, ApiProblem(detail=error.sentence))


def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for this class alone
    return _answer(error.status_code, ApiProblem(detail=str(error.detail)), dict(error.headers or {}))


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- registered for this class alone
    problems = {".".join(str(step) for step in problem["loc"]): problem["msg"] for problem in error.errors()}
    return _answer(422, ApiProblem(detail="The request is not as the API describes it.", problems=problems))
