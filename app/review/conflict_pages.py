"""Conflicts: the draft changed while somebody edited it; both versions are shown, and no typed text is lost."""

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from app.review.act_banner import act_banner
from app.review.addresses import draft_address, filters_of, view_query
from app.review.auth import Decide, Visit
from app.review.edit_form import draft_fields
from app.review.loading import standing_or_404
from app.review.next_draft import next_address
from app.review.pages import page
from app.review.posted_form import EDIT_FIELDS, FormFields, unsaved_fields
from smallprint.review import EDITABLE, ConflictError, Decision, Standing
from smallprint.store import history, unfinished_edits
from smallprint.store.history import StoredDecision

router = APIRouter()

# What a reader of a conflict chooses as one, and the form fields that it consists of.
UNITS: dict[str, tuple[str, ...]] = {
    "title": ("title",),
    "category": ("category",),
    "further categories": ("secondary",),
    "what it is": ("what_it_is",),
    "consumer impact": ("consumer_impact",),
    "why it matters": ("why_it_matters",),
    "severity factors": tuple(name for name in EDIT_FIELDS if name.startswith(("factor_", "reason_"))),
    "frameworks": ("citation", "citation_why"),
    "enforcement risk": ("enforcement_risk",),
    "due diligence": ("due_diligence",),
    "agencies": ("agency", "agency_name", "agency_reason"),
    "evidence": ("quote",),
}


def show_conflict(visit: Visit, error: ConflictError) -> Response:
    """Keep what was typed and show both sides; a second press of the same key is no conflict."""
    decision, standing = error.decision, error.standing
    with visit.store.read() as connection:
        last = history.find_decision(connection, standing.draft.id, standing.version)
    if last is not None and _is_same_decision(decision, standing, last):
        address = next_address(visit, filters_of(visit), undoable=last.act, skip=decision.draft)
        return RedirectResponse(address, 303)
    typed = unsaved_fields(visit.form)
    with visit.store.write() as connection:
        unfinished_edits.save_unfinished_edit(
            connection, decision.draft, decision.by, seen_version=decision.seen_version, fields=typed, at=visit.now
        )
    return conflict_page(visit, standing, typed, seen_version=decision.seen_version, refused=decision.kind, status=409)


def _is_same_decision(decision: Decision, standing: Standing, last: StoredDecision) -> bool:
    """Whether this person has just made this decision, by a key or a button pressed twice."""
    edited = decision.edited_draft or standing.draft
    return (
        last.by == decision.by
        and standing.version == decision.seen_version + 1
        and last.kind in ((decision.kind, "amend") if decision.kind == "approve" else (decision.kind,))
        and all(getattr(edited, name) == getattr(standing.draft, name) for name in EDITABLE if name != "severity")
    )


def conflict_page(
    visit: Visit, standing: Standing, typed: FormFields, *, seen_version: int, refused: str = "", status: int = 200
) -> Response:
    """Both sides, field by field.

    Args:
        visit: whose page it is.
        standing: the draft as it stands.
        typed: what this person has typed on the version that they saw.
        seen_version: that version.
        refused: the kind of decision that was not applied; empty: none was sent.
        status: of the response.

    """
    with visit.store.read() as connection:
        last = history.find_decision(connection, standing.draft.id, standing.version)
        seen_draft = history.find_draft_at(connection, standing.draft.id, seen_version) or standing.proposal
        banner = act_banner(connection, visit)
    filters = filters_of(visit)
    now_fields, seen_fields = draft_fields(standing.draft), draft_fields(seen_draft)
    own_fields = now_fields | {name: typed[name] for name in EDIT_FIELDS if name in typed}
    differing = {unit: names for unit, names in UNITS.items() if _differ(own_fields, now_fields, names)}
    return page(
        visit.request,
        "conflict.html",
        visit=visit,
        status=status,
        theirs=standing,
        now_fields=now_fields,
        own_fields=own_fields,
        typed=typed,
        differing=differing,
        untouched={unit for unit, names in differing.items() if not _differ(own_fields, seen_fields, names)},
        banner=banner,
        last=last,
        seen_version=seen_version,
        refused=refused,
        filters=filters,
        view=view_query(filters),
        registry=visit.registry,
        now=visit.now,
    )


def _differ(fields: FormFields, others: FormFields, names: tuple[str, ...]) -> bool:
    """Whether two forms differ in these fields, empty rows and surrounding space aside."""
    return any(_filled(fields[name]) != _filled(others[name]) for name in names)


def _filled(values: list[str]) -> list[str]:
    return [text.strip() for text in values if text.strip()]


@router.post("/draft/{draft_id}/resolve")
def resolve(visit: Decide, draft_id: str) -> Response:
    """Take one side for each difference; the result is put into the form, undecided."""
    standing = standing_or_404(visit, draft_id)
    with visit.store.write() as connection:
        unsaved = unfinished_edits.find_unfinished_edit(connection, draft_id, visit.person.name)
        if unsaved is not None and visit.form.number("saw") == standing.version:
            standing_fields = draft_fields(standing.draft)
            replaced = [name for unit, names in UNITS.items() if _takes_theirs(visit, unit) for name in names]
            fields = unsaved.fields | {name: standing_fields[name] for name in replaced}
            unfinished_edits.save_unfinished_edit(
                connection, draft_id, visit.person.name, seen_version=standing.version, fields=fields, at=visit.now
            )
    return RedirectResponse(draft_address(draft_id, view_query(filters_of(visit))), 303)


def _takes_theirs(visit: Visit, unit: str) -> bool:
    return visit.form.first(f"take_{unit}") == "theirs"
