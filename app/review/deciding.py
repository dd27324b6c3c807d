"""One decision on one draft, forward: the draft as it stands, the person's edits, the verdict, what is written."""

from datetime import datetime

from app.review.denials import DeniedError
from app.review.edits import DecisionRequest, Problems, apply_edits
from app.review.state import DeskState
from smallprint import review
from smallprint.publishable import unpublishable
from smallprint.records import Draft
from smallprint.registry import Registry
from smallprint.review import ConflictError, Decision, RefusedError, Standing
from smallprint.store import decisions
from smallprint.store.decisions import Act

MAX_BULK_DRAFTS = 200  # that one act decides; four pages of the queue


def decide(state: DeskState, standing: Standing, request: DecisionRequest, *, by: str, at: datetime) -> Act:
    """Decide, write it down, announce it.

    Args:
        state: the desk.
        standing: the draft as it stands.
        request: what is wanted.
        by: the person.
        at: the time.

    Raises:
        ConflictError: the person saw another version, or somebody else was quicker; nothing is written.
        RefusedError: a rule stands against it; nothing is written.

    """
    edited, problems = (None, {}) if request.kind == "reject" else _edited(state, standing.draft, request)
    decision = Decision(
        kind=request.kind,
        draft=standing.draft.id,
        seen_version=request.seen_version,
        by=by,
        at=at,
        reasons=request.reasons if request.kind == "reject" else (),
        note=request.note,
        edited_draft=edited,
    )
    if problems:
        raise _refusal(standing, decision, problems, state.registry)
    verdict = review.decide(standing, decision, state.registry)
    with state.store.write() as connection:
        act = decisions.write_decision(connection, standing, decision, verdict)
    state.announce(act)
    return act


def _edited(state: DeskState, draft: Draft, request: DecisionRequest) -> tuple[Draft, Problems]:
    """The draft with the edits made, and what is wrong with them."""
    loaded = state.documents.load(draft.provenance.document)
    if loaded is None:
        raise DeniedError("The document of this draft is gone.", 404)
    edited, unproven = apply_edits(draft, request.edits, loaded, state.registry)
    return edited, request.problems | unproven


def _refusal(
    standing: Standing, decision: Decision, problems: Problems, registry: Registry
) -> ConflictError | RefusedError:
    """The error for edits with problems: a conflict if the draft has changed, else everything that is wrong at once."""
    if decision.seen_version != standing.version:
        return ConflictError(standing, decision)
    if decision.kind == "approve" and decision.edited_draft is not None:
        problems = unpublishable(decision.edited_draft, registry) | problems
    return RefusedError(problems)
