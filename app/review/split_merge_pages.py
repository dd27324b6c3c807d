"""Splitting a draft into several, and merging others into one."""

from dataclasses import dataclass

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from app.review.addresses import draft_address, filters_of, view_query
from app.review.auth import Decide, Visit
from app.review.edit_form import category_choices
from app.review.edits import Edits, Problems, apply_edits
from app.review.loading import document_or_404, standing_or_404
from app.review.pages import page
from app.review.posted_form import PostedForm, versioned_draft
from app.review.source_pane import source_pane
from smallprint.publishable import unpublishable
from smallprint.records import Draft
from smallprint.review import ConflictError, Decision, Kind, RefusedError
from smallprint.store import decisions

router = APIRouter()
MAX_PARTS = 3
PART_FIELDS = ("title", "category", "secondary", "evidence")  # what is checked now; the texts are edited afterwards


@dataclass(frozen=True)
class PartForm:
    """One part of a split, as it is typed."""

    title: str = ""
    category: str = ""
    quote: str = ""


def _decision(visit: Visit, kind: Kind, draft_id: str, seen_version: int) -> Decision:
    note = visit.form.first("note")
    return Decision(kind=kind, draft=draft_id, seen_version=seen_version, by=visit.person.name, at=visit.now, note=note)


def _nothing_changed(visit: Visit, draft_id: str, error: ConflictError | RefusedError) -> Response:
    back = draft_address(draft_id, view_query(filters_of(visit)))
    title = "Nothing was changed"
    return page(visit.request, "message.html", visit=visit, status=409, title=title, message=str(error), back=back)


@router.get("/draft/{draft_id}/split")
def show_split(visit: Decide, draft_id: str) -> Response:
    """The form: a title, a category and a passage for each part."""
    standing = standing_or_404(visit, draft_id)
    draft = standing.draft
    quotes = [proof.text for proof in draft.evidence]
    parts = [
        PartForm(draft.title, draft.category, quotes[0]),
        PartForm(quote=quotes[1] if len(quotes) > 1 else ""),
        PartForm(),
    ]
    return _split_page(visit, draft, standing.version, parts, {})


def _split_page(visit: Visit, draft: Draft, seen_version: int, parts: list[PartForm], problems: Problems) -> Response:
    view = view_query(filters_of(visit))
    return page(
        visit.request,
        "split.html",
        visit=visit,
        status=422 if problems else 200,
        draft=draft,
        seen_version=seen_version,
        parts=parts,
        problems=problems,
        pane=source_pane(visit, document_or_404(visit, draft.provenance.document), draft.evidence, view=view),
        categories=category_choices(visit.registry),
        view=view,
    )


@router.post("/draft/{draft_id}/split")
def split(visit: Decide, draft_id: str) -> Response:
    """Retire the draft and open its first part."""
    draft, seen_version = standing_or_404(visit, draft_id).draft, visit.form.number("saw")
    forms = _part_forms(visit.form)
    parts, problems = _parts(visit, draft, forms)
    if problems:
        return _split_page(visit, draft, seen_version, forms, problems)
    try:
        with visit.store.write() as connection:
            act = decisions.split(connection, _decision(visit, "split", draft_id, seen_version), parts)
    except RefusedError as error:
        return _split_page(visit, draft, seen_version, forms, error.problems)
    except ConflictError as error:
        return _nothing_changed(visit, draft_id, error)
    return RedirectResponse(draft_address(act.verdicts[1].draft.id, f"done={act.id}"), 303)


def _part_forms(form: PostedForm) -> list[PartForm]:
    columns = (form.values(name) for name in ("title", "category", "quote"))
    return [PartForm(*row) for row in zip(*columns, strict=False)][:MAX_PARTS]


def _parts(visit: Visit, draft: Draft, forms: list[PartForm]) -> tuple[list[Draft], Problems]:
    """The draft cut into the parts that are filled in, and what is wrong with them."""
    loaded = document_or_404(visit, draft.provenance.document)
    parts, problems = list[Draft](), Problems()
    for form in forms:
        if form.title.strip() or form.quote.strip():
            category = form.category or draft.category
            edits = Edits(title=form.title, category=category, secondary=(), quotes=(form.quote,))
            part, unproven = apply_edits(draft, edits, loaded, visit.registry)
            lacking = unpublishable(part, visit.registry)
            problems |= {name: problem for name, problem in lacking.items() if name in PART_FIELDS} | unproven
            parts.append(part)
    return parts, problems


@router.post("/draft/{draft_id}/merge")
def merge(visit: Decide, draft_id: str) -> Response:
    """Take the passages of other drafts in; they leave the queue."""
    others = [_decision(visit, "merge", *versioned_draft(box)) for box in visit.form.values("item")]
    try:
        with visit.store.write() as connection:
            act = decisions.merge(connection, _decision(visit, "merge", draft_id, visit.form.number("saw")), others)
    except (ConflictError, RefusedError) as error:
        return _nothing_changed(visit, draft_id, error)
    return RedirectResponse(draft_address(draft_id, f"done={act.id}"), 303)
