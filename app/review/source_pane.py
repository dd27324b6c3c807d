"""The left half of a page: the document with its evidence highlighted, its PDF pages, and links to the live source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.review.auth import Visit
from app.review.document_cache import LoadedDocument
from app.review.page_images import BusyError
from app.review.pages import safe_link
from app.review.source_view import DraftSpan, Excerpt, excerpt
from extractors.fragments import url_at
from extractors.pdf.drawing import Sheet
from smallprint.records import Clause, Evidence
from smallprint.store import clause_marks, drafts

PDF, HTML = "application/pdf", ("text/html", "application/xhtml+xml")  # media types


@dataclass(frozen=True)
class SourceLinks:
    """The addresses at which a passage can be read outside the desk; empty where none is known."""

    live: str
    archived: str  # in the Wayback Machine
    page: int | None  # of a PDF


@dataclass(frozen=True)
class Pane:
    """What the left half of a page shows."""

    loaded: LoadedDocument
    excerpt: Excerpt
    first: Clause | None  # where the evidence begins
    page: int | None  # of a PDF, where the evidence begins
    query: str  # what the pane's own links keep of the address
    draft: str = ""  # id of the draft shown; empty: none, or not to be named
    may_mark: bool = False  # this person may mark clauses as empty
    mark_buttons: bool = False  # and has asked for the buttons
    is_pdf: bool = False
    sheets: tuple[Sheet, ...] = ()
    pages_busy: bool = False  # its pages were asked for, and too many others are being drawn
    links: dict[str, SourceLinks] = field(default_factory=dict)  # by the quote in one line

    def links_of(self, quote: str) -> SourceLinks | None:
        """Where this passage of the evidence opens."""
        return self.links.get(" ".join(quote.split()))


def source_pane(
    visit: Visit,
    loaded: LoadedDocument,
    evidence: Sequence[Evidence],
    *,
    view: str = "",
    draft: str = "",
    plain: bool = False,
) -> Pane:
    """The pane; the address says how much of the document is wanted, as text or as pages.

    Args:
        visit: whose page it is.
        loaded: the document.
        evidence: highlighted, and scrolled to.
        view: what the pane's links keep of the address.
        draft: id of the draft shown, from whose page clauses may be marked; empty: none.
        plain: without other people's drafts and marks, for a blind reader.

    """
    query = visit.request.query_params
    images = visit.state.images
    is_pdf = loaded.document.media_type == PDF and images is not None
    sheets: tuple[Sheet, ...] = ()
    pages_busy = False
    if images is not None and is_pdf and query.get("pages"):
        try:
            sheets = images.sheets(loaded, tuple(evidence))
        except BusyError:
            pages_busy = True
    others: Sequence[DraftSpan] = ()
    marks: set[str] = set()
    if not plain:
        with visit.store.read() as connection:
            others = drafts.list_evidence_spans(connection, loaded.document.id, except_draft=draft)
            marks = clause_marks.list_marked_clauses(connection, loaded.document.id)
    clauses = excerpt(loaded.document, loaded.clauses, evidence, others, nothing=marks, whole=bool(query.get("whole")))
    clause = evidence[0].clauses[0] if evidence and evidence[0].clauses else ""
    may_mark = bool(draft) and not plain and visit.person.may("decide")
    return Pane(
        loaded=loaded,
        excerpt=clauses,
        first=loaded.clause_by_id.get(clause),
        page=evidence[0].page if evidence else None,
        query=view,
        draft=draft,
        mark_buttons=may_mark and bool(query.get("tools")),
        may_mark=may_mark,
        is_pdf=is_pdf,
        sheets=sheets,
        pages_busy=pages_busy,
        links=source_links(loaded, evidence),
    )


def source_links(loaded: LoadedDocument, evidence: Iterable[Evidence]) -> dict[str, SourceLinks]:
    """Where each passage opens on the live page and in the archive; empty for a file without a known address."""
    live, archived = addresses(loaded)
    if not live and not archived:
        return {}
    return {
        " ".join(proof.text.split()): SourceLinks(
            _passage_url(live, loaded, proof) if live else "",
            _passage_url(archived, loaded, proof) if archived else "",
            proof.page,
        )
        for proof in evidence
    }


def addresses(loaded: LoadedDocument) -> tuple[str, str]:
    """The live page, and its capture in the archive that the text is from or nearest to; web addresses or empty."""
    snapshot, location = loaded.snapshot, loaded.source.location
    if snapshot is None:
        return safe_link(location), ""
    fetched = safe_link(snapshot.final_url or snapshot.url or location)
    if snapshot.original_url:
        return safe_link(snapshot.original_url), fetched
    return fetched, safe_link(snapshot.wayback_url)


def _passage_url(url: str, loaded: LoadedDocument, proof: Evidence) -> str:
    if loaded.document.media_type == PDF:
        return f"{url.partition('#')[0]}#page={proof.page}" if proof.page else url
    if loaded.document.media_type in HTML:
        return url_at(url, loaded.document, proof.start, proof.end, loaded.page_words)
    return url
