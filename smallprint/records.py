"""The nouns of Smallprint as frozen models: what a document, a clause, a draft, a ledger are.

Offsets are Python string indices into ``Document.text``; ``end`` is exclusive. Times are aware UTC datetimes.
Every span that carries its text satisfies ``document.text[start:end] == text``: offsets are the truth, text follows.
"""

from datetime import datetime
from pathlib import PurePath
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

BlockKind = Literal["heading", "paragraph", "list_item", "table_row", "page_furniture"]
Severity = Literal["beneficial", "low", "medium", "high", "critical"]
EvidenceStatus = Literal["exact", "normalized", "spliced", "fuzzy", "ambiguous"]
ClauseState = Literal["analyzed", "nothing_found", "failed", "over_budget"]
DraftStatus = Literal["draft", "approved", "rejected"]
FactorScore = Annotated[int, Field(ge=0, le=3)]


class Noun(BaseModel):
    """Base of all records: immutable, and closed against misspelled fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Noun):
    """A platform's document that we follow: who published it, what it is, where it is found and applies."""

    location: str  # the file path or URL as the user gave it
    entity: str | None = None
    title: str | None = None
    terms_type: str | None = None
    language: str | None = None  # ISO 639-1
    jurisdictions: tuple[str, ...] = ()  # registry codes such as US, EU, UK; empty: unknown
    published: str | None = None  # ISO date of this version, where the manifest says it
    ignore_robots: bool = False  # fetch it although its robots.txt asks programs not to; the snapshot's notes say so
    render: bool = False  # run its scripts in a browser before reading it

    @property
    def origin(self) -> str:
        """The host or file name of its location, a name where the entity is unknown; never a path on a disk."""
        try:
            host = urlsplit(self.location).hostname
        except ValueError:  # brackets that hold no address
            host = None
        return host or PurePath(self.location).name or self.location


class Snapshot(Noun):
    """Bytes as captured, immutable and named by their SHA-256; the same hash again is a verification."""

    sha256: str
    size: int  # bytes
    media_type: str
    captured_at: datetime
    url: str | None = None  # as asked for; None for a local file
    final_url: str | None = None
    redirects: tuple[str, ...] = ()
    headers: dict[str, str] = {}
    notes: tuple[str, ...] = ()  # e.g. "robots.txt overridden by the source's setting"
    original_url: str | None = None  # for a Wayback Machine capture: the page it shows
    original_captured_at: datetime | None = None
    wayback_url: str | None = None  # the nearest public capture of this page, where it was looked up


class DocumentWarning(Noun):
    """Something a reader of the document should know: hidden text left out, pages without a text layer."""

    code: str
    detail: str


class Block(Noun):
    """A layout unit of the text. Blocks are in order and do not overlap."""

    kind: BlockKind
    start: int
    end: int
    level: int | None = None  # heading depth from 1, or list nesting from 1
    page: int | None = None  # 1-based
    bold: int = 0  # leading characters set in bold type: a run-in head, or the whole block
    generated: int = 0  # leading characters written by us, not by the source: an automatic list number and its space
    anchor: str | None = None  # the element id that a URL fragment can point at
    page_breaks: tuple[int, ...] = ()  # offsets into the text where a further page begins inside this block


class Document(Noun):
    """Text derived from one snapshot by one extractor version."""

    source: str
    media_type: str
    sha256: str  # of the snapshot's bytes
    title: str | None
    language: str | None  # ISO 639-1, None if undetermined
    extractor: str  # name and version, e.g. "html/1"; a new version is a new document
    text: str
    blocks: tuple[Block, ...]
    warnings: tuple[DocumentWarning, ...] = ()
    page_count: int | None = None

    @property
    def id(self) -> str:
        """Stable id of the text: the snapshot and who derived it."""
        return f"{self.sha256[:16]}-{self.extractor.replace('/', '.')}"


class Clause(Noun):
    """A citable span. Clauses tile the text in order: only white space lies between them."""

    id: str  # "c1", "c2", ... in order
    start: int
    end: int
    text: str
    number: str | None = None  # as a reader would cite it: "12.3(b)"
    heading_path: tuple[str, ...] = ()  # headings above this clause, outermost first, numbers included
    page_start: int | None = None
    page_end: int | None = None
    lead_in: str | None = None  # id of the clause that opens the list this clause belongs to
    defines: tuple[str, ...] = ()  # terms that this clause defines, as written
    heading_only: bool = False  # the clause is nothing but a heading


class Factors(Noun):
    """The five scores, 0-3 each, from which severity is computed (docs/severity.md)."""

    rights_waived: FactorScore
    opt_out: FactorScore
    breadth: FactorScore
    exposure: FactorScore
    discretion: FactorScore


class FrameworkCitation(Noun):
    """A regulatory framework that a provision engages, resolved to the registry, or stored as flagged text."""

    id: str | None  # registry id; None: unknown, kept as text
    citation: str
    valid: bool
    why: str
    problem: str | None = None  # why it is not valid, or a warning on its applicability


class AgencyReason(Noun):
    """An agency that takes complaints on a provision, with the reason that is particular to this provision."""

    id: str | None
    name: str
    reason: str
    complaint_url: str | None = None


class Evidence(Noun):
    """A span of the document that proves a draft, in the source's own words."""

    start: int
    end: int
    status: EvidenceStatus
    text: str
    clauses: tuple[str, ...]  # ids of the clauses that the span touches, in order
    page: int | None = None
    coverage: float = 1.0  # share of the quote's characters that the span accounts for, 0-1


class Provenance(Noun):
    """Where a draft comes from; required, so that no label is without its maker."""

    model: str
    prompt: str  # name@version; for the offline analyst its rule set and version
    prompt_sha256: str
    schema_sha256: str
    registry_sha256: str
    snapshot_sha256: str
    document: str  # Document.id
    run: str | None
    created_at: datetime


class Draft(Noun):
    """A proposed provision, grounded and validated, waiting for a person's decision."""

    id: str  # derived from document, evidence, category and model: the same work gives the same id
    title: str
    category: str
    secondary: tuple[str, ...] = ()
    severity: Severity  # computed from the factors
    factors: Factors
    factor_reasons: dict[str, str] = {}
    model_severity: Severity | None = None  # the analyst's own holistic view, kept beside the computed one
    what_it_is: str
    consumer_impact: str
    why_it_matters: str
    frameworks: tuple[FrameworkCitation, ...] = ()
    enforcement_risk: str = ""
    due_diligence: tuple[str, ...] = ()
    agencies: tuple[AgencyReason, ...] = ()
    evidence: tuple[Evidence, ...]
    confidence: float  # 0-1
    flags: tuple[str, ...] = ()
    status: DraftStatus = "draft"
    provenance: Provenance


class Rejection(Noun):
    """A proposal that did not become a draft, and why; nothing that an analyst proposed disappears."""

    reason: str  # "unlocated_quote", "unknown_category", "invalid_answer", ...
    quote: str = ""
    window: int | None = None  # index of the window, from 0
    title: str = ""
    detail: str = ""


class LedgerEntry(Noun):
    """What became of one clause in one run."""

    clause: str
    state: ClauseState
    why: str = ""  # for failed and over_budget


class Ledger(Noun):
    """The account of every clause of a document in a run; the states sum to 100 % of the text."""

    clauses: int
    analyzed: int
    nothing_found: int
    failed: int
    over_budget: int
    characters_covered: float  # share of the clauses' characters that was analyzed or found empty, 0-1


class Usage(Noun):
    """Calls, tokens and money; a cost of None means that the price of the model is unknown, never that it is free."""

    calls: int = 0
    cached_calls: int = 0
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        """Field by field; an unknown cost makes the sum unknown."""
        known = self.cost_usd is not None and other.cost_usd is not None
        return Usage(
            calls=self.calls + other.calls,
            cached_calls=self.cached_calls + other.cached_calls,
            input_tokens=self.input_tokens + other.input_tokens,
            cached_input_tokens=self.cached_input_tokens + other.cached_input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost_usd=(self.cost_usd or 0.0) + (other.cost_usd or 0.0) if known else None,
        )


class Tally(Noun):
    """Sums over stored answers: what was estimated before the calls, and what the server then billed."""

    document_tokens: int = 0  # of the windows read, estimated
    asked_tokens: int = 0  # of their prompts, estimated
    input_tokens: int = 0  # billed, re-asks included
    output_tokens: int = 0  # billed

    def __add__(self, other: "Tally") -> "Tally":
        """Field by field."""
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in Tally.model_fields})


class Analysis(Noun):
    """What one analyst made of one document: drafts, what was rejected, the ledger entry of every clause, the bill."""

    # Not in the repr: asyncio.run writes that of a task's result, a tenth of a second for some hundred drafts.
    drafts: tuple[Draft, ...] = Field(repr=False)
    rejections: tuple[Rejection, ...] = Field(repr=False)
    entries: tuple[LedgerEntry, ...] = Field(repr=False)
    usage: Usage
    windows: int

    def ledger(self, clauses: tuple[Clause, ...]) -> Ledger:
        """The totals; raises ValueError unless every clause has exactly one entry."""
        states = {entry.clause: entry.state for entry in self.entries}
        if len(states) != len(self.entries) or set(states) != {clause.id for clause in clauses}:
            raise ValueError("the ledger does not account for every clause exactly once")
        counts = {state: sum(1 for s in states.values() if s == state) for state in set(states.values())}
        total = sum(len(clause.text) for clause in clauses)
        covered = sum(len(clause.text) for clause in clauses if states[clause.id] in ("analyzed", "nothing_found"))
        return Ledger(
            clauses=len(clauses),
            analyzed=counts.get("analyzed", 0),
            nothing_found=counts.get("nothing_found", 0),
            failed=counts.get("failed", 0),
            over_budget=counts.get("over_budget", 0),
            characters_covered=covered / total if total else 1.0,
        )


ClauseRelation = Literal["unchanged", "moved", "renumbered", "edited", "split", "merged", "added", "removed"]
ChangeKind = Literal["technical", "editorial", "substantive"]
Direction = Literal["weakened", "strengthened", "mixed", "neutral"]


class ClausePair(Noun):
    """Clauses of two versions that stand for each other; one side is empty for an added or a removed clause."""

    relation: ClauseRelation
    old: tuple[str, ...]  # clause ids in the older version, in order
    new: tuple[str, ...]  # clause ids in the newer version, in order
    similarity: float  # of the two texts, 0-1; 0 where one side is empty
    moved: bool = False  # stands at another point of the document's order, whatever else happened to it


class RedlinePart(Noun):
    """A run of a redline. Equal and inserted runs joined are the new text, equal and deleted runs the old one."""

    operation: Literal["equal", "deleted", "inserted"]
    text: str


class ChangeReason(Noun):
    """Why a change has its kind or direction: a rule's code, the words that show it, a sentence for people."""

    code: str  # "negation_removed", "period_shortened", "date_line", ...
    words: str  # as they stand in the redline, e.g. "30 days -> 14 days"
    sentence: str
    direction: Direction | None = None  # None: the rule speaks of the kind only


class ClauseChange(Noun):
    """What happened to one clause (or a joined pair of clauses) between two versions of a document."""

    pair: ClausePair
    kind: ChangeKind
    direction: Direction
    reasons: tuple[ChangeReason, ...]
    redline: tuple[RedlinePart, ...]
    uses_redefined: tuple[str, ...] = ()  # ids of newer clauses that use a term which this change redefines


class VersionComparison(Noun):
    """Two versions of one document: every clause of both stands in exactly one pair, every difference is a change."""

    pairs: tuple[ClausePair, ...]  # in the newer version's order; removed clauses where they stood
    changes: tuple[ClauseChange, ...]
    kind: ChangeKind | None  # the weightiest of the changes; None: the texts are the same
    direction: Direction
    old_date: str | None = None  # the service's own "last updated" as it claims it, ISO, in the older version
    new_date: str | None = None
    date_findings: tuple[str, ...] = ()  # "text_changed_date_did_not", "date_changed_text_did_not"
