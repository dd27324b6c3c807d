"""Hashes of what a run measured and of what it was measured with: two runs are comparable only under one yardstick."""

import ast
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from classifiers.work import Analyst
from evals.gold import Case
from evals.results import Subject, Yardstick
from smallprint.registry import Registry

ROOT = Path(__file__).parents[1]
SCORERS = ("evals/scorers", "evals/alignment.py", "smallprint/severity.py")
# Everything that a document passes through on its way to labels. Of capturing that is the detection of the media type,
# which chooses the extractor, and the decompression of bodies, which model calls share.
LABEL_CODE = (
    "classifiers",
    "extractors",
    "extractors/capture/decoding.py",
    "extractors/capture/media.py",
    "prompts",
    "smallprint",
)
# Parts of these folders that run before the bytes are there or after the labels are.
LABEL_FREE = ("classifiers/changes", "extractors/capture", "smallprint/review.py", "smallprint/store")
_SUFFIXES = (".md", ".py", ".yml")
MAX_LISTED_CASES = 5


def subject_of(analyst: Analyst, registry: Registry) -> Subject:
    """What is measured: the model, its instructions and the code around them."""
    hashes = analyst.hashes(registry)
    return Subject(
        model=analyst.name,
        prompt=analyst.prompt,
        prompt_sha256=hashes["prompt"],
        schema_sha256=hashes["schema"],
        code_sha256=code_sha256(),
    )


def yardstick_of(cases: Iterable[Case], registry: Registry) -> Yardstick:
    """What it is measured with: cases, registry, scorers."""
    return Yardstick(
        cases={case.id: case_sha256(case) for case in cases},
        registry_sha256=registry.sha256,
        scorers_sha256=scorers_sha256(),
    )


def case_sha256(case: Case) -> str:
    """Hash of a case's text and gold; the path of its file and its notes are left out."""
    gold = case.model_dump_json(include={"id", "split", "complete", "provisions", "negatives"})
    return sha256(f"{gold}\n{case.document.text}".encode()).hexdigest()


@cache
def scorers_sha256() -> str:
    """Hash of the scorers' code, without comments and docstrings."""
    return files_sha256(ROOT, SCORERS)


@cache
def code_sha256() -> str:
    """Hash of the code and data files that can change a label; comments and docstrings are left out."""
    return files_sha256(ROOT, LABEL_CODE, LABEL_FREE)


def files_sha256(root: Path, included: Iterable[str], excluded: Iterable[str] = ()) -> str:
    """Hash of the names and contents of files.

    Args:
        root: the repository, or the folder that the packages are installed in.
        included: files, and folders whose Python, YAML and Markdown files count; paths relative to ``root``.
        excluded: files and folders inside the included folders that do not count.

    """
    digest = sha256()
    for path in _files(root, included, [root / name for name in excluded]):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(_code(path.read_text(encoding="utf-8")) if path.suffix == ".py" else path.read_bytes())
    return digest.hexdigest()


def _files(root: Path, included: Iterable[str], excluded: list[Path]) -> Iterator[Path]:
    for name in included:
        if (root / name).is_file():
            yield root / name
        else:
            yield from sorted(
                path
                for path in (root / name).rglob("*")
                if path.suffix in _SUFFIXES and path.is_file() and not {path, *path.parents} & {*excluded}
            )


@lru_cache(maxsize=1024)
def _code(source: str) -> bytes:
    """The code without comments and docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(
            node, clean=False
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree).encode()


def changed_yardstick(yardstick: Yardstick, baseline: Yardstick) -> list[str]:
    """Why two runs cannot be compared: a sentence for each part that differs; empty where none does."""
    cases, known = yardstick.cases, baseline.cases
    differences = {
        "changed": sorted(name for name in cases.keys() & known.keys() if cases[name] != known[name]),
        "added": sorted(cases.keys() - known.keys()),
        "removed": sorted(known.keys() - cases.keys()),
    }
    reasons = [
        f"dataset: {len(names)} case{'s' * (len(names) > 1)} {difference} ({_listed(names)})"
        for difference, names in differences.items()
        if names
    ]
    if yardstick.registry_sha256 != baseline.registry_sha256:
        reasons.append("registry: categories, laws or agencies were edited")
    if yardstick.scorers_sha256 != baseline.scorers_sha256:
        reasons.append("scorers: a formula was edited")
    return reasons


def _listed(names: list[str]) -> str:
    more = len(names) - MAX_LISTED_CASES
    return ", ".join(names[:MAX_LISTED_CASES]) + (f" and {more} more" if more > 0 else "")


def changed_subject(subject: Subject, baseline: Subject) -> list[str]:
    """Which parts differ between two subjects: model, prompt, schema, code."""
    parts = {
        "model": (subject.model, baseline.model),
        "prompt": (subject.prompt_sha256, baseline.prompt_sha256),
        "schema": (subject.schema_sha256, baseline.schema_sha256),
        "code": (subject.code_sha256, baseline.code_sha256),
    }
    return [name for name, (now, before) in parts.items() if now != before]
