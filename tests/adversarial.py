"""The project's regular expressions, and texts that make a backtracking engine try everything twice.

The patterns are those that our modules compile while they are imported and while the samples are read: also those
that are written inside functions or put together from data files.
"""

import importlib
import json
import pkgutil
import re
import re._compiler as sre_compiler
import re._parser as sre_parser
import sys
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("smallprint", "extractors", "prompts", "classifiers", "flows", "evals", "app")
# Runs that patterns for terms of service are prone to: figures, white space, quotes, brackets, words, list numbers.
RUNS = (
    "1", "a", "A", " ", "\n", "\t", '"', "“", "'", "(", ")", "[", "<", ".", ",", "-", "–", "|", "*", "_", "/", "=", "$",
    "1.", "1,", "1 ", "a.", "a ", "A ", "Aa ", "a,", "a-", ". ", ", ", "\n ", " \n", "()", "(a", "(1)", "1.1.",
    "i", "iv.", "and ", "or ", "<a", "<a ", "a=", "&", "&#", "§ ", "§1", "1)", "-\n", "a\n", "…", "://", "@", "a@",
)  # fmt: skip


class Compiled(NamedTuple):
    """A pattern and the module that compiled it."""

    module: str
    pattern: str
    flags: int
    is_bytes: bool


def compiled_patterns() -> list[Compiled]:
    """Every pattern that our modules compile; to be called in a process that has imported none of them."""
    patterns: set[Compiled] = set()
    compile_pattern = sre_compiler.compile

    def record(pattern: Any, flags: int = 0) -> Any:
        module = _module_of_ours()
        if module is not None and isinstance(pattern, (str, bytes)):
            is_bytes = isinstance(pattern, bytes)
            text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
            patterns.add(Compiled(module, text, int(flags), is_bytes))
        return compile_pattern(pattern, flags)

    sre_compiler.compile = record
    re.purge()
    for package in PACKAGES:
        for module in pkgutil.walk_packages([str(ROOT / package)], package + "."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    _read_samples()
    sre_compiler.compile = compile_pattern
    return sorted(patterns)


def _module_of_ours() -> str | None:
    """The module that asked for a pattern, if it is one of ours."""
    frame = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in ("re", "functools"):
        frame = frame.f_back  # type: ignore[assignment]
    name = frame.f_globals.get("__name__", "") if frame is not None else ""
    return name if name.partition(".")[0] in PACKAGES else None


def _read_samples() -> None:
    """Read and analyze the samples, so that patterns inside functions are compiled too."""
    import asyncio

    from classifiers.analyze import analyze
    from classifiers.offline.analyst import OfflineAnalyst
    from extractors import extract
    from extractors.clauses import cut_clauses
    from smallprint.errors import DocumentError
    from smallprint.records import Source

    samples = sorted(path for path in Path(str(files("samples"))).rglob("*") if path.is_file())
    for path in samples:
        try:
            document = extract(path.read_bytes(), source=path.name)
        except DocumentError:
            continue
        clauses = cut_clauses(document)
        source = Source(location=path.name, entity="Lanternpair")
        asyncio.run(analyze(document, clauses, OfflineAnalyst(), source=source))


def adversarial_texts(compiled: Compiled, size: int) -> Iterator[str]:
    """Texts of some ``size`` characters: runs, and what the pattern itself nearly matches, again and again."""
    for run in RUNS:
        yield repeated(run, size)
    for prefix, run in _pumps(compiled):
        yield prefix + repeated(run, size) + "\x00"
        yield repeated(prefix + run * 3, size)


def repeated(run: str, size: int) -> str:
    """The run, repeated to the size."""
    return (run * (size // max(1, len(run)) + 1))[:size]


def _pumps(compiled: Compiled) -> list[tuple[str, str]]:
    """For every repetition in the pattern: an example of what stands before it, and one of what is repeated."""
    tree = sre_parser.parse(
        compiled.pattern.encode("latin-1") if compiled.is_bytes else compiled.pattern, compiled.flags
    )
    pumps: list[tuple[str, str]] = []
    example = _walk(tree, "", pumps)
    pumps.append(("", example[:-1] or "a"))
    return [(prefix, run) for prefix, run in dict.fromkeys(pumps) if run]


def _walk(tree: Any, before: str, pumps: list[tuple[str, str]]) -> str:  # noqa: C901 -- one case an operation
    """A text that the tree nearly matches; the repetitions in it are added to ``pumps``."""
    example = ""
    for operation, argument in tree:
        name = str(operation)
        if name in ("LITERAL", "NOT_LITERAL"):
            example += chr(argument) if name == "LITERAL" else ("a" if argument != ord("a") else "b")
        elif name == "ANY":
            example += "a"
        elif name == "IN":
            example += _member(argument)
        elif name == "BRANCH":
            branches = [_walk(branch, before + example, pumps) for branch in argument[1]]
            example += branches[0]
        elif name == "SUBPATTERN":
            example += _walk(argument[3], before + example, pumps)
        elif name == "ATOMIC_GROUP":
            example += _walk(argument, before + example, pumps)
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            low, high, inner = argument
            run = _walk(inner, before + example, pumps)
            if high > 3:
                pumps.append((before + example, run))
            example += run * max(1, min(low, 3))
        elif name in ("ASSERT", "ASSERT_NOT"):
            _walk(argument[1], before + example, pumps)
    return example


_CATEGORIES = {"DIGIT": "1", "SPACE": " ", "WORD": "a", "NOT_DIGIT": "a", "NOT_SPACE": "a", "NOT_WORD": "-"}


def _member(members: Any) -> str:
    """A character of a set."""
    negated = str(members[0][0]) == "NEGATE"
    if negated:
        return next((character for character in "a1 -(é" if not _holds(members[1:], character)), "漢")
    name, argument = members[0]
    if str(name) == "LITERAL":
        return chr(argument)
    if str(name) == "RANGE":
        return chr(argument[0])
    return _CATEGORIES[str(argument).removeprefix("CATEGORY_")]


def _holds(members: Any, character: str) -> bool:
    for name, argument in members:
        kind = str(name)
        if kind == "LITERAL" and chr(argument) == character:
            return True
        if kind == "RANGE" and argument[0] <= ord(character) <= argument[1]:
            return True
        if kind == "CATEGORY":
            category = str(argument).removeprefix("CATEGORY_")
            tests = {"DIGIT": str.isdigit, "SPACE": str.isspace, "WORD": lambda c: c.isalnum() or c == "_"}
            positive = category.removeprefix("NOT_")
            if tests[positive](character) != category.startswith("NOT_"):
                return True
    return False


if __name__ == "__main__":
    json.dump(compiled_patterns(), sys.stdout)
