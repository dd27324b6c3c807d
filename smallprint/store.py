"""The store: opens and migrates the database; saves and loads records, each act in one transaction.

SQLite by default (WAL, foreign keys on), PostgreSQL by URL. A later run never overwrites what a person decided.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, Select, delete, func, insert, select, update
from sqlalchemy.exc import DatabaseError

from smallprint import tables as t
from smallprint.carrying import carry
from smallprint.database import is_in_trouble, open_engine, refusal
from smallprint.errors import StoreError
from smallprint.queue_store import place
from smallprint.records import (
    Analysis,
    Clause,
    Document,
    Draft,
    Ledger,
    LedgerEntry,
    Rejection,
    Snapshot,
    Source,
    Tally,
    Usage,
)


@dataclass(frozen=True)
class RunRow:
    """One run as the store knows it."""

    id: str
    model: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    options: dict[str, Any]


@dataclass(frozen=True)
class RunDocument:
    """One document of a run: where it stands, what went wrong, what it cost."""

    position: int
    source_id: int
    source: Source
    document_id: str | None
    state: str
    error: dict[str, str] | None
    entries: tuple[LedgerEntry, ...]
    ledger: Ledger | None
    usage: Usage | None
    windows: int | None
    seconds: float | None
    drafts: int


@dataclass(frozen=True)
class StoredDraft:
    """A draft with what an export says about its document."""

    draft: Draft
    version: int
    document_id: str
    source: Source
    title: str | None


class Store:
    """A database and its transactions; build with ``open_store``."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        # SQLite's writers poll for the one lock and may wait long; threads of one process rather stand in line here.
        self._turn = Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction that holds the right to write from its start, so that it cannot fail half-way for another."""
        with self._turn, self._transaction(writes=True) as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One transaction that only reads, beside any writer."""
        with self._transaction(writes=False) as connection:
            yield connection

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Connection]:
        try:
            with self.engine.connect() as plain:
                connection = plain.execution_options(smallprint_writes=writes)
                with connection.begin():
                    yield connection
        except DatabaseError as error:
            if not is_in_trouble(error):
                raise
            raise refusal(self.engine.url, error) from error

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    # -- sources, snapshots, documents

    def save_source(self, source: Source) -> int:
        """The id of the source at this location; what the newest manifest says about it wins."""
        row = source.model_dump(mode="json")
        with self.write() as c:
            found = c.execute(select(t.sources.c.id).where(t.sources.c.location == source.location)).scalar()
            if found is None:
                key = c.execute(insert(t.sources).values(row)).inserted_primary_key
                return int(key[0]) if key else 0
            said = {name: value for name, value in row.items() if value not in (None, [], "")}
            c.execute(update(t.sources).where(t.sources.c.id == found).values(said))
            return int(found)

    def load_source(self, source_id: int) -> Source:
        """The source; raises StoreError for an unknown id."""
        with self.read() as c:
            row = c.execute(select(t.sources).where(t.sources.c.id == source_id)).mappings().first()
        if row is None:
            raise StoreError(f"no source with id {source_id}")
        return _source(row)

    def save_capture(self, source_id: int, snapshot: Snapshot) -> bool:
        """Record a visit; True when the source gave the same bytes as on its last visit, a verification."""
        with self.write() as c:
            last = c.execute(
                select(t.captures.c.sha256)
                .where(t.captures.c.source_id == source_id)
                .order_by(t.captures.c.captured_at.desc(), t.captures.c.id.desc())
                .limit(1)
            ).scalar()
            if not c.execute(select(t.snapshots.c.sha256).where(t.snapshots.c.sha256 == snapshot.sha256)).scalar():
                c.execute(
                    insert(t.snapshots).values(
                        sha256=snapshot.sha256,
                        size=snapshot.size,
                        media_type=snapshot.media_type,
                        first_captured_at=snapshot.captured_at,
                    )
                )
            c.execute(
                insert(t.captures).values(
                    source_id=source_id,
                    sha256=snapshot.sha256,
                    captured_at=snapshot.captured_at,
                    verification=last == snapshot.sha256,
                    body=snapshot.model_dump(mode="json"),
                )
            )
            return bool(last == snapshot.sha256)

    def last_capture(self, source_id: int) -> Snapshot | None:
        """The newest snapshot of a source, for conditional requests; None before the first."""
        with self.read() as c:
            body = c.execute(
                select(t.captures.c.body)
                .where(t.captures.c.source_id == source_id)
                .order_by(t.captures.c.captured_at.desc(), t.captures.c.id.desc())
                .limit(1)
            ).scalar()
        return Snapshot.model_validate(body) if body else None

    def save_document(self, source_id: int, document: Document, clauses: Sequence[Clause]) -> None:
        """Keep a derived text; the same snapshot and extractor version is kept once."""
        with self.write() as c:
            if c.execute(select(t.documents.c.id).where(t.documents.c.id == document.id)).scalar():
                return
            c.execute(
                insert(t.documents).values(
                    id=document.id,
                    source_id=source_id,
                    sha256=document.sha256,
                    title=document.title,
                    language=document.language,
                    text=document.text,
                    body=document.model_dump(mode="json", exclude={"text"}),
                    clauses=[clause.model_dump(mode="json", exclude={"text"}) for clause in clauses],
                    created_at=datetime.now(UTC),
                )
            )

    def load_document(self, document_id: str) -> tuple[Document, tuple[Clause, ...]] | None:
        """The document and its clauses, or None."""
        with self.read() as c:
            row = c.execute(select(t.documents).where(t.documents.c.id == document_id)).mappings().first()
        if row is None:
            return None
        words: str = row["text"]
        document = Document.model_validate({**row["body"], "text": words})
        clauses = tuple(
            Clause.model_validate({**clause, "text": words[clause["start"] : clause["end"]]})
            for clause in row["clauses"]
        )
        return document, clauses

    # -- answers: paid work, stored before anything uses it

    def get(self, key: str) -> dict[str, Any] | None:
        """The stored answer under a content key, or None."""
        with self.read() as c:
            body = c.execute(select(t.answers.c.body).where(t.answers.c.key == key)).scalar()
        return dict(body) if body is not None else None

    def put(self, key: str, model: str, body: dict[str, Any]) -> None:
        """Keep an answer, durably, before it is used; the first answer under a key stays."""
        with self.write() as c:
            if c.execute(select(t.answers.c.key).where(t.answers.c.key == key)).scalar() is None:
                c.execute(insert(t.answers).values(key=key, model=model, body=body, created_at=datetime.now(UTC)))

    def tally(self, model: str) -> Tally:
        """Sums over this model's stored answers, for estimates."""
        body = t.answers.c.body
        places = [
            ("expected", "document_tokens"),
            ("expected", "asked_tokens"),
            ("usage", "input_tokens"),
            ("usage", "output_tokens"),
        ]
        sums = [func.sum(body[part, name].as_integer()).label(name) for part, name in places]
        told = body["expected", "document_tokens"].as_integer().is_not(None)
        with self.read() as c:
            row = c.execute(select(*sums).where(t.answers.c.model == model, told)).mappings().one()
        return Tally(**{name: int(value or 0) for name, value in row.items()})

    # -- runs

    def start_run(self, run_id: str, model: str, options: dict[str, Any], sources: Sequence[Source]) -> None:
        """Write down a run and its documents before any work begins."""
        ids = [self.save_source(source) for source in sources]
        with self.write() as c:
            c.execute(
                insert(t.runs).values(
                    id=run_id, model=model, state="running", started_at=datetime.now(UTC), options=options
                )
            )
            if ids:
                c.execute(
                    insert(t.run_documents),
                    [{"run_id": run_id, "position": n, "source_id": s, "state": "waiting"} for n, s in enumerate(ids)],
                )

    def set_run_state(self, run_id: str, state: str) -> None:
        """Running, finished, interrupted or stopped; every state but running carries its time."""
        finished = None if state == "running" else datetime.now(UTC)
        with self.write() as c:
            c.execute(update(t.runs).where(t.runs.c.id == run_id).values(state=state, finished_at=finished))

    def run_captured(self, run_id: str, position: int, document_id: str, seconds: float = 0.0) -> None:
        """The document of this place in the run has text and clauses; how long that took."""
        self._set_run_document(run_id, position, document_id=document_id, state="captured", error=None, seconds=seconds)

    def run_failed(self, run_id: str, position: int, error: dict[str, str], seconds: float) -> None:
        """The document of this place in the run cannot be read or analyzed; why, and what to do."""
        self._set_run_document(run_id, position, state="failed", error=error, seconds=seconds)

    def save_analysis(
        self,
        *,
        run_id: str,
        position: int,
        document_id: str,
        clauses: tuple[Clause, ...],
        analysis: Analysis,
        seconds: float,
    ) -> None:
        """Drafts, rejections, ledger and bill of one document, all or nothing; its seconds add to the capture's.

        Decisions on older texts of the source follow to where their evidence stands unchanged.
        """
        ledger = analysis.ledger(clauses)
        with self.write() as c:
            _save_drafts(c, run_id, document_id, analysis.drafts)
            _save_rejections(c, run_id, document_id, analysis.rejections)
            carry(c, document_id, datetime.now(UTC))
            c.execute(
                update(t.run_documents)
                .where(t.run_documents.c.run_id == run_id, t.run_documents.c.position == position)
                .values(
                    document_id=document_id,
                    state="analyzed",
                    error=None,
                    entries=[entry.model_dump() for entry in analysis.entries],
                    ledger=ledger.model_dump(),
                    usage=analysis.usage.model_dump(),
                    windows=analysis.windows,
                    seconds=func.coalesce(t.run_documents.c.seconds, 0.0) + seconds,
                )
            )

    def _set_run_document(self, run_id: str, position: int, **values: Any) -> None:  # noqa: ANN401 -- column values
        with self.write() as c:
            c.execute(
                update(t.run_documents)
                .where(t.run_documents.c.run_id == run_id, t.run_documents.c.position == position)
                .values(**values)
            )

    def runs(self) -> list[RunRow]:
        """All runs, newest first."""
        with self.read() as c:
            rows = c.execute(select(t.runs).order_by(t.runs.c.started_at.desc(), t.runs.c.id.desc())).mappings().all()
        return [RunRow(**row) for row in rows]

    def run(self, run_id: str) -> RunRow | None:
        """One run, or None."""
        return next((row for row in self.runs() if row.id == run_id), None)

    def run_documents(self, run_id: str) -> list[RunDocument]:
        """The documents of a run in the order they were given."""
        with self.read() as c:
            return [_run_document(row) for row in c.execute(_places(run_id)).mappings()]

    def run_document(self, run_id: str, position: int) -> RunDocument:
        """The document at one place of a run; raises StoreError where there is none."""
        with self.read() as c:
            row = c.execute(_places(run_id).where(t.run_documents.c.position == position)).mappings().first()
        if row is None:
            raise StoreError(f"run {run_id} has no document {position}")
        return _run_document(row)

    # -- drafts

    def drafts(self, *, run_id: str | None = None, status: str = "all") -> Iterator[StoredDraft]:
        """Drafts in document order, streamed, of one run or all; ``status``: all, draft, approved, rejected."""
        query = (
            select(t.drafts, t.sources, t.documents.c.title.label("document_title"))
            .join(t.documents, t.documents.c.id == t.drafts.c.document_id)
            .join(t.sources, t.sources.c.id == t.documents.c.source_id)
            .order_by(t.sources.c.id, t.drafts.c.document_id, t.drafts.c.start, t.drafts.c.id)
        )
        if run_id is not None:
            query = query.join(t.run_drafts, t.run_drafts.c.draft_id == t.drafts.c.id).where(
                t.run_drafts.c.run_id == run_id
            )
        if status != "all":
            query = query.where(t.drafts.c.status == status)
        with self.read() as c:
            for row in c.execution_options(yield_per=500).execute(query).mappings():
                yield StoredDraft(
                    draft=Draft.model_validate({**row["body"], "status": row["status"]}),
                    version=row["version"],
                    document_id=row["document_id"],
                    source=_source(row),
                    title=row["document_title"],
                )

    def rejections(self, run_id: str) -> list[Rejection]:
        """What a run's analyst said that did not become a draft."""
        query = (
            select(t.rejections.c.body)
            .where(t.rejections.c.run_id == run_id)
            .order_by(t.rejections.c.document_id, t.rejections.c.position)
        )
        with self.read() as c:
            return [Rejection.model_validate(body) for body in c.execute(query).scalars()]


def open_store(url: str) -> Store:
    """Open the database at a SQLAlchemy URL, create its folder and bring its tables up to date.

    Raises:
        StoreError: it cannot be opened, is another program's, or was written by a newer Smallprint.

    """
    return Store(open_engine(url))


def _source(row: Any) -> Source:  # noqa: ANN401 -- a row mapping
    return Source(**{name: row[name] for name in Source.model_fields})


def _places(run_id: str) -> Select[Any]:
    """A run's documents with their sources and numbers of drafts, which are counted once for all of them."""
    counted = (
        select(t.drafts.c.document_id, func.count().label("drafts"))
        .select_from(t.run_drafts.join(t.drafts, t.drafts.c.id == t.run_drafts.c.draft_id))
        .where(t.run_drafts.c.run_id == run_id)
        .group_by(t.drafts.c.document_id)
        .subquery()
    )
    return (
        select(t.run_documents, t.sources, func.coalesce(counted.c.drafts, 0).label("drafts"))
        .join(t.sources, t.sources.c.id == t.run_documents.c.source_id)
        .outerjoin(counted, counted.c.document_id == t.run_documents.c.document_id)
        .where(t.run_documents.c.run_id == run_id)
        .order_by(t.run_documents.c.position)
    )


def _run_document(row: Any) -> RunDocument:  # noqa: ANN401 -- a row mapping
    return RunDocument(
        position=row["position"],
        source_id=row["source_id"],
        source=_source(row),
        document_id=row["document_id"],
        state=row["state"],
        error=row["error"],
        entries=tuple(LedgerEntry.model_validate(entry) for entry in row["entries"] or ()),
        ledger=Ledger.model_validate(row["ledger"]) if row["ledger"] else None,
        usage=Usage.model_validate(row["usage"]) if row["usage"] else None,
        windows=row["windows"],
        seconds=row["seconds"],
        drafts=row["drafts"],
    )


def _save_drafts(c: Connection, run_id: str, document_id: str, drafts: Iterable[Draft]) -> None:
    """Insert new drafts, refresh undecided ones; a decided draft keeps what the person saw."""
    c.execute(
        delete(t.run_drafts).where(
            t.run_drafts.c.run_id == run_id,
            t.run_drafts.c.draft_id.in_(select(t.drafts.c.id).where(t.drafts.c.document_id == document_id)),
        )
    )
    for draft in drafts:
        body = draft.model_dump(mode="json", exclude={"status"})
        known = c.execute(select(t.drafts).where(t.drafts.c.id == draft.id)).mappings().first()
        columns = {
            "category": draft.category,
            "severity": draft.severity,
            "confidence": draft.confidence,
            "start": draft.evidence[0].start,
            "body": body,
        }
        if known is None:
            c.execute(
                insert(t.drafts).values(
                    id=draft.id,
                    document_id=document_id,
                    status="draft",
                    version=1,
                    created_at=draft.provenance.created_at,
                    **columns,
                )
            )
        elif known["status"] == "draft" and _substance(known["body"]) != _substance(body):
            c.execute(
                update(t.drafts)
                .where(t.drafts.c.id == draft.id, t.drafts.c.version == known["version"])
                .values(version=known["version"] + 1, **columns)
            )
        c.execute(insert(t.run_drafts).values(run_id=run_id, draft_id=draft.id))
        place(c, draft.id)


def _substance(body: dict[str, Any]) -> dict[str, Any]:
    """A draft's body without what changes from run to run although nothing was said anew."""
    provenance = {name: value for name, value in body["provenance"].items() if name not in ("run", "created_at")}
    return {**body, "provenance": provenance}


def _save_rejections(c: Connection, run_id: str, document_id: str, rejections: Sequence[Rejection]) -> None:
    c.execute(delete(t.rejections).where(t.rejections.c.run_id == run_id, t.rejections.c.document_id == document_id))
    if rejections:
        c.execute(
            insert(t.rejections),
            [
                {"run_id": run_id, "document_id": document_id, "position": n, "body": one.model_dump(mode="json")}
                for n, one in enumerate(rejections)
            ],
        )
