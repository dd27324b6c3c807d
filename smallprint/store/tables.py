"""The database's tables: their names, types and constraints, read by the store and by the migrations."""

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
    UniqueConstraint,
    false,
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
    Column("ignore_robots", Boolean, nullable=False, server_default=false()),
    Column("render", Boolean, nullable=False, server_default=false()),
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

# ---- the review desk (docs/decisions/0020): what people decide never overwrites what analysts proposed

# One narrow row a draft: what the queue sorts, filters and counts by, as the draft stands now.
queue = Table(
    "queue",
    metadata,
    Column("draft_id", ForeignKey("drafts.id"), primary_key=True),
    Column("document_id", ForeignKey("documents.id"), nullable=False, index=True),
    Column("source_id", ForeignKey("sources.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("category", String(40), nullable=False),
    Column("severity", String(12), nullable=False),
    Column("status", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("rank", Integer, nullable=False),  # need below zero: ascending order brings the neediest first
    Column("confidence", Float, nullable=False),
    Column("start", Integer, nullable=False),
    Column("model", String(120), nullable=False),
    Column("prompt", String(120), nullable=False),
    Column(
        "flags", Text, nullable=False
    ),  # "|fuzzy_evidence|low_confidence|": searched for with the bars, so that no flag matches in part
    Column("second_by", String(80)),  # who asks for a second opinion
    Column("assignee", String(80)),
    Column("lease_by", String(80)),  # who is reading it now, until lease_until
    Column("lease_until", UtcDateTime),
    Column("decided_by", String(80)),
    Column("decided_at", UtcDateTime),
    Index("ix_queue_order", "status", "rank", "document_id", "start", "draft_id"),
    Index("ix_queue_decided_by_decided_at", "decided_by", "decided_at"),
    # Counts by one column read its index alone, counts under filters the wide one.
    Index(
        "ix_queue_facets",
        "status",
        "severity",
        "category",
        "source_id",
        "model",
        "prompt",
        "assignee",
        "flags",
    ),
    *(
        Index(f"ix_queue_status_{name}", "status", name)
        for name in ("severity", "category", "source_id", "model", "prompt", "assignee", "flags")
    ),
)

# What the text search looks through, apart from the queue so that counting stays quick.
queue_words = Table(
    "queue_words",
    metadata,
    Column("draft_id", ForeignKey("drafts.id"), primary_key=True),
    Column("words", Text, nullable=False),  # lower case: title, explanation, quotes
)

# A draft as a person edited it, where that differs from the proposal; drafts.body stays the analyst's.
amendments = Table(
    "amendments",
    metadata,
    Column("draft_id", ForeignKey("drafts.id"), primary_key=True),
    Column("body", JSON, nullable=False),
)

# Append-only; triggers refuse updates and deletes.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("act", String(32), nullable=False, index=True),  # decisions of one act (a bulk, a split) are undone together
    Column("kind", String(16), nullable=False),
    Column("draft_id", ForeignKey("drafts.id"), index=True),  # None: about a clause
    Column("document_id", ForeignKey("documents.id"), nullable=False),
    Column("clause", String(16)),
    Column("saw", Integer),  # the version that the person saw
    Column("version", Integer),  # the version that the decision made
    Column("by", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("reasons", JSON, nullable=False),
    Column("note", Text, nullable=False),
    Column("before", JSON),  # how the draft stood: {status, second_by, body}; None: it did not exist
    Column("after", JSON),
    Column("undoes", String(32)),  # the act that this one compensates
    Column("audit_id", ForeignKey("audit.id"), nullable=False, unique=True),
    UniqueConstraint("draft_id", "version"),  # no version is decided on twice, whatever the code does
)

# Append-only, each row hashed with the one before it.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # 1, 2, 3 ... without a gap
    Column("at", UtcDateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("what", String(40), nullable=False),
    Column("subject", String(80), nullable=False),
    Column("version", Integer),
    Column("changes", JSON, nullable=False),  # [{field, before, after}]
    Column("detail", JSON, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Index("ix_audit_subject", "subject"),
)

# One row: the end of the chain. Every writer locks it, so that the chain has one end.
audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("length", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
)

# A clause that a person has read and found without a provision.
clause_marks = Table(
    "clause_marks",
    metadata,
    Column("document_id", ForeignKey("documents.id"), primary_key=True),
    Column("clause", String(16), primary_key=True),
    Column("by", String(80), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

# Permanent numbers: SP-D-00045 is a source as followed, SP-P-000123 an approved provision. Numbers are never reused.
record_documents = Table(
    "record_documents",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("source_id", ForeignKey("sources.id"), nullable=False, unique=True),
)

records = Table(
    "records",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("draft_id", ForeignKey("drafts.id"), nullable=False, unique=True),
    Column("document_number", ForeignKey("record_documents.number"), nullable=False, index=True),
    Column("approved_by", String(80), nullable=False),
    Column("approved_at", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),  # the approval was undone; the number stays taken
    Column("amended_fields", JSON, nullable=False),
    Column("body", JSON, nullable=False),
)

# Channels that want news of records; a desk that is set up for one renews its row while it runs.
listeners = Table(
    "listeners",
    metadata,
    Column("channel", String(16), primary_key=True),  # webhook, prefect
    Column("seen_at", UtcDateTime, nullable=False),
)

# News of records, written with the decision and deleted once delivered; its draft is that of the decision.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "key", String(36), nullable=False, unique=True
    ),  # the same at every try, by which receivers recognize a repetition
    Column("channel", String(16), nullable=False),
    Column("event", String(32), nullable=False),
    Column("record", Integer, nullable=False),  # its number
    Column("draft_id", ForeignKey("drafts.id"), nullable=False),
    Column("version", Integer, nullable=False),  # that the decision made
    Column("created_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_at", UtcDateTime),  # None: given up
    Column("problem", Text),  # of the last failed try
    Index("ix_outbox_channel_next_at", "channel", "next_at"),
)

# What somebody has typed into a draft's form and not yet decided.
half_edits = Table(
    "half_edits",
    metadata,
    Column("draft_id", ForeignKey("drafts.id"), primary_key=True),
    Column("by", String(80), primary_key=True),
    Column("saw", Integer, nullable=False),
    Column("fields", JSON, nullable=False),  # form field -> values
    Column("at", UtcDateTime, nullable=False),
)

# ---- people

users = Table(
    "users",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("role", String(16), nullable=False),  # reviewer, lead, admin, read-only
    Column("password", Text),  # argon2; None: signs in elsewhere, or not yet
    Column("subject", Text, unique=True),  # issuer and subject of an OpenID provider
    Column("disabled", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# Only hashes of tokens are stored: reading the database does not let anybody sign in.
sessions = Table(
    "sessions",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("user", ForeignKey("users.name"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", String(80)),  # None: the guest chooses
    Column("role", String(16), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("key", String(120), primary_key=True),  # a name or an address
    Column("count", Integer, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("user", ForeignKey("users.name"), nullable=False, index=True),
    Column("label", String(80), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

# A form that was sent after its session had ended, stored while its person signs in at a provider.
kept_forms = Table(
    "kept_forms",
    metadata,
    Column("session", String(64), primary_key=True),  # hash of the session's token; the session may have been deleted
    Column("user", ForeignKey("users.name"), nullable=False),
    Column("path", Text, nullable=False),
    Column("fields", JSON, nullable=False),  # form field -> values
    Column("at", UtcDateTime, nullable=False),
)

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user", ForeignKey("users.name"), nullable=False, index=True),
    Column("name", String(80), nullable=False),
    Column("query", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
)

# What a second, blind reader of a sampled draft thought; it changes nothing but the figures of agreement.
blind_readings = Table(
    "blind_readings",
    metadata,
    Column("draft_id", ForeignKey("drafts.id"), primary_key=True),
    Column("by", String(80), primary_key=True),
    Column("verdict", String(16), nullable=False),  # approve, reject
    Column("body", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)
