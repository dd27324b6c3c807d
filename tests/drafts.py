"""A small document with drafts to decide on, and how a run saves them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from smallprint import review
from smallprint.records import (
    AgencyReason,
    Analysis,
    Block,
    Clause,
    Document,
    Draft,
    Evidence,
    Factors,
    FrameworkCitation,
    LedgerEntry,
    Provenance,
    Snapshot,
    Source,
    Usage,
)
from smallprint.registry import load
from smallprint.review import Decision
from smallprint.store import Connection, Store, decisions, documents, open_store, runs
from smallprint.store.decisions import Act
from smallprint.store.drafts import load_standing
from tests.databases import KINDS, Databases

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PARAGRAPHS = (
    ("heading", "Terms of Northwind Kettles"),
    ("heading", "1. Payments"),
    ("paragraph", "1.1 Fees are never refunded, whatever the reason for which you leave the service."),
    ("paragraph", "1.2 We may change our prices at any time without telling you in advance."),
    ("heading", "2. Disputes"),
    ("paragraph", "2.1 Every dispute goes to binding arbitration in Delaware, one person at a time."),
    ("paragraph", "2.2 You give up the right to take part in a class action or to a trial before a jury."),
    ("heading", "3. Your content"),
    (
        "paragraph",
        "3.1 You keep what you write. You allow us to show it to other users for as long as it stands here.",
    ),
)


def cut_document(
    paragraphs: tuple[tuple[str, str], ...] = PARAGRAPHS, digest: str = "ab" * 32
) -> tuple[Document, tuple[Clause, ...]]:
    """A document of short paragraphs, each of them a clause."""
    blocks, clauses, start, path = [], [], 0, ()
    for number, (kind, paragraph) in enumerate(paragraphs, 1):
        end = start + len(paragraph)
        blocks.append(Block(kind=kind, start=start, end=end, level=1 if kind == "heading" else None))
        label = paragraph.split(" ")[0].rstrip(".") if paragraph[0].isdigit() else None
        heading = kind == "heading"
        clauses.append(
            Clause(
                id=f"c{number}",
                start=start,
                end=end,
                text=paragraph,
                number=label,
                heading_path=path,
                heading_only=heading,
            )
        )
        if heading:
            path = (paragraph,) if number > 1 else ()
        start = end + 2
    whole = Document(
        source="kettles.md",
        media_type="text/markdown",
        sha256=digest,
        title="Terms of Northwind Kettles",
        language="en",
        extractor="markdown/1",
        text="\n\n".join(paragraph for _, paragraph in paragraphs),
        blocks=tuple(blocks),
    )
    return whole, tuple(clauses)


DOCUMENT, CLAUSES = cut_document()
SOURCE = Source(location="kettles.md", entity="Northwind Kettles", title="Terms of Service", jurisdictions=("US",))
SNAPSHOT = Snapshot(sha256=DOCUMENT.sha256, size=400, media_type="text/markdown", captured_at=NOW)


def draft(clause_id: str, category: str, **changes: object) -> Draft:
    """A draft on one clause of the document, publishable unless changed."""
    clause = next(clause for clause in CLAUSES if clause.id == clause_id)
    proof = Evidence(start=clause.start, end=clause.end, status="exact", text=clause.text, clauses=(clause_id,))
    proposed = Draft(
        id=f"d-{clause_id}-{category}",
        title=f"What {clause.number or clause_id} says",
        category=category,
        severity="medium",
        factors=Factors(rights_waived=2, opt_out=3, breadth=3, exposure=1, discretion=0),
        factor_reasons={"opt_out": "There is none."},
        what_it_is="Fees stay paid.",
        consumer_impact="You get no money back.",
        why_it_matters="Refund rights may exist in law.",
        frameworks=(
            FrameworkCitation(id="ftc-act", citation="FTC Act Section 5", valid=True, why="Unfair to consumers."),
        ),
        agencies=(
            AgencyReason(id="ftc", name="FTC", reason="It polices fees.", complaint_url="https://reportfraud.ftc.gov/"),
        ),
        enforcement_risk="Low.",
        due_diligence=("Ask for the refund policy.",),
        evidence=(proof,),
        confidence=0.8,
        provenance=Provenance(
            model="offline",
            prompt="offline@1",
            prompt_sha256="0" * 64,
            schema_sha256="1" * 64,
            registry_sha256="2" * 64,
            snapshot_sha256=DOCUMENT.sha256,
            document=DOCUMENT.id,
            run="r1",
            created_at=NOW,
        ),
    )
    return proposed.model_copy(update=changes)


REFUND = draft("c3", "cancellation_refund")
PRICES = draft("c4", "unilateral_change", confidence=0.4, flags=("low_confidence",))
ARBITRATION = draft(
    "c6",
    "arbitration",
    severity="critical",
    factors=Factors(rights_waived=3, opt_out=3, breadth=3, exposure=3, discretion=0),
)
CLASS_ACTION = draft("c7", "class_action_waiver", severity="high", flags=("severity_disagreement",))
DRAFTS = (REFUND, PRICES, ARBITRATION, CLASS_ACTION)


def fill(store: Store, *drafts: Draft) -> None:
    """Save the document, one run and its drafts."""
    with store.write() as connection:
        runs.start_run(connection, "r1", "offline", {}, [SOURCE])
        runs.mark_captured(connection, "r1", 0, save_document(connection, SOURCE, SNAPSHOT, DOCUMENT, CLAUSES))
    save_run(store, *(drafts or DRAFTS))


def save_document(
    connection: Connection, source: Source, snapshot: Snapshot, document: Document, clauses: tuple[Clause, ...]
) -> str:
    """Save what a capture brings; returns the document's id."""
    source_id = documents.save_source(connection, source)
    documents.save_capture(connection, source_id, snapshot)
    documents.save_document(connection, source_id, document, clauses)
    return document.id


def save_run(
    store: Store, *drafts: Draft, document: Document = DOCUMENT, clauses: tuple[Clause, ...] = CLAUSES
) -> None:
    """Save what a run of an analyst proposes for a document."""
    entries = tuple(LedgerEntry(clause=clause.id, state="analyzed") for clause in clauses)
    analysis = Analysis(drafts=drafts, rejections=(), entries=entries, usage=Usage(), windows=1)
    with store.write() as connection:
        runs.save_analysis(
            connection,
            run_id="r1",
            position=0,
            document_id=document.id,
            clauses=clauses,
            analysis=analysis,
            seconds=0.1,
        )


def decide_and_write(connection: Connection, decision: Decision) -> Act:
    """Decide as the desk does: load the draft, ask the rules, write the verdict."""
    standing = load_standing(connection, decision.draft)
    verdict = review.decide(standing, decision, load())
    return decisions.write_decision(connection, standing, decision, verdict)


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Store]:
    """A store of either kind with four drafts to decide on."""
    with databases.copy(request.param, fill) as url:
        opened = open_store(url)
        yield opened
        opened.close()
