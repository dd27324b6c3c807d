"""What the desk's JSON API takes and gives, as its OpenAPI document describes it."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from app.json_output import draft_json
from app.review.edits import AgencyEdit, CitationEdit, DecisionKind, DecisionRequest, Edits, FactorName
from smallprint import review
from smallprint.records import Noun
from smallprint.review import Standing
from smallprint.store.queue import Filters, QueuedDraft

MAX_TEXT, MAX_ID, MAX_LIST, MAX_SECONDARY = 4000, 80, 20, 2  # characters of a text and an id, entries of lists

Text = Annotated[str, StringConstraints(max_length=MAX_TEXT, pattern=r"^[^\x00]*$")]
Id = Annotated[str, StringConstraints(max_length=MAX_ID, pattern=r"^[A-Za-z0-9_.-]+$")]
Version = Annotated[int, Field(ge=0, lt=2**31, description="The version that you have seen.")]


# ---- taken: ``Edits`` with bounds, and the decision around them


class ApiCitation(CitationEdit):
    """A framework as cited; the desk resolves it."""

    citation: Text
    why: Text = ""


class ApiAgency(AgencyEdit):
    """An agency of the registry, and what it would look at."""

    id: Text
    name: Text = ""
    reason: Text = ""


class ApiEdits(Edits):
    """The fields of a draft that you want changed; what is left out stays."""

    title: Text | None = None
    category: Text | None = None
    secondary: tuple[Text, ...] | None = Field(None, max_length=MAX_SECONDARY)
    factor_reasons: dict[FactorName, Text] | None = None
    what_it_is: Text | None = None
    consumer_impact: Text | None = None
    why_it_matters: Text | None = None
    enforcement_risk: Text | None = None
    due_diligence: tuple[Text, ...] | None = Field(None, max_length=MAX_LIST)
    frameworks: tuple[ApiCitation, ...] | None = Field(None, max_length=MAX_LIST)
    agencies: tuple[ApiAgency, ...] | None = Field(None, max_length=MAX_LIST)
    quotes: tuple[Text, ...] | None = Field(
        None, max_length=MAX_LIST, description="Words of the document that prove it."
    )


class ApiDecision(Noun):
    """A decision."""

    act: DecisionKind
    saw: Version
    reasons: tuple[Text, ...] = Field(
        default=(), max_length=MAX_LIST, description=f"For a rejection: {', '.join(review.REASONS)}."
    )
    note: Text = ""
    edits: ApiEdits | None = None

    def request(self) -> DecisionRequest:
        """The decision as the desk makes it."""
        return DecisionRequest(
            kind=self.act, seen_version=self.saw, edits=self.edits or Edits(), reasons=self.reasons, note=self.note
        )


class ApiDecisionOn(ApiDecision):
    """A decision on one of several drafts."""

    draft: Id
    edits: None = None


class QueueQuery(Filters):
    """Filters of the queue, and the page."""

    page: int = Field(1, ge=1, le=100_000)


# ---- given


class QueuePage(BaseModel):
    """A page of the queue, the most urgent drafts first."""

    total: int
    page: int
    pages: int
    drafts: list[QueuedDraft]


class ShownDraft(BaseModel):
    """A draft as it stands, and the version to decide on."""

    draft: dict[str, Any] = Field(description="As `smallprint read --json` prints it.")
    version: int
    second_by: str | None
    record: str | None
    decided_by: str | None
    decided_at: datetime | None


class DecidedDrafts(BaseModel):
    """What was done; ``act`` undoes it."""

    act: str
    drafts: list[ShownDraft]
    left: dict[str, str] = Field(default={}, description="Drafts that could not be decided, with the reason.")


class ApiProblem(BaseModel):
    """Why a request was refused."""

    detail: str
    problems: dict[str, str] = Field(default={}, description="What to correct, by field.")
    theirs: ShownDraft | None = Field(default=None, description="On a conflict: how the draft stands now.")


def shown_draft(standing: Standing) -> ShownDraft:
    """A draft as the API gives it."""
    return ShownDraft(
        draft=draft_json(standing.draft),
        version=standing.version,
        second_by=standing.second_by,
        record=review.record_id(standing.record) if standing.record else None,
        decided_by=standing.decided_by,
        decided_at=standing.decided_at,
    )
