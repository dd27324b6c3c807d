"""Suites by name: the gold cases and their splits, the samples with their ground truth, or a folder of cases."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from evals.gold import Case, GoldProvision, Span
from evals.loading import CASES, load_cases, locate
from extractors import extract
from extractors.clauses import cut_clauses
from samples import folder as samples_folder
from smallprint.errors import UserError
from smallprint.records import Source

NAMES = ("gold", "dev", "test", "samples")
BENCHMARKS: Mapping[str, str] = {  # suites over a folder of public documents -> module with main(arguments)
    "claudette": "evals.benchmarks.claudette",
    "tosdr": "evals.benchmarks.tosdr",
    "html": "evals.benchmarks.html",
    "pdf": "evals.benchmarks.pdf",
    "versions": "evals.benchmarks.grounding",
    "hostile": "evals.benchmarks.hostile",
}
ANALYZED = ("claudette", "tosdr", "hostile")  # those of them that ask an analyst
WITHOUT_DATA = ("hostile",)  # those whose documents are ours


def suite(name: str) -> tuple[Case, ...]:
    """The cases of a suite.

    Raises:
        UserError: no suite and no folder has this name.
        CaseError: a case does not hold.

    """
    if name == "samples":
        return sample_cases()
    if name in NAMES:
        return tuple(case for case in load_cases(CASES) if name in ("gold", case.split))
    if Path(name).is_dir():
        return load_cases(Path(name))
    raise UserError(
        f"no suite is called {name!r}; choose from {', '.join((*NAMES, *BENCHMARKS))}, or name a folder of case files"
    )


def sample_cases() -> tuple[Case, ...]:
    """The sample documents as cases of the dev split, their gold not complete: an extra draft is no fault there."""
    folder = samples_folder()
    truth = yaml.safe_load((folder / "categories.yml").read_text(encoding="utf-8"))
    manifest = yaml.safe_load((folder / "manifest.yml").read_text(encoding="utf-8"))
    rows = {row["path"]: row for row in manifest}
    return tuple(_sample(folder, name, rows[name], found) for name, found in truth.items())


def _sample(folder: Path, name: str, row: dict[str, Any], truth: dict[str, Any]) -> Case:
    source = Source(
        location=name,
        entity=row["entity"],
        title=row["title"],
        terms_type=row["terms_type"],
        language=row["language"],
        jurisdictions=tuple(row["jurisdictions"]),
    )
    document = extract((folder / name).read_bytes(), source=name, language=row["language"])

    def place(phrase: str) -> Span | None:
        found = locate(phrase, document.text)
        return None if isinstance(found, str) else found

    provisions: list[GoldProvision] = []
    for n, one in enumerate(truth["provisions"], 1):
        # What the extractor lost cannot be found by anyone and counts as missed.
        span = place(one["phrase"]) or Span(start=0, end=0)
        provisions.append(
            GoldProvision(
                id=f"p{n}",
                spans=(span,),
                text=document.text[span.start : span.end] or one["phrase"],
                category=one["category"],
                secondary=tuple(one.get("secondary", ())),
                severity=one["severity"],
            )
        )
    return Case(
        id=name.replace("/", "-").rsplit(".", 1)[0],
        source=source,
        split="dev",
        complete=False,
        document=document,
        clauses=cut_clauses(document),
        provisions=tuple(provisions),
        negatives=tuple(where for phrase in truth["nothing_here"] if (where := place(phrase))),
    )
