"""A form as a browser posts it: read once, with a bound on its fields."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from fastapi import Request

from app.review.shield import TooLargeError

MAX_FIELDS = 2000  # of one form; a bulk of 200 drafts has some 230
MAX_VERSION_DIGITS = 10  # longer numbers do not fit the database's integers

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
        return version_number(self.first(name))


def version_number(text: str) -> int:
    """A version as a form carries it; 0, which no draft has, for anything else."""
    return int(text) if text.isdecimal() and len(text) < MAX_VERSION_DIGITS else 0


def versioned_draft(text: str) -> tuple[str, int]:
    """The draft and the version that a check box of a list stands for, "ID:VERSION"."""
    draft_id, _, version = text.rpartition(":")
    return draft_id, version_number(version)


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
