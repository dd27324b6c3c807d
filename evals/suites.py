"""Load a suite by name: the gold cases or one of their splits, the labeled samples, or a folder of cases."""

from pathlib import Path
from typing import Any

import yaml

from evals.gold import Case, GoldProvision, TextSpan
from evals.loading import CASES, load_cases, locate
from evals.suite_names import BENCHMARKS, SUITES
from extractors import extract
from extractors.clauses import cut_clauses
from samples import folder as samples_folder
from smallprint.errors import UserError
from smallprint.records import Source


def suite(name: str) -> tuple[Case, ...]:
    """The cases of a suite.

    Raises:
        UserError: no suite and no folder has this name.
        CaseError: a case has a mistake.

    """
    if name == "samples":
        return sample_cases()
    if name in SUITES:
        return tuple(case for case in load_cases(CASES) if name in ("gold", case.split))
    if Path(name).is_dir():
        return load_cases(Path(name))
    raise UserError(
        f"no suite is called {name!r}; choose from {', '.join((*SUITES, *BENCHMARKS))}, or name a folder of case files"
    )


def sample_cases() -> tuple[Case, ...]:
    """The sample documents as cases of the dev split. Their gold is not complete: an extra draft is no error there."""
    folder = samples_folder()
    truth = yaml.safe_load((folder / "categories.yml").read_text(encoding="utf-8"))
    manifest = yaml.safe_load((folder / "manifest.yml").read_text(encoding="utf-8"))
    rows = {row["path"]: row for row in manifest}
    return tuple(_sample(folder, name, rows[name], labels) for name, labels in truth.items())


def _sample(folder: Path, name: str, row: dict[str, Any], labels: dict[str, Any]) -> Case:
    source = Source(
        location=name,
        entity=row["entity"],
        title=row["title"],
        terms_type=row["terms_type"],
        language=row["language"],
        jurisdictions=tuple(row["jurisdictions"]),
    )
    document = extract((folder / name).read_bytes(), source=name, language=row["language"])

    def span_of(phrase: str) -> TextSpan | None:
        located = locate(phrase, document.text)
        return None if isinstance(located, str) else located

    provisions: list[GoldProvision] = []
    for n, label in enumerate(labels["provisions"], 1):
        # A phrase that the extractor lost has an empty span: no draft overlaps it, and it counts as missed.
        span = span_of(label["phrase"]) or TextSpan(start=0, end=0)
        provisions.append(
            GoldProvision(
                id=f"p{n}",
                spans=(span,),
                text=document.text[span.start : span.end] or label["phrase"],
                category=label["category"],
                secondary=tuple(label.get("secondary", ())),
                severity=label["severity"],
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
        negatives=tuple(negative for phrase in labels["nothing_here"] if (negative := span_of(phrase))),
    )
