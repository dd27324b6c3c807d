"""Prompts as files: Markdown templates with front matter (name, version, variables), checked, rendered and hashed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import yaml
from jinja2 import Environment, StrictUndefined, Template, TemplateSyntaxError, meta

_FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)

# The output is a message for a model, not a page: nothing to escape. Values are data and never parsed as templates.
_ENVIRONMENT = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701


class PromptError(ValueError):
    """A prompt file that does not hold together; names the file and what is wrong with it."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"prompts/{file}: {problem}")


@dataclass(frozen=True)
class Prompt:
    """One template; ``sha256`` covers the whole file, so that an edit without a new version shows too."""

    name: str
    version: int
    variables: frozenset[str]
    body: str
    sha256: str

    @property
    def id(self) -> str:
        """Name and version, as provenance names it: ``provisions@1``."""
        return f"{self.name}@{self.version}"

    def render(self, **values: Any) -> str:  # noqa: ANN401 -- whatever the template prints
        """The text of the message.

        Raises:
            TypeError: the values are not exactly the declared variables.

        """
        if values.keys() != self.variables:
            off = sorted(values.keys() ^ self.variables)
            raise TypeError(f"prompt {self.id}: missing or unknown variables: {', '.join(off)}")
        return _compiled(self.body).render(values).strip() + "\n"


@cache
def _compiled(body: str) -> Template:
    return _ENVIRONMENT.from_string(body)


@cache
def load(name: str) -> Prompt:
    """The prompt in ``prompts/<name>.md``.

    Raises:
        PromptError: front matter is missing or wrong, or declares other variables than the template uses.

    """
    file = f"{name}.md"
    return parse(file, files("prompts").joinpath(file).read_text(encoding="utf-8"))


def parse(file: str, text: str) -> Prompt:
    """A prompt from the text of its file; raises PromptError as ``load`` does."""
    match = _FRONT_MATTER.match(text)
    head = yaml.safe_load(match[1]) if match else None
    if match is None or not isinstance(head, Mapping):
        raise PromptError(file, "must begin with front matter between two lines of ---")
    if head.keys() != {"name", "version", "variables"}:
        raise PromptError(file, "front matter must have exactly name, version and variables")
    if not isinstance(head["version"], int) or f"{head['name']}.md" != file:
        raise PromptError(file, "version must be a whole number and name the file's name")
    body = text[match.end() :]
    try:
        used = meta.find_undeclared_variables(_ENVIRONMENT.parse(body))
    except TemplateSyntaxError as error:
        raise PromptError(file, f"line {error.lineno}: {error.message}") from error
    declared = frozenset(head["variables"] or ())
    if used != declared:
        raise PromptError(file, f"declared and used variables differ: {', '.join(sorted(used ^ declared))}")
    return Prompt(
        name=head["name"],
        version=head["version"],
        variables=declared,
        body=body,
        sha256=sha256(text.encode()).hexdigest(),
    )
