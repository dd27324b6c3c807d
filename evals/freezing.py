"""Approved records -> gold cases, with checks that nothing leaks from one split into the other."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from evals.gold import Case, Split
from evals.leaks import RUN_LENGTH, analyst_files, shared_words
from evals.loading import load_case
from smallprint.errors import UserError
from smallprint.records import Document, Draft, Noun, Source
from smallprint.registry import Registry

_HEADER = "# Frozen from approved records; the quotes are the records' evidence.\n"
# Share of eight-word runs in common from which two documents count as versions of one. Measured on real documents:
# 178 of 184 pairs of successive versions share 0.37 or more, documents of different services 0.13 at most.
_SAME_DOCUMENT_LIKENESS = 0.2


class ApprovedRecord(Noun):
    """An approved record with its source and document."""

    id: str  # of the record, else of the draft
    draft: Draft
    source: Source
    document: Document


def freeze(
    records: Sequence[ApprovedRecord], folder: Path, split: Split, *, known: Sequence[Case], registry: Registry
) -> list[Path]:
    """Write one case for each document; returns the case files.

    The cases are not complete: approved drafts are gold, but passages without a decision are no negatives.

    Raises:
        UserError: a document is a case or a version of one already, or may not enter the test split.

    """
    by_document: dict[str, list[ApprovedRecord]] = defaultdict(list)
    for record in records:
        by_document[record.document.id].append(record)
    for document_records in by_document.values():
        _check_leaks(document_records[0], split, known)
    return [_write(document_records, folder, split, registry) for document_records in by_document.values()]


def _check_leaks(record: ApprovedRecord, split: Split, known: Iterable[Case]) -> None:
    text, name = record.document.text, record.source.title or record.source.location
    for case in known:
        shared_part = likeness(text, case.document.text)
        if shared_part == 1.0:
            raise UserError(f"{name} is already the case {case.id}")
        if shared_part >= _SAME_DOCUMENT_LIKENESS and case.split != split:
            raise UserError(
                f"{name} shares {shared_part:.0%} of its text with the {case.split} case {case.id}; "
                f"freeze it with --split {case.split}, or it leaks from one split into the other"
            )
    if split == "test":
        for file, instructions in analyst_files().items():
            shared = shared_words(text, instructions)
            if shared:
                raise UserError(
                    f"{name} may not be a test case: it shares {shared!r} with {file}; freeze it with --split dev"
                )


def likeness(text: str, other: str) -> float:
    """Share of the shorter text's eight-word runs that the other has."""
    runs, other_runs = _word_runs(text), _word_runs(other)
    return len(runs & other_runs) / max(1, min(len(runs), len(other_runs)))


def _word_runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[n : n + RUN_LENGTH]) for n in range(max(1, len(words) - RUN_LENGTH + 1))}


def _write(records: Sequence[ApprovedRecord], folder: Path, split: Split, registry: Registry) -> Path:
    first = records[0]
    stem = _stem(first)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}.yml"
    if path.exists():
        raise UserError(f"{path} exists already; move it away to freeze the document again")
    (folder / f"{stem}.txt").write_text(first.document.text + "\n", encoding="utf-8")
    data: dict[str, Any] = {
        "document": f"{stem}.txt",
        "entity": first.source.entity or stem,
        "title": first.source.title or first.document.title or stem,
        "terms_type": first.source.terms_type or "Terms of Service",
        "language": first.source.language or first.document.language or "en",
        "jurisdictions": list(first.source.jurisdictions) or ["US"],
        "split": split,
        "complete": False,
        "provenance": f"records {', '.join(record.id for record in records)}",
        "provisions": [_provision(record.draft) for record in records],
    }
    path.write_text(_HEADER + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8")
    try:
        load_case(path, registry)
    except UserError:
        path.unlink()
        (folder / f"{stem}.txt").unlink()
        raise
    return path


def _provision(draft: Draft) -> dict[str, Any]:
    quotes = [" ".join(evidence.text.split()) for evidence in draft.evidence]
    return {
        "quote": quotes[0] if len(quotes) == 1 else quotes,
        "category": draft.category,
        "secondary": list(draft.secondary),
        "factors": draft.factors.model_dump(),
        "frameworks": [
            framework.citation
            for framework in draft.frameworks
            if framework.valid and framework.id and not framework.problem
        ],
        "agencies": [],
        "note": draft.title,
    }


def _stem(record: ApprovedRecord) -> str:
    words = f"{record.source.entity or ''} {record.source.title or Path(record.source.location).stem}"
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60] or record.document.sha256[:12]
