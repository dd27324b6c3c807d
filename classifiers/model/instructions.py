"""The messages to the model: a static one, the same for every call, and one with the window's fenced text."""

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
    """The static message, the hash of it and of the window's template, and its tokens with those of the schema."""

    text: str
    sha256: str
    tokens: int
    schema_sha256: str
    categories: tuple[str, ...]

    def window_message(self, job: Job, window: Window, secret: bytes) -> str:
        """The user's message: about the document, context, and numbered clauses between two marks.

        The mark is an HMAC of what it encloses: the author of the document cannot know it, and the same input
        renders the same message. A clause is put on one line, so that no part of it can pass for another clause.
        """
        parts = {
            "about": _describe_document(job.source, job.document.title),
            "context": "\n".join(_on_one_line(text) for text in window.context),
            "clauses": "\n".join(_numbered_lines(window)),
        }
        mark = hmac.new(secret, json.dumps(parts).encode(), sha256).hexdigest()[:16]
        return prompts.load("window").render(mark=mark, **parts)


def _on_one_line(text: str) -> str:
    """The text with its line ends shown as " / ", so that list items and table rows stay apart."""
    return " / ".join(" ".join(line.split()) for line in text.splitlines() if line.strip())


def _numbered_lines(window: Window) -> Iterable[str]:
    numbers = {clause.id: number for number, clause in window.numbered()}
    for clause in window.clauses:
        number = numbers.get(clause.id)
        yield f"[{number}] {_on_one_line(clause.text)}" if number is not None else f"# {_on_one_line(clause.text)}"


def _describe_document(source: Source | None, title: str | None) -> str:
    """One line about the document, inside the fence: titles come from the document itself."""
    from_source = [source.entity, source.title or source.terms_type] if source else []
    names = [name for name in from_source if name] or [title or "untitled document"]
    applies_in = f" (applies in: {', '.join(source.jurisdictions)})" if source and source.jurisdictions else ""
    return " ".join(", ".join(names).split())[:200] + applies_in


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
    digest = sha256(f"{text}\n{prompts.load('window').sha256}\n{prompts.load('reask').sha256}".encode())
    return Instructions(
        text=text,
        sha256=digest.hexdigest(),
        tokens=count_tokens(text) + count_tokens(schema),
        schema_sha256=schema_sha256(answer_model(categories)),
        categories=categories,
    )


def load_examples() -> list[dict[str, Any]]:
    """The examples of ``prompts/examples.yml``: about, clauses, answer."""
    loaded: list[dict[str, Any]] = yaml.safe_load(files("prompts").joinpath("examples.yml").read_text(encoding="utf-8"))
    return loaded


def _examples() -> str:
    rendered = []
    for example in load_examples():
        clauses = "\n".join(f"[{n}] {text}" for n, text in enumerate(example["clauses"], start=1))
        answer = json.dumps(example["answer"], ensure_ascii=False, separators=(",", ":"))
        rendered.append(f"{example['about']}\n{clauses}\n-> {answer}")
    return "\n\n".join(rendered)


def _rubric() -> tuple[str, str]:
    """The question and scores of each factor, and the meaning of each level, a line each."""
    rubric = yaml.safe_load(files("smallprint").joinpath("registry", "severity.yml").read_text(encoding="utf-8"))

    def scale(scores: Mapping[int, str]) -> str:
        return "; ".join(f"{score} {words}" for score, words in scores.items())

    factors = []
    for name, factor in rubric["factors"].items():
        factors.append(f"{name}: {factor['asks']} {scale(factor['scores'])}")
        if "data_use" in factor:
            factors.append(f"  for data use: {scale(factor['data_use'])}")
    levels = [f"{level}: {words}" for level, words in rubric["levels"].items()]
    return "\n".join(factors), "\n".join(levels)


def _taxonomy(registry: Registry) -> str:
    return "\n".join(
        f"{category.id}: {category.is_}" + (f" Not: {category.not_}" if category.not_ else "")
        for category in registry.categories.values()
    )


def _frameworks(registry: Registry) -> str:
    """Names as they are cited, a line for each jurisdiction: the shortest list that says which law applies where."""
    return _by_jurisdiction((law.jurisdiction, law.short) for law in registry.frameworks.values())


def _agencies(registry: Registry) -> str:
    return _by_jurisdiction((agency.jurisdiction, agency.short) for agency in registry.agencies.values())


def _by_jurisdiction(named: Iterable[tuple[str, str]]) -> str:
    names_in: dict[str, list[str]] = {}
    for jurisdiction, name in named:
        names_in.setdefault(jurisdiction, []).append(name)
    return "\n".join(f"{jurisdiction}: {'; '.join(names)}" for jurisdiction, names in names_in.items())
