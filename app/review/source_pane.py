"""The left half of a page: a document with evidence lit, its PDF pages, and where each passage opens at its source."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from app.review.auth import DeniedError, Visit
from app.review.library import Library, Volume
from app.review.page_images import PageImages, Sheet
from app.review.pages import safe_link
from app.review.source_view import Excerpt, Span, excerpt
from extractors.fragments import url_at
from smallprint.records import Clause, Evidence
from smallprint.store import tables as t

_PDF, _HTML = "application/pdf", ("text/html", "application/xhtml+xml")


@dataclass(frozen=True)
class Place:
    """Where a passage can be read outside the desk; empty addresses are not known."""

    live: str
    archived: str
    page: int | None  # of a PDF


@dataclass(frozen=True)
class Pane:
    """What the left half of a page shows."""

    volume: Volume
    excerpt: Excerpt
    first: Clause | None  # that the evidence begins in
    page: int | None  # of a PDF, that the evidence begins on
    query: str  # that keeps the page as it is in the pane's own links
    draft: str = ""  # that is shown; empty: none, or not to be named
    tools: bool = False  # clauses can be marked now
    marking: bool = False  # clauses may be marked here
    is_pdf: bool = False
    sheets: tuple[Sheet, ...] = ()
    places: dict[str, Place] = field(default_factory=dict)  # by the words of a passage, spaces flattened

    def place(self, quote: str) -> Place | None:
        """Where these words of the evidence open."""
        return self.places.get(" ".join(quote.split()))


def library(visit: Visit) -> Library:
    """The documents in memory."""
    found: Library = visit.request.app.state.library
    return found


def volume_of(visit: Visit, document_id: str) -> Volume:
    """The document, or a 404."""
    found = library(visit).volume(document_id)
    if found is None:
        raise DeniedError("There is no such document.", 404)
    return found


def source_pane(
    visit: Visit, volume: Volume, evidence: Sequence[Evidence], *, view: str = "", draft: str = "", plain: bool = False
) -> Pane:
    """The pane; the address says how much of the document is wanted, as text or as pages.

    Args:
        visit: whose page it is.
        volume: the document.
        evidence: lit, and scrolled to.
        view: what the pane's links keep of the address.
        draft: whose page it is; its clauses may be marked from there.
        plain: without other people's drafts and marks, for a blind reader.

    """
    asked = visit.request.query_params
    images: PageImages | None = visit.request.app.state.images
    is_pdf = volume.document.media_type == _PDF and images is not None
    others: tuple[Span, ...] = ()
    marks: set[str] = set()
    if not plain:
        with visit.store.read() as connection:
            others, marks = _other_spans(connection, volume.document.id, draft), _marks(connection, volume.document.id)
    shown = excerpt(volume.document, volume.clauses, evidence, others, nothing=marks, whole=bool(asked.get("whole")))
    clause = evidence[0].clauses[0] if evidence and evidence[0].clauses else ""
    marking = bool(draft) and not plain and visit.person.may("decide")
    return Pane(
        volume=volume,
        excerpt=shown,
        first=volume.by_id.get(clause),
        page=evidence[0].page if evidence else None,
        query=view,
        draft=draft,
        tools=marking and bool(asked.get("tools")),
        marking=marking,
        is_pdf=is_pdf,
        sheets=images.sheets(volume, tuple(evidence)) if images is not None and is_pdf and asked.get("pages") else (),
        places=places(volume, evidence),
    )


def places(volume: Volume, evidence: Iterable[Evidence]) -> dict[str, Place]:
    """Where each passage opens on the live page and in the archive; nothing for a file that no address is known of."""
    live, archived = addresses(volume)
    if not live and not archived:
        return {}
    return {
        " ".join(one.text.split()): Place(
            _at(live, volume, one) if live else "", _at(archived, volume, one) if archived else "", one.page
        )
        for one in evidence
    }


def addresses(volume: Volume) -> tuple[str, str]:
    """The live page, and its capture in the archive that the text is from or nearest to; web addresses or empty."""
    snapshot, location = volume.snapshot, volume.source.location
    if snapshot is None:
        return safe_link(location), ""
    asked = safe_link(snapshot.final_url or snapshot.url or location)
    if snapshot.original_url:
        return safe_link(snapshot.original_url), asked
    return asked, safe_link(snapshot.wayback_url)


def _at(url: str, volume: Volume, proof: Evidence) -> str:
    if volume.document.media_type == _PDF:
        return f"{url.partition('#')[0]}#page={proof.page}" if proof.page else url
    if volume.document.media_type in _HTML:
        return url_at(url, volume.document, proof.start, proof.end, volume.words)
    return url


def _marks(connection: Connection, document_id: str) -> set[str]:
    return set(
        connection.execute(select(t.clause_marks.c.clause).where(t.clause_marks.c.document_id == document_id)).scalars()
    )


def _other_spans(connection: Connection, document_id: str, but: str) -> tuple[Span, ...]:
    """Where other drafts of the document that are not rejected have their evidence."""
    # The database takes the evidence out of the bodies, which are many times as long.
    query = select(
        t.drafts.c.id, t.drafts.c.body["evidence"].label("own"), t.amendments.c.body["evidence"].label("amended")
    ).outerjoin(t.amendments, t.amendments.c.draft_id == t.drafts.c.id)
    query = query.where(t.drafts.c.document_id == document_id, t.drafts.c.status != "rejected", t.drafts.c.id != but)
    return tuple(
        (proof["start"], proof["end"], row.id) for row in connection.execute(query) for proof in row.amended or row.own
    )
