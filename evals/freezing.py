"""From review to gold: what reviewers approved becomes cases, guarded against leaking into the test split."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml

from evals.gold import Case, Split
from evals.leaks import RUN, shared_words, told
from evals.loading import load_case
from smallprint.errors import UserError
from smallprint.records import Document, Draft, Noun, Source
from smallprint.registry import Registry

_HEADER = "# Frozen from approved records; the quotes are the records' evidence.\n"
_ALIKE = 0.2  # share of eight-word runs in common from which two documents are versions of one


class Approved(Noun):
    """An approved record as the review hands it over."""

    id: str  # of the record, else of the draft
    draft: Draft
    source: Source
    document: Document


def freeze(
    records: Sequence[Approved], folder: Path, split: Split, *, known: Sequence[Case], registry: Registry
) -> list[Path]:
    """Write one case a document; returns the case files.

    The cases are not complete: what was approved is gold, what was never decided is no negative.

    Raises:
        UserError: a document is a case or a version of one already, or may not enter the test split.

    """
    by_document: dict[str, list[Approved]] = defaultdict(list)
    for record in records:
        by_document[record.document.id].append(record)
    for some in by_document.values():
        _guard(some[0], split, known)
    return [_write(some, folder, split, registry) for some in by_document.values()]


def _guard(record: Approved, split: Split, known: Iterable[Case]) -> None:
    text, name = record.document.text, record.source.title or record.source.location
    for case in known:
        alike = likeness(text, case.document.text)
        if alike == 1.0:
            raise UserError(f"{name} is the case {case.id} already")
        if alike >= _ALIKE and case.split != split:
            raise UserError(
                f"{name} shares {alike:.0%} of its text with the {case.split} case {case.id}; "
                f"freeze it with --split {case.split}, or it leaks from one split into the other"
            )
    if split == "test":
        for file, told_text in told().items():
            shared = shared_words(text, told_text)
            if shared:
                raise UserError(
                    f"{name} may not be a test case: it shares {shared!r} with {file}; freeze it with --split dev"
                )


def likeness(text: str, other: str) -> float:
    """Share of the shorter text's eight-word runs that the other has."""
    one, two = _runs(text), _runs(other)
    return len(one & two) / max(1, min(len(one), len(two)))


def _runs(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return {tuple(words[n : n + RUN]) for n in range(max(1, len(words) - RUN + 1))}


def _write(records: Sequence[Approved], folder: Path, split: Split, registry: Registry) -> Path:
    first = records[0]
    stem = _stem(first)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}.yml"
    if path.exists():
        raise UserError(f"{path} is there already; move it away to freeze the document anew")
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
    quotes = [" ".join(one.text.split()) for one in draft.evidence]
    return {
        "quote": quotes[0] if len(quotes) == 1 else quotes,
        "category": draft.category,
        "secondary": list(draft.secondary),
        "factors": draft.factors.model_dump(),
        "frameworks": [one.citation for one in draft.frameworks if one.valid and one.id and not one.problem],
        "agencies": [],
        "note": draft.title,
    }


def _stem(record: Approved) -> str:
    words = f"{record.source.entity or ''} {record.source.title or Path(record.source.location).stem}"
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:60] or record.document.sha256[:12]
