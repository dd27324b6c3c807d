"""The desk's JSON API: read the queue and drafts, decide, undo; by token, described by its own OpenAPI document."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.json_output import draft_json
from app.review.auth import Fields, now
from app.review.document_cache import DocumentCache
from app.review.forms import from_fields
from smallprint import review
from smallprint.records import Factors
from smallprint.review import ConflictError, Decision, RefusedError, Standing
from smallprint.store import decisions, people, queue_counts
from smallprint.store.decisions import Done
from smallprint.store.people import Person, Right
from smallprint.store.queue import Filters, Line
from smallprint.store.records import stream_records

Text = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00]*$")]
Id = Annotated[str, StringConstraints(max_length=80, pattern=r"^[A-Za-z0-9_.-]+$")]
Version = Annotated[int, Field(ge=0, lt=2**31, description="The version that you have seen.")]
_bearer = HTTPBearer(auto_error=False, description="A token of the page “account”; it has its owner's rights.")


class Body(BaseModel):
    """Base of what the API takes: closed against misspelled fields."""

    model_config = ConfigDict(extra="forbid")


class Cited(Body):
    """A framework as cited; the desk resolves it."""

    citation: Text
    why: Text = ""


class Asked(Body):
    """An agency of the registry, and what it would look at."""

    id: Text
    reason: Text = ""


class Edits(Body):
    """The fields of a draft that you want otherwise; what is left out stays."""

    title: Text | None = None
    category: Text | None = None
    secondary: list[Text] | None = Field(None, max_length=2)
    factors: Factors | None = None
    what_it_is: Text | None = None
    consumer_impact: Text | None = None
    why_it_matters: Text | None = None
    enforcement_risk: Text | None = None
    due_diligence: list[Text] | None = Field(None, max_length=20)
    frameworks: list[Cited] | None = Field(None, max_length=20)
    agencies: list[Asked] | None = Field(None, max_length=20)
    quotes: list[Text] | None = Field(None, max_length=20, description="Words of the document that prove it.")

    def fields(self) -> Fields:
        """The same as the form would send it."""
        made: Fields = {}
        for name in ("title", "category", "what_it_is", "consumer_impact", "why_it_matters", "enforcement_risk"):
            if (value := getattr(self, name)) is not None:
                made[name] = [value]
        if self.secondary is not None:
            made["secondary"] = [*self.secondary, ""]
        if self.factors is not None:
            made |= {f"factor_{name}": [str(score)] for name, score in self.factors.model_dump().items()}
        if self.due_diligence is not None:
            made["due_diligence"] = ["\n".join(" ".join(one.split()) for one in self.due_diligence)]
        if self.frameworks is not None:
            made["citation"] = [*(one.citation for one in self.frameworks), ""]
            made["citation_why"] = [*(one.why for one in self.frameworks), ""]
        if self.agencies is not None:
            made["agency"] = [*(one.id for one in self.agencies), ""]
            made["agency_reason"] = [*(one.reason for one in self.agencies), ""]
        if self.quotes is not None:
            made["quote"] = [*self.quotes, ""]
        return made


class Wanted(Body):
    """A decision."""

    act: Literal["approve", "reject", "second_opinion"]
    saw: Version
    reasons: list[Text] = Field(default=[], max_length=20, description=f"For a rejection: {', '.join(review.REASONS)}.")
    note: Text = ""
    edits: Edits | None = None


class WantedOf(Wanted):
    """A decision on one of several drafts."""

    draft: Id
    edits: None = None


class QueueQuery(Filters):
    """Filters of the queue, and the page."""

    page: int = Field(1, ge=1, le=100_000)


class QueuePage(BaseModel):
    """A page of the queue, the neediest first."""

    total: int
    page: int
    pages: int
    drafts: list[Line]


class ShownDraft(BaseModel):
    """A draft as it stands, and the version to decide on."""

    draft: dict[str, Any] = Field(description="As `smallprint read --json` prints it.")
    version: int
    second_by: str | None
    record: str | None
    decided_by: str | None
    decided_at: datetime | None


class Decided(BaseModel):
    """What was done; ``act`` undoes it."""

    act: str
    drafts: list[ShownDraft]
    left: dict[str, str] = Field(default={}, description="Drafts that could not be decided, with the reason.")


class Problem(BaseModel):
    """Why something was not done."""

    detail: str
    problems: dict[str, str] = Field(default={}, description="What to mend, by field.")
    theirs: ShownDraft | None = Field(default=None, description="On a conflict: how the draft stands now.")


def shown(standing: Standing) -> ShownDraft:
    """A draft for the wire."""
    return ShownDraft(
        draft=draft_json(standing.draft),
        version=standing.version,
        second_by=standing.second_by,
        record=review.record_id(standing.record) if standing.record else None,
        decided_by=standing.decided_by,
        decided_at=standing.decided_at,
    )


class Caller:
    """Who calls, and what the desk has for them."""

    def __init__(self, request: Request, person: Person) -> None:
        self.person, self.state, self.at = person, request.app.state, now(request)


def calls(right: Right) -> Callable[..., Caller]:
    """A dependency: the owner of the token, if they have this right."""

    def caller(
        request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)] = None
    ) -> Caller:
        with request.app.state.store.read() as connection:
            person = people.token_owner(connection, given.credentials) if given else None
        if person is None:
            raise HTTPException(401, "Send a valid token: Authorization: Bearer ...", {"www-authenticate": "Bearer"})
        if not person.may(right):
            raise HTTPException(403, f"A {person.role} account may not do this.")
        return Caller(request, person)

    return caller


Reader = Annotated[Caller, Depends(calls("see"))]
Decider = Annotated[Caller, Depends(calls("decide"))]
_REFUSALS: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "description": said}
    for code, said in (
        (401, "No valid token"),
        (403, "The role does not allow it"),
        (404, "There is no such draft"),
        (409, "Somebody changed it meanwhile; nothing was written"),
        (422, "A rule or the form of the request stands against it"),
    )
}
router = APIRouter(prefix="/v1", responses=_REFUSALS)


@router.get("/queue")
def read_queue(
    caller: Reader,
    asked: Annotated[QueueQuery, Query()],
) -> QueuePage:
    """Drafts by need, fifty a page."""
    with caller.state.store.read() as connection:
        found = queue_counts.survey(connection, _clean(asked), caller.at, page=asked.page)
    return QueuePage(total=found.total, page=found.page, pages=found.pages, drafts=list(found.lines))


def _clean(asked: QueueQuery) -> Filters:
    said = asked.model_dump(exclude={"page"})
    return Filters.model_validate({k: v.replace("\x00", "")[:200] for k, v in said.items()})


def _standing(caller: Caller, draft_id: str) -> Standing:
    with caller.state.store.read() as connection:
        found = decisions.standing(connection, draft_id)
    if found is None:
        raise HTTPException(404, "There is no such draft.")
    return found


@router.get("/drafts/{draft_id}")
def read_draft(caller: Reader, draft_id: Id) -> ShownDraft:
    """One draft as it stands."""
    return shown(_standing(caller, draft_id))


@router.post("/drafts/{draft_id}/decisions")
def decide(caller: Decider, draft_id: Id, wanted: Wanted) -> Decided:
    """Approve (with edits: amend), reject, or ask for a second opinion."""
    standing = _standing(caller, draft_id)
    decision = _decision(caller, draft_id, wanted)
    if wanted.edits is not None and wanted.act != "reject":
        documents: DocumentCache = caller.state.documents
        loaded = documents.load(standing.draft.provenance.document)
        if loaded is None:
            raise HTTPException(404, "The document of this draft is gone.")
        words, problems = from_fields(wanted.edits.fields(), standing.draft, loaded, caller.state.registry)
        if problems and decision.saw == standing.version:
            raise RefusedError(problems)
        decision = decision.model_copy(update={"words": words})
    with caller.state.store.write() as connection:
        done = decisions.decide(connection, decision, caller.state.registry)
    caller.state.announce(done)
    return _decided(caller, done)


def _decision(caller: Caller, draft_id: str, wanted: Wanted) -> Decision:
    return Decision(
        kind=wanted.act,
        draft=draft_id,
        saw=wanted.saw,
        by=caller.person.name,
        at=caller.at,
        reasons=tuple(wanted.reasons) if wanted.act == "reject" else (),
        note=wanted.note,
    )


def _decided(caller: Caller, done: Done, left: dict[str, str] | None = None) -> Decided:
    ids = list(dict.fromkeys(one.draft.id for one in done.verdicts))
    return Decided(act=done.act, drafts=[shown(_standing(caller, one)) for one in ids], left=left or {})


@router.post("/decisions")
def decide_many(caller: Decider, wanted: Annotated[list[WantedOf], Field(min_length=1, max_length=200)]) -> Decided:
    """Decide several as one act, each on the version that it names; those that cannot be decided are named."""
    requested = [_decision(caller, one.draft, one) for one in wanted]
    with caller.state.store.write() as connection:
        done, left = decisions.decide_many(connection, requested, caller.state.registry)
    caller.state.announce(done)
    return _decided(caller, done, {draft: str(error) for draft, error in left.items()})


@router.post("/acts/{act}/undo")
def undo(caller: Decider, act: Id) -> Decided:
    """Compensate an act; leads undo what others did too."""
    with caller.state.store.write() as connection:
        done = decisions.undo(connection, act, by=caller.person.name, at=caller.at, anyone=caller.person.may("lead"))
    caller.state.announce(done)
    return _decided(caller, done)


@router.get("/records")
def read_records(
    caller: Reader, after: Annotated[int, Query(ge=0, lt=2**31, description="Number of the last record seen.")] = 0
) -> list[dict[str, Any]]:
    """Approved records by number, a hundred at a time."""
    with caller.state.store.read() as connection:
        return [
            {**one.model_dump(mode="json", exclude={"draft"}), "draft": draft_json(one.draft)}
            for one in stream_records(connection, after=after, limit=100)
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
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(RequestValidationError, _invalid)
    return api


def _problem(status: int, headers: dict[str, str] | None = None, **said: Any) -> Response:  # noqa: ANN401 -- of Problem
    return JSONResponse(Problem(**said).model_dump(mode="json"), status, headers)


def _conflict(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ConflictError)  # noqa: S101 -- registered for this class alone
    return _problem(409, detail=str(error), theirs=shown(error.theirs))


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)  # noqa: S101 -- registered for this class alone
    return _problem(404 if "draft" in error.problems else 422, detail=str(error), problems=error.problems)


def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for this class alone
    return _problem(error.status_code, dict(error.headers or {}), detail=str(error.detail))


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 -- registered for this class alone
    problems = {".".join(str(step) for step in one["loc"]): one["msg"] for one in error.errors()}
    return _problem(422, detail="The request is not as the API describes it.", problems=problems)
