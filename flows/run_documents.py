"""The documents of a run: what they are called in lists, and which of them have work left."""

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePath

from smallprint.records import Source
from smallprint.store.runs import RunDocument

_MAX_LABEL = 80  # characters; the middle of a longer name is left out


def label(source: Source) -> str:
    """The short name of a source in lists and task names, free of control characters."""
    entity, title = source.entity or "", source.title or ""
    name = title if title.casefold().startswith(entity.casefold()) else f"{entity} {title}"
    if not name.strip():
        name = PurePath(source.location.rstrip("/")).name or source.location
    name = _printable(name.strip())
    half = _MAX_LABEL // 2
    return name if len(name) <= _MAX_LABEL else f"{name[: half - 1]}…{name[-half:]}"


def labels(sources: Sequence[Source]) -> list[str]:
    """A name for each: documents that share a short one are told apart by date, folder or site, or whole location."""
    names = [label(source) for source in sources]
    for distinguish in (_with_date, _with_folder, _with_location):
        counts = Counter(names)
        names = [
            distinguish(source, name) if counts[name] > 1 else name for source, name in zip(sources, names, strict=True)
        ]
    return names


def _with_date(source: Source, name: str) -> str:
    return f"{name} ({_printable(source.published)})" if source.published else name


def _with_folder(source: Source, name: str) -> str:
    parts = source.location.rstrip("/").split("/")
    return f"{name} ({_printable(parts[-2])})" if len(parts) > 1 and parts[-2] else name


def _with_location(source: Source, name: str) -> str:
    return f"{name} ({_printable(source.location)})"


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())


def unfinished(run_documents: Sequence[RunDocument]) -> list[RunDocument]:
    """Those that a resumed run works on: not analyzed, or with clauses failed or over budget."""
    return [
        document
        for document in run_documents
        if document.state != "analyzed" or (document.ledger and document.ledger.failed + document.ledger.over_budget)
    ]


def failed(run_documents: Sequence[RunDocument]) -> list[RunDocument]:
    """Those that could not be read, or of which some clauses could not be analyzed."""
    return [
        document
        for document in run_documents
        if document.state == "failed" or (document.ledger and document.ledger.failed)
    ]
