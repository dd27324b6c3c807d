"""From the store to an edition: which records are published, and what their pages say beside their own fields."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import urlsplit

from app.archive.edition import (
    Absence,
    DocumentPage,
    Edition,
    MarkedClause,
    OutlineClause,
    RecordPage,
    RecordState,
    RecordWording,
)
from app.archive.paths import slug
from classifiers.analysts import traits_of
from classifiers.changes.dates import claimed_date
from extractors.fragments import PageWords, page_words, url_at
from smallprint.errors import UserError
from smallprint.publishable import unpublishable
from smallprint.records import Clause, Draft, Evidence
from smallprint.registry import Registry
from smallprint.severity import LEVELS
from smallprint.store import Store
from smallprint.store.publishing import (
    PublishedDraft,
    TrackedDocument,
    Wording,
    preview_drafts,
    published_records,
    tracked_documents,
)

_HTML = ("text/html", "application/xhtml+xml")
_START = datetime(1970, 1, 1, tzinfo=UTC)  # of an edition without any record


def gather(
    store: Store, registry: Registry, *, has_snapshot: Callable[[str], bool], is_preview: bool = False
) -> Edition:
    """Everything that can be published, with nothing left out yet.

    Args:
        store: of the workspace.
        registry: names and links of laws, agencies and categories.
        has_snapshot: whether captured bytes are stored under a SHA-256.
        is_preview: drafts that nobody has approved instead of records; every page will say so.

    Raises:
        UserError: a record breaks a rule for records, or nobody knows where its document is from; names each.

    """
    with store.read() as connection:
        documents = tracked_documents(connection)
        published = preview_drafts(connection) if is_preview else published_records(connection)
    by_id = {tracked.document.id: tracked for tracked in documents}
    uncaptured = [record.id for record in published if record.document_id not in by_id]
    if uncaptured:
        raise UserError(
            f"nothing was published: no capture is known of the documents of {', '.join(uncaptured)}; "
            "'smallprint doctor --audit' examines the database"
        )
    if is_preview:
        published = [record for record in published if by_id[record.document_id].is_current]
    else:
        _refuse_unpublishable(published, registry)
    words = {
        key: page_words(tracked.document) for key, tracked in by_id.items() if tracked.document.media_type in _HTML
    }
    records = [
        _record_page(record, by_id[record.document_id], words.get(record.document_id), is_preview=is_preview)
        for record in published
    ]
    records.sort(key=_by_severity)
    pages = [
        _document_page(tracked, records, registry, snapshot_stored=has_snapshot(tracked.document.sha256))
        for tracked in documents
    ]
    listed_pages = [page for page in pages if page.records or page.is_current]
    moments = [page.last_verified for page in listed_pages] + [
        wording.approved_at for record in records for wording in record.wordings
    ]
    return Edition(
        profile="professional",
        is_preview=is_preview,
        records=tuple(records),
        documents=tuple(listed_pages),
        as_of=max(moments, default=_START),
        registry_sha256=registry.sha256,
    )


def _refuse_unpublishable(records: Sequence[PublishedDraft], registry: Registry) -> None:
    problems = [
        f"{record.id}: {'; '.join(broken.values())}"
        for record in records
        if record.withdrawn_at is None and (broken := unpublishable(record.wordings[-1].draft, registry))
    ]
    if problems:
        raise UserError(
            "nothing was published, because these records break a rule for records (amend them at the desk):\n  "
            + "\n  ".join(problems)
        )


def _by_severity(record: RecordPage) -> tuple[int, str]:
    return -LEVELS.index(record.draft.severity), record.id


def company_of(tracked: TrackedDocument) -> str:
    """Whose document it is: as the manifest says, else the host or file name."""
    return tracked.source.entity or tracked.source.origin


# ---- records


def _record_page(
    record: PublishedDraft, tracked: TrackedDocument, words: PageWords | None, *, is_preview: bool
) -> RecordPage:
    draft = record.wordings[-1].draft
    clause_ids = list(dict.fromkeys(clause for evidence in draft.evidence for clause in evidence.clauses))
    position = {clause.id: number for number, clause in enumerate(tracked.clauses)}
    numbers = sorted(position[clause] for clause in clause_ids if clause in position)
    first = draft.evidence[0]
    return RecordPage(
        id=record.id,
        state=_state(record, tracked, is_preview=is_preview),
        document=_page_id(tracked),
        entity=company_of(tracked),
        slug=slug(draft.title),
        wordings=tuple(_wording(wording) for wording in record.wordings),
        retired_at=record.withdrawn_at,
        clauses=tuple(_marked(tracked.clauses[number], draft.evidence) for number in numbers),
        before=_neighbor(tracked.clauses, numbers[0] - 1) if numbers else None,
        after=_neighbor(tracked.clauses, numbers[-1] + 1) if numbers else None,
        pages=tuple(sorted({evidence.page for evidence in draft.evidence if evidence.page})),
        live_url=_passage_url(_live_url(tracked), tracked, first, words),
        archived_url=_passage_url(_archived_url(tracked), tracked, first, words),
        reviewer_role=record.reviewer_role,
    )


def _state(record: PublishedDraft, tracked: TrackedDocument, *, is_preview: bool) -> RecordState:
    if is_preview:
        return "draft"
    if record.withdrawn_at is not None:
        return "retired"
    return "current" if tracked.is_current else "replaced"


def _wording(wording: Wording) -> RecordWording:
    return RecordWording(
        version=wording.version,
        draft=wording.draft,
        approved_at=wording.approved_at,
        sha256=wording_sha256(wording.draft),
    )


def wording_sha256(draft: Draft) -> str:
    """The hash that a citation of a wording carries: over its canonical JSON, whatever its status is now."""
    body = draft.model_dump(mode="json", exclude={"status", "flags"})
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(canonical.encode()).hexdigest()


def _marked(clause: Clause, evidence: Iterable[Evidence]) -> MarkedClause:
    marks = [
        (max(proof.start, clause.start) - clause.start, min(proof.end, clause.end) - clause.start)
        for proof in evidence
        if proof.start < clause.end and clause.start < proof.end
    ]
    return MarkedClause(
        number=clause.number,
        heading=_heading(clause),
        text=clause.text,
        marks=tuple(_joined(marks)),
        anchor=clause.id,
    )


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping spans as one, in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _heading(clause: Clause) -> str:
    """The headings above a clause; its own text may begin with the last of them."""
    return " › ".join(heading for heading in clause.heading_path if not clause.text.startswith(heading))


def _neighbor(clauses: Sequence[Clause], number: int) -> MarkedClause | None:
    return _marked(clauses[number], ()) if 0 <= number < len(clauses) else None


def _web(url: str | None) -> str:
    """The address if it is one of the web; documents may name others, which no page links to."""
    try:
        return url if url and urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname else ""
    except ValueError:
        return ""


def _live_url(tracked: TrackedDocument) -> str:
    snapshot = tracked.snapshot
    return _web(snapshot.original_url or snapshot.final_url or snapshot.url or tracked.source.location)


def _archived_url(tracked: TrackedDocument) -> str:
    snapshot = tracked.snapshot
    return _web(snapshot.final_url or snapshot.url) if snapshot.original_url else _web(snapshot.wayback_url)


def _passage_url(url: str, tracked: TrackedDocument, proof: Evidence, words: PageWords | None) -> str:
    if not url:
        return ""
    if tracked.document.media_type == "application/pdf":
        return f"{url.partition('#')[0]}#page={proof.page}" if proof.page else url
    return url_at(url, tracked.document, proof.start, proof.end, words) if words else url


# ---- documents


def _page_id(tracked: TrackedDocument) -> str:
    """The document's own id for today's text; with its hash for an earlier one, whose records keep their provenance."""
    return tracked.id if tracked.is_current else f"{tracked.id}-{tracked.document.sha256[:8]}"


def _document_page(
    tracked: TrackedDocument, records: Sequence[RecordPage], registry: Registry, *, snapshot_stored: bool
) -> DocumentPage:
    own = [record for record in records if record.draft.provenance.document == tracked.document.id]
    by_clause: dict[str, list[str]] = {}
    for record in own:
        for clause in record.clauses:
            by_clause.setdefault(clause.anchor, []).append(record.id)
    entries = {entry.clause: entry.state for entry in tracked.reading.entries} if tracked.reading else {}
    read = sum(state not in ("failed", "over_budget") for state in entries.values())
    return DocumentPage(
        id=_page_id(tracked),
        entity=company_of(tracked),
        title=tracked.source.title or tracked.document.title or tracked.source.origin,
        terms_type=tracked.source.terms_type or "",
        language=tracked.document.language,
        jurisdictions=tracked.source.jurisdictions,
        url=_live_url(tracked),
        media_type=tracked.document.media_type,
        sha256=tracked.document.sha256,
        captured_at=tracked.snapshot.captured_at,
        first_tracked=tracked.first_tracked,
        last_verified=tracked.last_verified,
        claimed_date=claimed_date(tracked.document.text),
        wayback_url=_archived_url(tracked),
        snapshot_stored=snapshot_stored,
        is_current=tracked.is_current,
        outline=tuple(
            OutlineClause(
                anchor=clause.id,
                number=clause.number,
                heading=_heading(clause),
                text=clause.text,
                heading_only=clause.heading_only,
                records=tuple(by_clause.get(clause.id, ())),
            )
            for clause in tracked.clauses
        ),
        records=tuple(record.id for record in own),
        absences=_absences(tracked, registry, entries),
        clauses_read=read,
        clauses_total=len(tracked.clauses),
        read_at=tracked.reading.finished_at if tracked.reading else None,
        read_by=traits_of(tracked.reading.model).label if tracked.reading else "",
    )


def _absences(tracked: TrackedDocument, registry: Registry, entries: Mapping[str, str]) -> tuple[Absence, ...]:
    """Categories that a whole reading found nothing of; none where any clause was not read."""
    reading = tracked.reading
    if reading is None or not entries or not tracked.is_current:
        return ()
    whole = all(entries.get(clause.id) not in (None, "failed", "over_budget") for clause in tracked.clauses)
    if not whole:
        return ()
    return tuple(
        Absence(category=category, read_at=reading.finished_at, read_by=traits_of(reading.model).label)
        for category in registry.categories
        if category not in tracked.categories
    )
