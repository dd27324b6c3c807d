"""A form as a browser posts it: read once, with a bound on its fields, and parsed into typed values."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import get_args
from urllib.parse import parse_qsl

from fastapi import Request
from pydantic import ValidationError

from app.review.edits import DecisionKind, DecisionRequest, Edits, Problems
from app.review.shield import TooLargeError
from smallprint.records import Factors

MAX_FIELDS = 2000  # of one form; a bulk of 200 drafts has some 230
MAX_VERSION_DIGITS = 10  # longer numbers do not fit the database's integers

FACTORS = tuple(Factors.model_fields)
TEXTS = ("title", "what_it_is", "consumer_impact", "why_it_matters", "enforcement_risk")
ROWS = (("citation", "citation_why"), ("agency", "agency_name", "agency_reason"), ("quote",))  # lists, by columns
EDIT_FIELDS = (
    *TEXTS,
    "category",
    "secondary",
    *(f"factor_{name}" for name in FACTORS),
    *(f"reason_{name}" for name in FACTORS),
    "due_diligence",
    *(column for columns in ROWS for column in columns),
)

FormFields = dict[str, list[str]]  # raw, by name: to be shown or sent again, never to be decided on


@dataclass(frozen=True)
class PostedForm:
    """The fields of one form; a name that is repeated has several values."""

    fields: FormFields = field(default_factory=dict)

    def first(self, name: str) -> str:
        """The first value of a field; empty where the form does not have it."""
        values = self.fields.get(name)
        return values[0] if values else ""

    def values(self, name: str) -> tuple[str, ...]:
        """All values of a field."""
        return tuple(self.fields.get(name, ()))

    def number(self, name: str) -> int:
        """A field as a version number; 0, which no draft has, where it holds none."""
        return _version_number(self.first(name))


async def read_form(request: Request) -> PostedForm:
    """The form of a POST, empty for other requests; raises TooLargeError."""
    if request.method != "POST":
        return PostedForm()
    body = await request.body()
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS, encoding="utf-8"
        )
    except ValueError as error:
        raise TooLargeError from error
    fields: FormFields = {}
    for name, text in pairs:
        # Browsers send line ends as CR LF; no database takes a NUL.
        fields.setdefault(name, []).append(text.replace("\r\n", "\n").replace("\x00", ""))
    return PostedForm(fields)


def _version_number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < MAX_VERSION_DIGITS else 0


def versioned_draft(text: str) -> tuple[str, int]:
    """The draft and the version that a check box of a list stands for, "ID:VERSION"."""
    draft_id, _, version = text.rpartition(":")
    return draft_id, _version_number(version)


def parse_decision(form: PostedForm) -> DecisionRequest | None:
    """The decision that a draft's form asks for; None where it asks for none."""
    action = form.first("act")
    for kind in get_args(DecisionKind):
        if action == kind:
            edits, problems = parse_edits(form)
            return DecisionRequest(
                kind=kind,
                seen_version=form.number("saw"),
                edits=edits,
                problems=problems,
                reasons=form.values("reasons"),
                note="\n".join(note.strip() for note in form.values("note") if note.strip()),
            )
    return None


def parse_edits(form: PostedForm) -> tuple[Edits, Problems]:
    """The edits that a form describes, and what of it cannot be parsed; fields that it does not have stay."""
    fields = form.fields
    parsed: dict[str, object] = {name: fields[name][0] for name in (*TEXTS, "category") if name in fields}
    problems: Problems = {}
    if "secondary" in fields:
        parsed["secondary"] = fields["secondary"]
    if "due_diligence" in fields:
        parsed["due_diligence"] = fields["due_diligence"][0].splitlines()
    if any(f"factor_{name}" in fields for name in FACTORS):
        parsed["factors"] = parse_factors(fields)
        if parsed["factors"] is None:
            problems["factors"] = "Each factor is scored 0 to 3."
    reasons = {name: fields[f"reason_{name}"][0] for name in FACTORS if f"reason_{name}" in fields}
    if reasons:
        parsed["factor_reasons"] = reasons
    if "citation" in fields:
        rows = form_rows(fields, "citation", "citation_why")
        parsed["frameworks"] = [{"citation": citation, "why": why} for citation, why in rows]
    if "agency" in fields:
        rows = form_rows(fields, "agency", "agency_name", "agency_reason")
        parsed["agencies"] = [{"id": agency, "name": name, "reason": reason} for agency, name, reason in rows]
    if "quote" in fields:
        parsed["quotes"] = fields["quote"]
    return Edits.model_validate(parsed), problems


def parse_factors(fields: FormFields) -> Factors | None:
    """The scores of the form; None until all five are given and are scores."""
    try:
        return Factors.model_validate({name: fields.get(f"factor_{name}", [""])[0] for name in FACTORS})
    except ValidationError:
        return None


def form_rows(fields: FormFields, *names: str) -> Iterator[tuple[str, ...]]:
    """Rows of a list in the form, as many as its first column has."""
    columns = [fields.get(name, []) for name in names]
    for number, first in enumerate(columns[0]):
        yield (first, *(column[number] if number < len(column) else "" for column in columns[1:]))


def unsaved_fields(form: PostedForm) -> FormFields:
    """What a person has typed on a draft: its fields, their note and reasons; raw, to be shown again."""
    return {name: form.fields[name] for name in (*EDIT_FIELDS, "note", "reasons") if name in form.fields}
