"""Loads ``signals.yml``: the words that show what a change does, as compiled patterns."""

import re
from functools import cache
from importlib.resources import files
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field

Words = Annotated[tuple[str, ...], Field(min_length=1)]


class Signals(BaseModel):
    """The lists of ``signals.yml``, each explained there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    company: Words
    user: Words
    takes: Words
    gives: Words
    rights: Words
    duties: Words
    permission: Words
    duty: Words
    negation: Words
    exception: Words
    discretion: Words
    restraint: Words
    remedies: Words
    burdens: Words
    longer_is_better: Words
    shorter_is_better: Words
    greater_is_better: Words
    subjects: Words
    synonyms: tuple[Words, ...]
    furniture: Words


@cache
def load_signals() -> Signals:
    """The shipped lists; raises pydantic.ValidationError that names an unknown key or an empty list."""
    text = files("classifiers.changes").joinpath("signals.yml").read_text(encoding="utf-8")
    return Signals.model_validate(yaml.safe_load(text))


@cache
def pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Any of the words or phrases, whole, in any case; the longest first."""
    alternatives = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![\w'’-])(?:{alternatives})(?![\w'’-])", re.IGNORECASE)
