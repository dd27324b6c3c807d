"""What a run measured and what it was measured with, as hashes: two runs are comparable only under one yardstick."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from classifiers.work import Analyst
from evals.gold import Case
from evals.results import Subject, Yardstick
from smallprint.registry import Registry

_ROOT = Path(__file__).parents[1]
_SCORERS = ("evals/scorers", "evals/alignment.py", "smallprint/severity.py")
_CODE = ("extractors", "classifiers", "smallprint", "prompts")


def subject(analyst: Analyst, registry: Registry) -> Subject:
    """Who is measured: model, instructions and the code around them."""
    hashes = analyst.hashes(registry)
    return Subject(
        model=analyst.name,
        prompt=analyst.prompt,
        prompt_sha256=hashes["prompt"],
        schema_sha256=hashes["schema"],
        code_sha256=code_sha256(),
    )


def yardstick(cases: Iterable[Case], registry: Registry) -> Yardstick:
    """What it is measured with: cases, registry, scorers."""
    return Yardstick(
        cases={case.id: case_sha256(case) for case in cases},
        registry_sha256=registry.sha256,
        scorers_sha256=scorers_sha256(),
    )


def case_sha256(case: Case) -> str:
    """Hash of a case's text and gold; where its file lies and how its notes read does not matter."""
    gold = case.model_dump_json(include={"id", "split", "complete", "provisions", "negatives"})
    return sha256(f"{gold}\n{case.document.text}".encode()).hexdigest()


@cache
def scorers_sha256() -> str:
    """Hash of the scorers' code, comments and docstrings aside."""
    return _hash(_SCORERS)


@cache
def code_sha256() -> str:
    """Hash of everything that an analysis goes through: code (comments and docstrings aside) and data files."""
    return _hash(_CODE)


def _hash(places: Iterable[str]) -> str:
    digest = sha256()
    for path in _files(places):
        digest.update(str(path.relative_to(_ROOT)).encode())
        digest.update(_substance(path.read_text(encoding="utf-8")) if path.suffix == ".py" else path.read_bytes())
    return digest.hexdigest()


def _files(places: Iterable[str]) -> Iterator[Path]:
    for place in places:
        path = _ROOT / place
        if path.is_file():
            yield path
        else:
            kinds = (".py", ".yml", ".md")
            yield from sorted(one for one in path.rglob("*") if one.suffix in kinds and one.is_file())


def _substance(source: str) -> bytes:
    """The code without comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree).encode()


def changed_definitions(one: Yardstick, other: Yardstick) -> list[str]:
    """Why two runs cannot be compared: a sentence for every definition that differs; empty where none does."""
    reasons = []
    differing = sorted(name for name in one.cases.keys() & other.cases.keys() if one.cases[name] != other.cases[name])
    added, gone = sorted(one.cases.keys() - other.cases.keys()), sorted(other.cases.keys() - one.cases.keys())
    for what, names in (("changed", differing), ("added", added), ("removed", gone)):
        if names:
            reasons.append(f"dataset: {len(names)} case{'s' * (len(names) > 1)} {what} ({_listed(names)})")
    if one.registry_sha256 != other.registry_sha256:
        reasons.append("registry: categories, laws or agencies were edited")
    if one.scorers_sha256 != other.scorers_sha256:
        reasons.append("scorers: a formula was edited")
    return reasons


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def changed_subject(one: Subject, other: Subject) -> list[str]:
    """What differs between two subjects, in words: the reason to compare them."""
    parts = {
        "model": (one.model, other.model),
        "prompt": (one.prompt_sha256, other.prompt_sha256),
        "schema": (one.schema_sha256, other.schema_sha256),
        "code": (one.code_sha256, other.code_sha256),
    }
    return [name for name, (here, there) in parts.items() if here != there]
