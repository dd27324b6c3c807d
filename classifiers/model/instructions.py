"""The messages for the model: a static one, the same for every call, and one with the window's fenced text."""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import yaml

import prompts
from classifiers.model.answers import answer_model, schema_sha256
from classifiers.model.tokens import count_tokens
from classifiers.model.windows import Window
from classifiers.work import Job
from smallprint.records import Source
from smallprint.registry import Registry


@dataclass(frozen=True)
class Instructions:
    """The static message, its hash together with the window's template, and its tokens with the schema's."""

    text: str
    sha256: str
    tokens: int
    schema_sha256: str
    categories: tuple[str, ...]

    def window_message(self, job: Job, window: Window, secret: bytes) -> str:
        """The user's message: about the document, context, and numbered clauses between two marks.

        The mark is an HMAC of what it encloses: whoever wrote the document cannot know it, and the same work
        renders the same. A clause stays on one line, so that no text of it can pass for the start of another.
        """
        parts = {
            "about": _about(job.source, job.document.title),
            "context": "\n".join(_line(text) for text in window.context),
            "clauses": "\n".join(_clauses(window)),
        }
        mark = hmac.new(secret, json.dumps(parts).encode(), sha256).hexdigest()[:16]
        return prompts.load("window").render(mark=mark, **parts)


def _line(text: str) -> str:
    """On one line, the source's line ends shown as " / ": list items and table rows stay apart."""
    return " / ".join(" ".join(line.split()) for line in text.splitlines() if line.strip())


def _clauses(window: Window) -> Iterable[str]:
    numbers = {clause.id: number for number, clause in window.numbered()}
    for clause in window.clauses:
        number = numbers.get(clause.id)
        yield f"[{number}] {_line(clause.text)}" if number is not None else f"# {_line(clause.text)}"


def _about(source: Source | None, title: str | None) -> str:
    """One line on the document, part of the data: titles come from the document itself."""
    said = [source.entity, source.title or source.terms_type] if source else []
    names = [name for name in said if name] or [title or "untitled document"]
    places = f" (applies in: {', '.join(source.jurisdictions)})" if source and source.jurisdictions else ""
    return " ".join(", ".join(names).split())[:200] + places


def instructions_for(registry: Registry, language: str) -> Instructions:
    """The static message for a registry and an output language (a name, such as "English")."""
    return _instructions(registry, language)


@lru_cache(maxsize=4)
def _instructions(registry: Registry, language: str) -> Instructions:
    template = prompts.load("provisions")
    factors, levels = _rubric()
    text = template.render(
        taxonomy=_taxonomy(registry),
        factors=factors,
        levels=levels,
        frameworks=_frameworks(registry),
        agencies=_agencies(registry),
        examples=_examples(),
        language=language,
    )
    categories = tuple(registry.categories)
    schema = json.dumps(answer_model(categories).model_json_schema())
    whole = sha256(f"{text}\n{prompts.load('window').sha256}\n{prompts.load('reask').sha256}".encode())
    return Instructions(
        text=text,
        sha256=whole.hexdigest(),
        tokens=count_tokens(text) + count_tokens(schema),
        schema_sha256=schema_sha256(answer_model(categories)),
        categories=categories,
    )


def load_examples() -> list[dict[str, Any]]:
    """The examples of ``prompts/examples.yml``: about, clauses, answer."""
    loaded: list[dict[str, Any]] = yaml.safe_load(files("prompts").joinpath("examples.yml").read_text(encoding="utf-8"))
    return loaded


def _examples() -> str:
    shown = []
    for example in load_examples():
        clauses = "\n".join(f"[{n}] {text}" for n, text in enumerate(example["clauses"], start=1))
        answer = json.dumps(example["answer"], ensure_ascii=False, separators=(",", ":"))
        shown.append(f"{example['about']}\n{clauses}\n-> {answer}")
    return "\n\n".join(shown)


def _rubric() -> tuple[str, str]:
    """The factors' tests and the levels in words, a line each."""
    rubric = yaml.safe_load(files("smallprint").joinpath("registry", "severity.yml").read_text(encoding="utf-8"))

    def tests(scores: Mapping[int, str]) -> str:
        return "; ".join(f"{score} {words}" for score, words in scores.items())

    factors = []
    for name, factor in rubric["factors"].items():
        factors.append(f"{name}: {factor['asks']} {tests(factor['scores'])}")
        if "data_use" in factor:
            factors.append(f"  for data use: {tests(factor['data_use'])}")
    levels = [f"{level}: {words}" for level, words in rubric["levels"].items()]
    return "\n".join(factors), "\n".join(levels)


def _taxonomy(registry: Registry) -> str:
    return "\n".join(
        f"{category.id}: {category.is_}" + (f" Not: {category.not_}" if category.not_ else "")
        for category in registry.categories.values()
    )


def _frameworks(registry: Registry) -> str:
    """Names as citations have them, a line for each place: the shortest list that says what reaches where."""
    return _by_place((law.jurisdiction, law.short) for law in registry.frameworks.values())


def _agencies(registry: Registry) -> str:
    return _by_place((agency.jurisdiction, agency.short) for agency in registry.agencies.values())


def _by_place(named: Iterable[tuple[str, str]]) -> str:
    places: dict[str, list[str]] = {}
    for place, name in named:
        places.setdefault(place, []).append(name)
    return "\n".join(f"{place}: {'; '.join(names)}" for place, names in places.items())
