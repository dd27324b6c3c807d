"""What the analyst missed: adding a provision, and marking a clause as read and empty."""

from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from app.review.addresses import draft_address, filters_of, queue_address, view_query
from app.review.auth import Decide, Visit
from app.review.denials import DeniedError
from app.review.document_cache import LoadedDocument
from app.review.edit_form import draft_fields, edit_form
from app.review.edits import Edits, Problems, apply_edits
from app.review.loading import document_or_404
from app.review.pages import page
from app.review.posted_form import FACTORS, FormFields, parse_edits
from app.review.source_pane import source_pane
from smallprint.publishable import unpublishable
from smallprint.records import Draft, Evidence, Factors, Provenance
from smallprint.review import RefusedError
from smallprint.store import clause_marks, decisions, drafts

router = APIRouter()
MAX_QUOTE_LENGTH = 20_000  # characters that a page's address may put into the form
MAX_ADDRESS_PART = 4000  # characters of a quote in the form's own address; the form itself carries what is longer
UNSCORED: FormFields = {f"factor_{name}": [""] for name in FACTORS}  # nobody has scored the factors yet


@router.get("/document/{document_id}/add")
def show_add(visit: Decide, document_id: str, quote: str = "", clause: str = "") -> Response:
    """The form, with the words that were selected or the text of the clause that it was opened from."""
    loaded = document_or_404(visit, document_id)
    if not quote and clause in loaded.clause_by_id:
        quote = loaded.clause_by_id[clause].text
    quote = quote[:MAX_QUOTE_LENGTH]
    return _add_page(visit, loaded, {"quote": [quote]}, Edits(quotes=(quote,)), {})


def _add_page(visit: Visit, loaded: LoadedDocument, fields: FormFields, edits: Edits, problems: Problems) -> Response:
    query = visit.request.query_params
    repeated = {name: query[name] for name in ("quote", "clause", "from") if query.get(name)}
    address = urlencode({name: text for name, text in repeated.items() if len(text) < MAX_ADDRESS_PART})
    blank = _blank_draft(visit, loaded)
    proven, _ = apply_edits(blank, Edits(quotes=edits.quotes), loaded, visit.registry)
    came_from, evidence_there = _came_from(visit)
    return page(
        visit.request,
        "add.html",
        visit=visit,
        status=422 if problems else 200,
        pane=source_pane(visit, loaded, proven.evidence or evidence_there, view=address),
        form=edit_form(draft_fields(blank) | UNSCORED | fields, loaded, visit.registry, problems),
        came_from=came_from,
        view="",
        registry=visit.registry,
    )


def _came_from(visit: Visit) -> tuple[str, tuple[Evidence, ...]]:
    """The draft that the reviewer came from, and its evidence, to begin reading there; empty where there is none."""
    draft_id = visit.request.query_params.get("from", "")
    with visit.store.read() as connection:
        standing = drafts.find_standing(connection, draft_id) if draft_id else None
    return (draft_id, standing.draft.evidence) if standing else ("", ())


def _blank_draft(visit: Visit, loaded: LoadedDocument) -> Draft:
    """A draft with nothing in it; ``review.added`` gives it its id and its maker."""
    return Draft(
        id="new",
        title="",
        category="",
        severity="medium",
        factors=Factors(rights_waived=1, opt_out=1, breadth=3, exposure=1, discretion=1),
        what_it_is="",
        consumer_impact="",
        why_it_matters="",
        evidence=(),
        confidence=1.0,
        provenance=Provenance(
            model="person",
            prompt="review-desk@1",
            prompt_sha256=visit.registry.sha256,
            schema_sha256=visit.registry.sha256,
            registry_sha256=visit.registry.sha256,
            snapshot_sha256=loaded.document.sha256,
            document=loaded.document.id,
            run=None,
            created_at=visit.now,
        ),
    )


@router.post("/document/{document_id}/add")
def add(visit: Decide, document_id: str) -> Response:
    """Put the provision into the queue, where it is approved like any other."""
    loaded = document_or_404(visit, document_id)
    edits, problems = parse_edits(visit.form)
    if edits.factors is None:
        problems["factors"] = "Score all five factors; nobody has scored them yet."
    draft, unproven = apply_edits(_blank_draft(visit, loaded), edits, loaded, visit.registry)
    problems = unpublishable(draft, visit.registry) | unproven | problems
    if problems:
        return _add_page(visit, loaded, visit.form.fields, edits, problems)
    try:
        with visit.store.write() as connection:
            act = decisions.add(connection, draft, by=visit.person.name, at=visit.now, note=visit.form.first("note"))
    except RefusedError as error:
        return _add_page(visit, loaded, visit.form.fields, edits, error.problems)
    return RedirectResponse(draft_address(act.verdicts[0].draft.id, f"done={act.id}"), 303)


@router.post("/document/{document_id}/nothing")
def mark_clause(visit: Decide, document_id: str) -> Response:
    """Mark a clause as read and empty, or take the mark back; returns to the draft that was open."""
    loaded = document_or_404(visit, document_id)
    clause, _, wanted = visit.form.first("clause").partition(":")
    if clause not in loaded.clause_by_id:
        raise DeniedError("There is no such clause.", 404)
    back = visit.form.first("back")
    with visit.store.write() as connection:
        act_id = clause_marks.mark_clause(
            connection, document_id, clause, by=visit.person.name, at=visit.now, nothing=wanted != "0"
        )
        draft_is_there = drafts.find_standing(connection, back) is not None
    query = (view_query(filters_of(visit)), "tools=1", f"done={act_id}" if act_id else "")
    address = draft_address(back, *query) if draft_is_there else queue_address(*query)
    return RedirectResponse(f"{address.partition('#')[0]}#{clause}", 303)
