"""Made-up documents and drafts by the thousand for the load script, of the size of real ones."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count

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
from smallprint.severity import severity
from smallprint.store import Store, documents, runs

CATEGORIES = (
    "arbitration",
    "venue",
    "cancellation_refund",
    "unilateral_change",
    "data_sharing",
    "data_retention",
)
ENTITIES = tuple(f"Kettle House {n}" for n in range(40))
_DOCUMENT_CLAUSES = 100  # each with a draft
_LONG_DOCUMENT_CLAUSES = 1000  # of the first document
LONG_DOCUMENT_DRAFTS = 400  # of the first document, on its first clauses
_CAPTURED_AT = datetime(2026, 1, 1, tzinfo=UTC)
_WORDS = (
    "Clause {n} of kettle house {d} says that every {topic} follows the rules of this part, that the company may "
    "change them from time to time with or without notice, and that whoever goes on using the service after such a "
    "change is taken to agree to it, except where the law of residence says otherwise or a court has found so."
)
_TOPICS = (
    "dispute in arbitration",
    "court and venue",
    "refund of a fee",
    "change of terms",
    "partner's use of data",
    "loss",
)


def fill(store: Store, number: int) -> list[str]:
    """Put so many drafts into an empty store; returns their ids."""
    ids: list[str] = []
    for d in count():
        if len(ids) >= number:
            break
        source = Source(location=f"kettle-{d}.md", entity=ENTITIES[d % len(ENTITIES)], title=f"Terms {d}")
        document, clauses = _document(d, _DOCUMENT_CLAUSES if d else _LONG_DOCUMENT_CLAUSES)
        run = f"load-{d}"
        snapshot = Snapshot(sha256=document.sha256, size=40_000, media_type="text/markdown", captured_at=_CAPTURED_AT)
        drafted = min(_DOCUMENT_CLAUSES if d else LONG_DOCUMENT_DRAFTS, number - len(ids))
        drafts = tuple(_draft(document, clauses[n], d, n, run) for n in range(drafted))
        entries = tuple(LedgerEntry(clause=clause.id, state="analyzed") for clause in clauses)
        analysis = Analysis(drafts=drafts, rejections=(), entries=entries, usage=Usage(), windows=1)
        with store.write() as connection:
            runs.start_run(connection, run, "offline", {}, [source])
            source_id = documents.save_source(connection, source)
            documents.save_capture(connection, source_id, snapshot)
            documents.save_document(connection, source_id, document, clauses)
            runs.save_analysis(
                connection,
                run_id=run,
                position=0,
                document_id=document.id,
                clauses=clauses,
                analysis=analysis,
                seconds=1.0,
            )
        ids += [draft.id for draft in drafts]
    return ids


def _document(d: int, length: int) -> tuple[Document, tuple[Clause, ...]]:
    paragraphs = [f"{n + 1}. {_WORDS.format(n=n, d=d, topic=_TOPICS[(n + d) % len(_TOPICS)])}" for n in range(length)]
    blocks, clauses, start = [], [], 0
    for n, words in enumerate(paragraphs):
        blocks.append(Block(kind="paragraph", start=start, end=start + len(words)))
        clauses.append(Clause(id=f"c{n + 1}", start=start, end=start + len(words), text=words, number=str(n + 1)))
        start += len(words) + 2
    document = Document(
        source=f"kettle-{d}.md",
        media_type="text/markdown",
        sha256=sha256(f"load {d}".encode()).hexdigest(),
        title=f"Terms {d}",
        language="en",
        extractor="markdown/1",
        text="\n\n".join(paragraphs),
        blocks=tuple(blocks),
    )
    return document, tuple(clauses)


def _draft(document: Document, clause: Clause, d: int, n: int, run: str) -> Draft:
    factors = Factors(rights_waived=n % 4, opt_out=(n // 4) % 4, breadth=3, exposure=d % 4, discretion=n % 2)
    return Draft(
        id=f"load-{d}-{n}",
        title=f"What clause {n} of kettle house {d} takes",
        category=CATEGORIES[(n + d) % len(CATEGORIES)],
        severity=severity(factors),
        factors=factors,
        factor_reasons=dict.fromkeys(Factors.model_fields, "The clause says so expressly."),
        what_it_is="The company may change what it charges, and how disputes go, whenever it wants to.",
        consumer_impact="You find out afterwards, and going on counts as agreeing; leaving is the only way to object.",
        why_it_matters="Changes without notice are where most complaints about subscriptions begin.",
        frameworks=(FrameworkCitation(id="ftc-act", citation="FTC Act Section 5", valid=True, why="Unfair."),),
        enforcement_risk="Considerable where the change is to the customer's disadvantage.",
        due_diligence=("Ask how notice is given.", "Ask what happens to prepaid terms."),
        agencies=(AgencyReason(id="ftc", name="FTC", reason="It acts against unfair terms."),),
        evidence=(
            Evidence(start=clause.start, end=clause.end, status="exact", text=clause.text, clauses=(clause.id,)),
        ),
        confidence=0.5 + (n % 50) / 100,
        flags=("low_confidence",) if n % 10 == 0 else ("severity_disagreement",) if n % 17 == 0 else (),
        provenance=Provenance(
            model="offline" if d % 3 else "openai:kettle",
            prompt="offline@1" if d % 3 else "provisions@3",
            prompt_sha256="0" * 64,
            schema_sha256="1" * 64,
            registry_sha256="2" * 64,
            snapshot_sha256=document.sha256,
            document=document.id,
            run=run,
            created_at=_CAPTURED_AT + timedelta(minutes=d),
        ),
    )
