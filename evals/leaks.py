"""Leaks of test cases into an analyst's files: eight words in a row of the document, the case's id, the company."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from evals.gold import Case
from smallprint.records import Noun

RUN_LENGTH = 8  # words in a row: by chance, only two of the 136 pairs of gold cases share so many
_ROOT = Path(__file__).parents[1]
_ANALYST_FOLDERS = ("prompts", "classifiers")  # templates, examples, rules, wording, and the code around them
_WORD = re.compile(r"\w+")


class Leak(Noun):
    """A file that gives a test case away."""

    case: str
    file: str
    words: str  # that file and case share

    def __str__(self) -> str:
        """A sentence for the gate."""
        return f"{self.file} gives away the test case {self.case}: {self.words!r}"


def analyst_files() -> dict[str, str]:
    """The text of every file that decides what an analyst does, by its path in the repository."""
    return {
        str(path.relative_to(_ROOT)): path.read_text(encoding="utf-8")
        for folder in _ANALYST_FOLDERS
        for path in sorted((_ROOT / folder).rglob("*"))
        if path.suffix in (".md", ".yml", ".py")
    }


def leaks(cases: Iterable[Case], texts: Mapping[str, str] | None = None) -> Iterator[Leak]:
    """Every leak of a test case, at most one for each case and file.

    Args:
        cases: the cases to look for; those of other splits than test are skipped.
        texts: the files to look in, by name; default: those of the shipped analysts.

    """
    texts = analyst_files() if texts is None else texts
    words = {file: _words(text) for file, text in texts.items()}
    runs = {file: _runs(file_words) for file, file_words in words.items()}
    for case in cases:
        if case.split != "test":
            continue
        for file, file_words in words.items():
            shared = _shared_name(case, file_words) or _shared_run(case.document.text, runs[file])
            if shared:
                yield Leak(case=case.id, file=file, words=shared)


def shared_words(text: str, other: str) -> str:
    """The first eight words in a row that two texts share; empty where there are none."""
    return _shared_run(text, _runs(_words(other)))


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _runs(words: list[str]) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words[n : n + RUN_LENGTH]) for n in range(len(words) - RUN_LENGTH + 1))


def _shared_run(text: str, runs: frozenset[tuple[str, ...]]) -> str:
    words = _words(text)
    shared = (run for n in range(len(words) - RUN_LENGTH + 1) if tuple(run := words[n : n + RUN_LENGTH]) in runs)
    return " ".join(next(shared, []))


def _shared_name(case: Case, words: list[str]) -> str:
    """The case's id or its company, where the words name one of them."""
    joined = f" {' '.join(words)} "
    for name in (case.id, case.source.entity or ""):
        folded = " ".join(_words(name))
        if folded and f" {folded} " in joined:
            return folded
    return ""
