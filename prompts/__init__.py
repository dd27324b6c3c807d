"""Load, check, render and hash the prompts: Markdown templates with front matter (name, version, variables)."""

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

# The output is a message for a model and not HTML, so nothing is escaped. Values are never parsed as templates.
_ENVIRONMENT = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701


class PromptError(ValueError):
    """An invalid prompt file; the message names the file and the problem."""

    def __init__(self, file: str, problem: str) -> None:
        super().__init__(f"prompts/{file}: {problem}")


@dataclass(frozen=True)
class Prompt:
    """One template; ``sha256`` is of the whole file, so that it changes with an edit that forgets the version."""

    name: str
    version: int
    variables: frozenset[str]
    body: str
    sha256: str

    @property
    def id(self) -> str:
        """Name and version as drafts record them: ``provisions@1``."""
        return f"{self.name}@{self.version}"

    def render(self, **values: Any) -> str:  # noqa: ANN401 -- templates print values of any type
        """The text of the message, with one line feed at its end.

        Raises:
            TypeError: the values are not exactly the declared variables.

        """
        if values.keys() != self.variables:
            mismatched = sorted(values.keys() ^ self.variables)
            raise TypeError(f"prompt {self.id}: missing or unknown variables: {', '.join(mismatched)}")
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
    """The prompt in the text of a file.

    Args:
        file: name of the file in ``prompts/``, for the check of the prompt's name and for messages.
        text: its whole content.

    Raises:
        PromptError: as ``load`` does.

    """
    match = _FRONT_MATTER.match(text)
    front_matter = yaml.safe_load(match[1]) if match else None
    if match is None or not isinstance(front_matter, Mapping):
        raise PromptError(file, "must begin with front matter between two lines of ---")
    if front_matter.keys() != {"name", "version", "variables"}:
        raise PromptError(file, "front matter must have exactly name, version and variables")
    if not isinstance(front_matter["version"], int) or f"{front_matter['name']}.md" != file:
        raise PromptError(file, "version must be a whole number and name the file's name")
    body = text[match.end() :]
    try:
        used = meta.find_undeclared_variables(_ENVIRONMENT.parse(body))
    except TemplateSyntaxError as error:
        raise PromptError(file, f"line {error.lineno}: {error.message}") from error
    declared = frozenset(front_matter["variables"] or ())
    if used != declared:
        raise PromptError(file, f"declared and used variables differ: {', '.join(sorted(used ^ declared))}")
    return Prompt(
        name=front_matter["name"],
        version=front_matter["version"],
        variables=declared,
        body=body,
        sha256=sha256(text.encode()).hexdigest(),
    )
