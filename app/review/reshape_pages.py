"""What changes the set of drafts: splitting, merging, adding a missed provision, marking a clause as empty; history."""

from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import select

from app.review.auth import Decide, DeniedError, Fields, See, Visit
from app.review.document_cache import LoadedDocument
from app.review.draft_pages import seen_version, standing_of
from app.review.forms import FACTORS, choices, from_fields, laws_of, level_of, to_fields, without_empty_rows
from app.review.pages import page, view_query
from app.review.source_pane import document_or_404, source_pane
from app.review.views import filters_from, filters_of
from smallprint.publishable import unpublishable
from smallprint.records import Draft, Evidence, Factors, Provenance
from smallprint.review import ConflictError, Decision, Kind, RefusedError
from smallprint.store import decisions, queue
from smallprint.store import tables as t

router = APIRouter()
_PARTS = 3
_LONGEST_IN_AN_ADDRESS = 4000  # characters; the form itself carries what is longer


def _decision(visit: Visit, kind: Kind, draft_id: str, saw: int) -> Decision:
    return Decision(kind=kind, draft=draft_id, saw=saw, by=visit.person.name, at=visit.now, note=visit.one("note"))


def _said(visit: Visit, draft_id: str, error: ConflictError | RefusedError) -> Response:
    query = view_query(filters_from(dict(visit.request.query_params)))
    back = f"/draft/{draft_id}?{query}#evidence" if query else f"/draft/{draft_id}#evidence"
    title = "Nothing was changed"
    return page(visit.request, "message.html", visit=visit, status=409, title=title, said=str(error), back=back)


# ---- split


@router.get("/draft/{draft_id}/split")
def show_split(visit: Decide, draft_id: str) -> Response:
    """The form: a title, a category and a passage for each part."""
    standing = standing_of(visit, draft_id)
    draft = standing.draft
    quotes = [one.text for one in draft.evidence]
    parts = [(draft.title, draft.category, quotes[0]), ("", "", quotes[1] if len(quotes) > 1 else ""), ("", "", "")]
    return _split_page(visit, standing.draft, standing.version, parts, {})


def _split_page(
    visit: Visit, draft: Draft, saw: int, parts: list[tuple[str, str, str]], problems: dict[str, str]
) -> Response:
    view = view_query(filters_from(dict(visit.request.query_params)))
    return page(
        visit.request,
        "split.html",
        visit=visit,
        status=422 if problems else 200,
        draft=draft,
        saw=saw,
        parts=parts,
        problems=problems,
        pane=source_pane(visit, document_or_404(visit, draft.provenance.document), draft.evidence, view=view),
        groups=choices(visit.registry),
        view=view,
    )


@router.post("/draft/{draft_id}/split")
def split(visit: Decide, draft_id: str) -> Response:
    """Retire the draft, open its first part."""
    draft = standing_of(visit, draft_id).draft
    loaded = document_or_404(visit, draft.provenance.document)
    rows = list(zip(*(visit.fields.get(name, []) for name in ("title", "category", "quote")), strict=False))[:_PARTS]
    made, problems = [], dict[str, str]()
    for title, category, quote in rows:
        if title.strip() or quote.strip():
            fields = {"title": [title], "category": [category or draft.category], "quote": [quote], "secondary": [""]}
            part, wrong = from_fields(fields, draft, loaded, visit.registry)
            made.append(part)
            lacking = unpublishable(part, visit.registry)
            problems |= {name: said for name, said in lacking.items() if name in (*fields, "evidence")} | wrong
    if problems:
        return _split_page(visit, draft, seen_version(visit), rows, problems)
    try:
        with visit.store.write() as connection:
            done = decisions.split(connection, _decision(visit, "split", draft_id, seen_version(visit)), made)
    except RefusedError as error:
        return _split_page(visit, draft, seen_version(visit), rows, error.problems)
    except ConflictError as error:
        return _said(visit, draft_id, error)
    return RedirectResponse(f"/draft/{done.verdicts[1].draft.id}?done={done.act}#evidence", 303)


# ---- merge


@router.post("/draft/{draft_id}/merge")
def merge(visit: Decide, draft_id: str) -> Response:
    """Take the passages of other drafts in; they leave the queue."""
    others = []
    for one in visit.fields.get("item", []):
        other, _, version = one.rpartition(":")
        others.append(_decision(visit, "merge", other, int(version) if version.isdigit() else 0))
    try:
        with visit.store.write() as connection:
            done = decisions.merge(connection, _decision(visit, "merge", draft_id, seen_version(visit)), others)
    except (ConflictError, RefusedError) as error:
        return _said(visit, draft_id, error)
    return RedirectResponse(f"/draft/{draft_id}?done={done.act}#evidence", 303)


# ---- add


@router.get("/document/{document_id}/add")
def show_add(visit: Decide, document_id: str, quote: str = "", clause: str = "") -> Response:
    """The form for a provision that the analyst missed."""
    loaded = document_or_404(visit, document_id)
    if not quote and clause in loaded.clause_by_id:
        quote = loaded.clause_by_id[clause].text
    return _add_page(visit, loaded, {"quote": [quote[:20_000]]}, {})


def _add_page(visit: Visit, loaded: LoadedDocument, fields: Fields, problems: dict[str, str]) -> Response:
    asked = visit.request.query_params
    kept = {name: asked[name] for name in ("quote", "clause", "from") if asked.get(name)}
    query = urlencode({name: value for name, value in kept.items() if len(value) < _LONGEST_IN_AN_ADDRESS})
    empty = _empty(loaded, visit)
    unscored: Fields = {f"factor_{name}": [""] for name in FACTORS}
    proven, _ = from_fields({"quote": fields.get("quote", [])}, empty, loaded, visit.registry)
    return page(
        visit.request,
        "add.html",
        visit=visit,
        status=422 if problems else 200,
        pane=source_pane(visit, loaded, proven.evidence or _near(visit), view=query),
        fields=without_empty_rows(to_fields(empty) | unscored | fields),
        laws=laws_of(fields, loaded, visit.registry),
        problems=problems,
        level=level_of(unscored | fields),
        came_from=_came_from(visit),
        view="",
        groups=choices(visit.registry),
        registry=visit.registry,
    )


def _came_from(visit: Visit) -> str:
    """The draft that the reviewer came from, where there is such a draft."""
    given = visit.request.query_params.get("from", "")
    with visit.store.read() as connection:
        return given if given and decisions.standing(connection, given) is not None else ""


def _near(visit: Visit) -> tuple[Evidence, ...]:
    """The evidence of the draft that the reviewer came from, to begin reading there."""
    came_from = _came_from(visit)
    return standing_of(visit, came_from).draft.evidence if came_from else ()


def _empty(loaded: LoadedDocument, visit: Visit) -> Draft:
    """A draft with nothing in it; ``review.added`` gives it id and maker."""
    document = loaded.document
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
            snapshot_sha256=document.sha256,
            document=document.id,
            run=None,
            created_at=visit.now,
        ),
    )


@router.post("/document/{document_id}/add")
def add(visit: Decide, document_id: str) -> Response:
    """Put it into the queue, where it is approved like any other."""
    loaded = document_or_404(visit, document_id)
    words, problems = from_fields(visit.fields, _empty(loaded, visit), loaded, visit.registry)
    if not all(visit.fields.get(f"factor_{name}", [""])[0] for name in FACTORS):
        problems["factors"] = "Score all five factors; nobody has scored them yet."
    problems = unpublishable(words, visit.registry) | problems
    if problems:
        return _add_page(visit, loaded, visit.fields, problems)
    try:
        with visit.store.write() as connection:
            done = decisions.add(connection, words, by=visit.person.name, at=visit.now, note=visit.one("note"))
    except RefusedError as error:
        return _add_page(visit, loaded, visit.fields, error.problems)
    return RedirectResponse(f"/draft/{done.verdicts[0].draft.id}?done={done.act}#evidence", 303)


@router.post("/document/{document_id}/nothing")
def nothing_here(visit: Decide, document_id: str) -> Response:
    """Mark a clause as read and empty, or take the mark back; returns to the draft that was open."""
    loaded = document_or_404(visit, document_id)
    clause, _, wanted = visit.one("clause").partition(":")
    if clause not in loaded.clause_by_id:
        raise DeniedError("There is no such clause.", 404)
    with visit.store.write() as connection:
        act = decisions.mark_nothing(
            connection, document_id, clause, by=visit.person.name, at=visit.now, nothing=wanted != "0"
        )
    back, query = visit.one("back"), view_query(filters_of(visit.one("view")))
    with visit.store.read() as connection:
        known = decisions.standing(connection, back) is not None
    where = f"/draft/{back}" if known else "/queue"
    said = "&".join(part for part in (query, "tools=1", f"done={act}" if act else "") if part)
    return RedirectResponse(f"{where}?{said}#{clause}", 303)


# ---- history


@router.get("/draft/{draft_id}/history")
def history(visit: See, draft_id: str) -> Response:
    """Every decision on a draft, field by field, as the audit chain tells it."""
    standing = standing_of(visit, draft_id)
    query = (
        select(t.audit, t.decisions.c.act, t.decisions.c.reasons, t.decisions.c.note, t.decisions.c.undoes)
        .join(t.decisions, t.decisions.c.audit_id == t.audit.c.id)
        .where(t.decisions.c.draft_id == draft_id)
        .order_by(t.audit.c.id.desc())
    )
    with visit.store.read() as connection:
        rows = connection.execute(query).mappings().all()
        line = queue.line(connection, draft_id, visit.now)
    return page(
        visit.request,
        "history.html",
        visit=visit,
        standing=standing,
        rows=rows,
        line=line,
        view=view_query(filters_from(dict(visit.request.query_params))),
    )
