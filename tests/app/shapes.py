"""docs/json.md as types: what each command promises to machines, field by field, nothing more and nothing less."""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Block(Shape):
    kind: Literal["heading", "paragraph", "list_item", "table_row", "page_furniture"]
    level: int | None
    start: int
    end: int
    page: int | None


class Clause(Shape):
    id: str
    number: str | None
    heading_path: list[str]
    start: int
    end: int
    page_start: int | None
    page_end: int | None


class Warned(Shape):
    code: str
    detail: str


class DocumentWithoutText(Shape):
    source: str
    media_type: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    title: str | None
    language: str | None
    extractor: str
    blocks: list[Block]
    clauses: list[Clause]
    warnings: list[Warned]


class Document(DocumentWithoutText):
    text: str


class Factors(Shape):
    rights_waived: int = Field(ge=0, le=3)
    opt_out: int = Field(ge=0, le=3)
    breadth: int = Field(ge=0, le=3)
    exposure: int = Field(ge=0, le=3)
    discretion: int = Field(ge=0, le=3)


class Framework(Shape):
    id: str | None
    citation: str
    valid: bool
    why: str
    problem: str = ""


class Agency(Shape):
    id: str | None
    name: str
    reason: str
    complaint_url: str | None


class Evidence(Shape):
    start: int
    end: int
    status: Literal["exact", "normalized", "spliced", "fuzzy", "ambiguous"]
    text: str
    clauses: list[str] = Field(min_length=1)
    page: int | None


class Provenance(Shape):
    model: str
    prompt: str
    prompt_sha256: str
    schema_sha256: str
    registry_sha256: str
    snapshot_sha256: str
    run: str | None
    created_at: AwareDatetime


# In the order of smallprint.records.Severity: typing takes two Literals of the same values for one, so whichever order
# is first in a union ("Level | None") becomes that of the other's union too, and of every JSON Schema made from it.
Level = Literal["beneficial", "low", "medium", "high", "critical"]


class Draft(Shape):
    id: str
    title: str
    category: str
    secondary: list[str]
    severity: Level
    factors: Factors
    factor_reasons: dict[str, str]
    model_severity: Level | None
    what_it_is: str
    consumer_impact: str
    why_it_matters: str
    frameworks: list[Framework]
    enforcement_risk: str
    due_diligence: list[str]
    agencies: list[Agency]
    evidence: list[Evidence] = Field(min_length=1)
    confidence: float = Field(ge=0, le=1)
    flags: list[str]
    status: Literal["draft", "approved", "rejected"]
    provenance: Provenance


class Home(Shape):
    id: str
    entity: str | None
    title: str | None
    url: str
    snapshot: str


class ExportedDraft(Draft):
    document: Home


class ExportedRecord(ExportedDraft):
    record_id: str = Field(pattern="^SP-P-[0-9]{6}$")
    document_id: str = Field(pattern="^SP-D-[0-9]{5}$")
    first_tracked: AwareDatetime | None
    last_verified: AwareDatetime | None
    approved_by: str
    approved_at: AwareDatetime
    amended_fields: list[str]


class Rejection(Shape):
    reason: str
    quote: str
    window: int | None
    title: str
    detail: str


class Ledger(Shape):
    clauses: int
    analyzed: int
    nothing_found: int
    failed: int
    over_budget: int
    characters_covered: float = Field(ge=0, le=1)


class Usage(Shape):
    calls: int
    cached_calls: int
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    cost_usd: float | None


class Read(Shape):
    document: Document | DocumentWithoutText
    drafts: list[Draft]
    rejections: list[Rejection]
    ledger: Ledger
    usage: Usage


class Failure(Shape):
    code: str
    detail: str
    advice: str


class Place(Shape):
    location: str
    label: str
    document: str | None
    state: Literal["waiting", "captured", "analyzed", "failed"]
    error: Failure | None
    drafts: int
    ledger: Ledger | None
    usage: Usage | None
    seconds: float | None


class Run(Shape):
    run: str
    model: str
    state: Literal["running", "finished", "interrupted", "stopped"]
    started_at: AwareDatetime
    finished_at: AwareDatetime | None
    documents: int
    done: int
    failed_documents: int
    drafts: int
    ledger: Ledger
    usage: Usage
    places: list[Place] | None = None


class Status(Shape):
    runs: list[Run]


class Subject(Shape):
    model: str
    prompt: str
    prompt_sha256: str
    schema_sha256: str
    code_sha256: str


class Yardstick(Shape):
    cases: dict[str, str]
    registry_sha256: str
    scorers_sha256: str


class Figure(Shape):
    title: str
    better: Literal["higher", "lower", "zero"]
    value: float
    low: float | None
    high: float | None
    support: float
    documents: int


class CategoryFigures(Shape):
    category: str
    gold: int
    predicted: int
    precision: float | None
    recall: float | None
    f1: float | None
    low: float | None
    high: float | None


class GateCheck(Shape):
    kind: Literal["integrity", "leak", "error", "floor", "definition", "margin", "category", "severe"]
    name: str
    passed: bool
    message: str
    details: list[str]


class Gate(Shape):
    met: bool
    checks: list[GateCheck]


class Comparison(Shape):
    subjects: list[str]
    metrics: list[dict]
    categories: list[dict]
    provisions: list[dict]
    found: tuple[int, int, float] | list[float]


class EvalVerdict(Shape):
    gold: str
    category: str
    severity: str | None
    found: bool
    as_category: str | None
    as_severity: str | None


class Spurious(Shape):
    start: int
    end: int
    category: str
    severity: str
    title: str
    why: Literal["nothing_here", "duplicate", "unlisted"]


class EvalCase(Shape):
    case: str
    split: Literal["dev", "test"]
    verdicts: list[EvalVerdict]
    spurious: list[Spurious]


class Evals(Shape):
    suite: str
    created_at: AwareDatetime
    version: str
    subject: Subject
    yardstick: Yardstick
    left_out: dict[str, str]
    errors: dict[str, str]
    usage: Usage
    metrics: dict[str, dict[str, Figure]]
    categories: dict[str, list[CategoryFigures]]
    gate: Gate | None
    comparison: Comparison | None
    judge: dict | None
    cases: list[EvalCase]
