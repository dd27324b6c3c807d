"""The database's tables: one place for names, types and constraints, read by the store and by the migrations."""

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC datetimes on every dialect: SQLite forgets the zone, so it is taken off and put back here."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times, store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times in the store are aware UTC datetimes")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


sources = Table(
    "sources",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("location", Text, nullable=False, unique=True),
    Column("entity", Text),
    Column("title", Text),
    Column("terms_type", Text),
    Column("language", String(8)),
    Column("jurisdictions", JSON, nullable=False),
    Column("published", String(32)),
)

snapshots = Table(
    "snapshots",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", Integer, nullable=False),
    Column("media_type", String(120), nullable=False),
    Column("first_captured_at", UtcDateTime, nullable=False),
)

# One row per visit to a source: the same hash again is a verification of the snapshot, not a new one.
captures = Table(
    "captures",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("sha256", ForeignKey("snapshots.sha256"), nullable=False),
    Column("captured_at", UtcDateTime, nullable=False),
    Column("verification", Boolean, nullable=False),
    Column("body", JSON, nullable=False),  # the whole Snapshot record
    Index("ix_captures_source_id_captured_at", "source_id", "captured_at"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False, index=True),
    Column("sha256", ForeignKey("snapshots.sha256"), nullable=False, index=True),
    Column("title", Text),
    Column("language", String(8)),
    Column("text", Text, nullable=False),
    Column("body", JSON, nullable=False),  # the Document without its text
    Column("clauses", JSON, nullable=False),  # the Clauses without their texts: offsets are the truth
    Column("created_at", UtcDateTime, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("model", String(120), nullable=False),
    Column("state", String(16), nullable=False),  # running, finished, interrupted, stopped
    Column("started_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    Column("options", JSON, nullable=False),
)

run_documents = Table(
    "run_documents",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("document_id", ForeignKey("documents.id")),
    Column("state", String(16), nullable=False),  # waiting, captured, analyzed, failed
    Column("error", JSON),  # {code, detail, advice}
    Column("entries", JSON),  # the ledger, clause by clause
    Column("ledger", JSON),
    Column("usage", JSON),
    Column("windows", Integer),
    Column("seconds", Float),
    Index("ix_run_documents_document_id", "document_id"),
)

answers = Table(
    "answers",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("model", String(120), nullable=False),
    Column("body", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("document_id", ForeignKey("documents.id"), nullable=False, index=True),
    Column("category", String(40), nullable=False, index=True),
    Column("severity", String(12), nullable=False, index=True),
    Column("status", String(12), nullable=False, index=True),
    Column("confidence", Float, nullable=False),
    Column("start", Integer, nullable=False),  # of the first evidence, for the document's order
    Column("version", Integer, nullable=False),
    Column("body", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# Which runs proposed a draft: the same proposal from two runs is one draft.
run_drafts = Table(
    "run_drafts",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("draft_id", ForeignKey("drafts.id"), primary_key=True),
)

rejections = Table(
    "rejections",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("body", JSON, nullable=False),
)
