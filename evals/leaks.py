"""Does anything that an analyst is told give a test case away: eight words in a row, or the name of case or company."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from evals.gold import Case
from smallprint.records import Noun

RUN = 8  # words in a row
_ROOT = Path(__file__).parents[1]
_TOLD = ("prompts", "classifiers")  # templates, few-shot examples, signals and copy, and the code around them
_WORD = re.compile(r"\w+")


class Leak(Noun):
    """Where a test case shows."""

    case: str
    file: str
    words: str  # what the two share

    def __str__(self) -> str:
        """A sentence for the gate."""
        return f"{self.file} gives away the test case {self.case}: {self.words!r}"


def told() -> dict[str, str]:
    """Every file that an analyst's behavior is written in, by its path in the repository."""
    return {
        str(path.relative_to(_ROOT)): path.read_text(encoding="utf-8")
        for folder in _TOLD
        for path in sorted((_ROOT / folder).rglob("*"))
        if path.suffix in (".md", ".yml", ".py")
    }


def leaks(cases: Iterable[Case], texts: Mapping[str, str] | None = None) -> Iterator[Leak]:
    """Every leak of a test case, at most one a case and file."""
    texts = told() if texts is None else texts
    words = {file: _words(text) for file, text in texts.items()}
    runs = {file: _runs(some) for file, some in words.items()}
    for case in cases:
        if case.split != "test":
            continue
        for file, some in words.items():
            shared = _named(case, some) or _shared(case.document.text, runs[file])
            if shared:
                yield Leak(case=case.id, file=file, words=shared)


def shared_words(text: str, other: str) -> str:
    """The first eight words in a row that two texts share; empty where there are none."""
    return _shared(text, _runs(_words(other)))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _runs(words: list[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words[n : n + RUN]) for n in range(len(words) - RUN + 1))


def _shared(text: str, runs: frozenset[tuple[str, ...]]) -> str:
    words = _words(text)
    found = (words[n : n + RUN] for n in range(len(words) - RUN + 1) if tuple(words[n : n + RUN]) in runs)
    return " ".join(next(found, []))


def _named(case: Case, words: list[str]) -> str:
    """The case's id or its company, where the words name one of them."""
    joined = f" {' '.join(words)} "
    for name in (case.id, case.source.entity or ""):
        said = " ".join(_words(name))
        if said and f" {said} " in joined:
            return said
    return ""
