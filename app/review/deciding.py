"""One decision on one draft, forward: the draft as it stands, the person's edits, the verdict, what is written."""

from datetime import datetime

from app.review.denials import DeniedError
from app.review.edits import DecisionRequest, Problems, apply_edits
from app.review.state import DeskState
from smallprint import review
from smallprint.publishable import unpublishable
from smallprint.registry import Registry
from smallprint.review import ConflictError, Decision, RefusedError, Standing
from smallprint.store import decisions
from smallprint.store.decisions import Done


def decide(state: DeskState, standing: Standing, request: DecisionRequest, *, by: str, at: datetime) -> Done:
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
    decision = Decision(
        kind=request.kind, draft=standing.draft.id, saw=request.seen_version, by=by, at=at, note=request.note
    )
    if request.kind == "reject":
        decision = decision.model_copy(update={"reasons": request.reasons})
    else:
        loaded = state.documents.load(standing.draft.provenance.document)
        if loaded is None:
            raise DeniedError("The document of this draft is gone.", 404)
        edited, unproven = apply_edits(standing.draft, request.edits, loaded, state.registry)
        decision = decision.model_copy(update={"words": edited})
        if problems := request.problems | unproven:
            raise _refusal(standing, decision, problems, state.registry)
    verdict = review.decide(standing, decision, state.registry)
    with state.store.write() as connection:
        done = decisions.write_decision(connection, standing, decision, verdict)
    state.announce(done)
    return done


def _refusal(
    standing: Standing, decision: Decision, problems: Problems, registry: Registry
) -> ConflictError | RefusedError:
    """The refusal of edits that make no draft: all that is wrong at once, unless somebody else was there first."""
    if decision.saw != standing.version:
        return ConflictError(standing, decision)
    if decision.kind == "approve" and decision.words is not None:
        problems = unpublishable(decision.words, registry) | problems
    return RefusedError(problems)
