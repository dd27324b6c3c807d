"""A model's answer: its schema on the wire, and a lenient reading that keeps the valid parts of an invalid one."""

import json
import re
from functools import cache
from hashlib import sha256
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from classifiers.proposals import CitedFramework, NamedAgency, Proposal
from classifiers.wording import plain
from smallprint.records import Factors, Rejection, Severity

FACTORS = tuple(Factors.model_fields)

_SCORE_PREFIX = re.compile(r"\s{0,80}([0-3])\s{0,8}(?:[:.,;)\-–—]\s{0,8})?", re.ASCII)


def _as_scored_reason(value: object) -> object:
    """Accept a bare score, and an object of score and reason, besides ``"2: reason"`` as asked for."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value}: "
    if isinstance(value, dict) and "score" in value:
        return f"{value['score']}: {value.get('why') or value.get('reason') or ''}"
    return value


def _begins_with_score(value: str) -> str:
    if not _SCORE_PREFIX.match(value):
        raise ValueError("must begin with a score of 0 to 3, a colon and the reason")
    return value


# The schema states no pattern: providers' strict modes differ in what they allow, and reading is lenient anyway.
ScoredReason = Annotated[str, BeforeValidator(_as_scored_reason), AfterValidator(_begins_with_score)]


class Wire(BaseModel):
    """Base of the types on the wire: fields that a model adds are ignored, those that it leaves out are empty."""

    model_config = ConfigDict(extra="ignore")


class FactorScores(Wire):
    """Each factor as ``score: reason``, which takes half the tokens of an object."""

    rights_waived: ScoredReason
    opt_out: ScoredReason
    breadth: ScoredReason
    exposure: ScoredReason
    discretion: ScoredReason


class WireFramework(Wire):
    """A framework and why the passage engages it."""

    citation: str
    why: str = ""


class WireAgency(Wire):
    """An agency and the reason particular to this passage."""

    name: str
    reason: str = ""


def _as_numbers(value: object) -> object:
    """Accept ``"[12]"`` and ``"12"`` for 12, and one number for a list of one."""
    values = value if isinstance(value, list) else [value]
    return [int(v.strip(" []#")) if isinstance(v, str) and v.strip(" []#").isdecimal() else v for v in values]


class WireProvision(Wire):
    """One provision as a model writes it."""

    clauses: Annotated[list[int], BeforeValidator(_as_numbers), Field(min_length=1)]
    quote: Annotated[str, Field(min_length=1)]
    title: Annotated[str, Field(min_length=1)]
    category: str
    secondary: list[str] = []
    factors: FactorScores
    severity: Severity
    what_it_is: Annotated[str, Field(min_length=1)]
    consumer_impact: Annotated[str, Field(min_length=1)]
    why_it_matters: str = ""
    frameworks: list[WireFramework] = []
    enforcement_risk: str = ""
    due_diligence: list[str] = []
    agencies: list[WireAgency] = []
    confidence: Annotated[float, Field(ge=0, le=1)] = 0.5


class WireAnswer(Wire):
    """The provisions of one window, in the order of the text."""

    provisions: list[WireProvision]

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401 -- pydantic's signature
        """The compact schema that is sent to the model."""
        return _compact_schema(cls)


@cache
def answer_model(categories: tuple[str, ...]) -> type[WireAnswer]:
    """The type of an answer for a taxonomy: schema and reader allow its categories and no others.

    The classes' names are part of the schema, and so of the keys of stored answers: do not rename them.
    """
    category_ids = frozenset(categories)

    def check_category(value: str) -> str:
        if value not in category_ids:
            raise ValueError(f"no category is called {value!r}; choose one of the listed ids")
        return value

    enum = WithJsonSchema({"type": "string", "enum": list(categories)})
    category_id = Annotated[str, AfterValidator(check_category), enum]

    class Provision(WireProvision):
        category: category_id

    class Provisions(WireAnswer):
        """The provisions found; an empty list where nothing matters to a consumer."""

        provisions: list[Provision]  # type: ignore[assignment]

    return Provisions


@cache
def _compact_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Without titles and defaults, every field required and nothing else allowed, as strict modes demand."""
    schema = BaseModel.model_json_schema.__func__(model, mode="serialization")  # type: ignore[attr-defined]
    compact = _strip(schema)
    compact["title"] = "Provisions"
    return compact  # type: ignore[no-any-return]


# Strict modes refuse these or differ on them; the reader checks them instead.
_DROPPED_KEYWORDS = ("title", "default", "description", "minLength", "minItems", "minimum", "maximum")


def _strip(node: Any) -> Any:  # noqa: ANN401 -- any JSON
    if isinstance(node, list):
        return [_strip(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "object" and "properties" in node:
        properties = {name: _strip(sub) for name, sub in node["properties"].items()}
        replaced = ("properties", "required", *_DROPPED_KEYWORDS)
        rest = {key: _strip(sub) for key, sub in node.items() if key not in replaced}
        return {**rest, "properties": properties, "required": list(properties), "additionalProperties": False}
    return {key: _strip(sub) for key, sub in node.items() if key not in _DROPPED_KEYWORDS}


def schema_sha256(model: type[WireAnswer]) -> str:
    """SHA-256 of the schema on the wire."""
    return sha256(json.dumps(model.model_json_schema(), sort_keys=True).encode()).hexdigest()


def score_of(scored: str) -> tuple[int, str]:
    """The score and the reason of ``"2: reason"``."""
    match = _SCORE_PREFIX.match(scored)
    if match is None:
        raise ValueError(f"no score in {scored!r}")
    return int(match[1]), scored[match.end() :].strip()


def to_proposal(provision: WireProvision, clause_ids: dict[int, str]) -> Proposal:
    """A provision with the document's clause ids for the window's numbers; numbers it does not have are left out."""
    scores = {name: score_of(getattr(provision.factors, name)) for name in FACTORS}
    return Proposal(
        clauses=tuple(dict.fromkeys(clause_ids[n] for n in provision.clauses if n in clause_ids)),
        quote=provision.quote,
        title=provision.title,
        category=provision.category,
        secondary=tuple(dict.fromkeys(provision.secondary)),
        factors=Factors(**{name: score for name, (score, _) in scores.items()}),
        factor_reasons={name: reason for name, (_, reason) in scores.items() if reason},
        severity=provision.severity,
        what_it_is=provision.what_it_is,
        consumer_impact=provision.consumer_impact,
        why_it_matters=provision.why_it_matters,
        frameworks=tuple(CitedFramework(citation=f.citation, why=f.why) for f in provision.frameworks),
        enforcement_risk=provision.enforcement_risk,
        due_diligence=tuple(provision.due_diligence),
        agencies=tuple(NamedAgency(name=a.name, reason=a.reason) for a in provision.agencies),
        confidence=provision.confidence,
    )


def read_answer(text: str, model: type[WireAnswer]) -> tuple[list[WireProvision], list[Rejection]] | None:
    """Provisions that meet the schema, and a rejection for each that does not; None where the text is no such JSON."""
    listed = _listed_provisions(text)
    if listed is None:
        return None
    provision_type = model.model_fields["provisions"].annotation.__args__[0]  # type: ignore[union-attr]
    provisions: list[WireProvision] = []
    rejections: list[Rejection] = []
    for provision in listed:
        try:
            provisions.append(provision_type.model_validate(provision))
        except ValidationError as error:
            rejections.append(_rejection(provision, error))
    return provisions, rejections


def _listed_provisions(text: str) -> list[Any] | None:
    body = text.strip()
    if not body.startswith(("{", "[")):
        # Some servers wrap JSON in a Markdown fence or a sentence.
        start, end = body.find("{"), body.rfind("}")
        body = body[start : end + 1] if 0 <= start < end else ""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict):
        value = value.get("provisions")
    return value if isinstance(value, list) else None


def _rejection(provision: object, error: ValidationError) -> Rejection:
    fields = provision if isinstance(provision, dict) else {}
    invalid = {str(e["loc"][0]) for e in error.errors() if e["loc"]}
    reason: Literal["unknown_category", "invalid_answer"] = (
        "unknown_category" if invalid == {"category"} else "invalid_answer"
    )
    return Rejection(
        reason=reason,
        quote=str(fields.get("quote", ""))[:500],
        title=plain(str(fields.get("title", ""))[:2000])[:200],
        detail=plain(describe(error)),
    )


def describe(error: ValidationError, *, max_problems: int = 8) -> str:
    """What is wrong with an answer, a field a line, without a word of the answer itself."""
    problems = [
        f"{'.'.join(str(part) for part in e['loc']) or 'answer'}: {e['msg'].removeprefix('Value error, ')}"[:200]
        for e in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    omitted = [f"and {len(problems) - max_problems} more"] if len(problems) > max_problems else []
    return "\n".join(problems[:max_problems] + omitted)
