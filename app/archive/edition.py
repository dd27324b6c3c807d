"""What one edition of the archive says, as frozen records: the only input of every page, feed and file.

An edition is built from the store (``gather``), reduced to what a profile shows (``profiles``), and then rendered. No
renderer reads the database, so that nothing can be published that was not projected first.
"""

from datetime import datetime
from typing import Literal

from smallprint.records import Draft, Noun

RecordState = Literal["current", "replaced", "retired", "draft"]


class MarkedClause(Noun):
    """A clause as a page shows it, with the passages that prove the record marked in it."""

    number: str | None
    heading: str  # headings above it, outermost first, joined
    text: str
    marks: tuple[tuple[int, int], ...] = ()  # spans of ``text``; empty for a neighbor
    anchor: str = ""  # the clause's id in its document


class RecordWording(Noun):
    """One wording of a record, frozen for ever under its own address."""

    version: int
    draft: Draft
    approved_at: datetime
    sha256: str  # of the wording's canonical JSON: what a citation of it vouches for


class RecordPage(Noun):
    """A record with everything that its page shows beside the draft's own fields."""

    id: str  # SP-P-000123, or DRAFT-... in a preview
    state: RecordState
    document: str  # the DocumentPage's id
    entity: str
    slug: str  # of the title, for readable addresses
    wordings: tuple[RecordWording, ...]  # the last one is today's
    retired_at: datetime | None = None
    clauses: tuple[MarkedClause, ...]  # those that hold the evidence, in order
    before: MarkedClause | None = None
    after: MarkedClause | None = None
    pages: tuple[int, ...] = ()  # of a PDF
    live_url: str = ""  # opens the source at these words
    archived_url: str = ""  # in the Wayback Machine
    reviewer_role: str | None = None

    @property
    def draft(self) -> Draft:
        """Today's wording."""
        return self.wordings[-1].draft

    @property
    def wording(self) -> RecordWording:
        """Today's wording with its version and hash."""
        return self.wordings[-1]


class Absence(Noun):
    """A category that a document was read for whole and that nothing was found of."""

    category: str
    read_at: datetime
    read_by: str


class OutlineClause(Noun):
    """A clause of a document's text with the records that cite it."""

    anchor: str
    number: str | None
    heading: str
    text: str
    heading_only: bool
    records: tuple[str, ...] = ()


class DocumentPage(Noun):
    """A document: whose it is, what was observed of it, its text with the records in its margin."""

    id: str  # SP-D-00045
    entity: str
    title: str
    terms_type: str
    language: str | None
    jurisdictions: tuple[str, ...]
    url: str  # empty for a local file
    media_type: str
    sha256: str
    captured_at: datetime
    first_tracked: datetime
    last_verified: datetime
    claimed_date: str | None  # the service's own "last updated"
    wayback_url: str
    snapshot_stored: bool  # the captured bytes are still in our keeping
    is_current: bool
    outline: tuple[OutlineClause, ...]
    records: tuple[str, ...]  # ids, by severity
    absences: tuple[Absence, ...] = ()
    clauses_read: int = 0
    clauses_total: int = 0
    read_at: datetime | None = None
    read_by: str = ""


class Edition(Noun):
    """Everything that is published at one time under one profile."""

    profile: str
    is_preview: bool
    records: tuple[RecordPage, ...]
    documents: tuple[DocumentPage, ...]
    as_of: datetime  # of the newest observation or decision in it, so that the same input gives the same bytes
    registry_sha256: str
