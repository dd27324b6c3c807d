"""A document's text and clauses from its bytes, worked out in a child process."""

from dataclasses import asdict
from typing import Any

from pydantic import TypeAdapter

from extractors.layout import Options
from extractors.sandbox import Limits, run_job
from smallprint.records import Clause, Document
from smallprint.settings import Settings

_OCR_FACTOR = 10  # OCR takes 2 to 10 s a page in a program of its own: twenty minutes by the default settings
_WALL_FACTOR = 2  # wall clock for a second of processor time, on a machine that does other things too
_CLAUSES = TypeAdapter(tuple[Clause, ...])


def read_bytes(
    data: bytes,
    settings: Settings,
    *,
    source: str,
    media_type: str | None = None,
    language: str | None = None,
    options: Options | None = None,
) -> tuple[Document, tuple[Clause, ...]]:
    """The document in ``data`` and its clauses; none where there is no text to cut.

    The arguments are those of ``extract``.

    Raises:
        DocumentError: as ``extract`` raises it, or ``too_heavy``.

    """
    options = options or Options()
    arguments = {"source": source, "media_type": media_type, "language": language, "options": asdict(options)}
    answer = run_job("read", data, arguments, _limits(settings, ocr=options.ocr))
    document, _, clauses = answer.partition(b"\n")
    return Document.model_validate_json(document), _CLAUSES.validate_json(clauses)


def read_job(data: bytes, arguments: dict[str, Any]) -> bytes:
    """The child's part: document and clauses as two lines of JSON."""
    from extractors import extract
    from extractors.clauses import cut_clauses

    options = Options(**arguments.pop("options"))
    document = extract(data, options=options, **arguments)
    return document.model_dump_json().encode() + b"\n" + _CLAUSES.dump_json(cut_clauses(document))


def _limits(settings: Settings, *, ocr: bool) -> Limits:
    seconds = settings.parse_seconds
    return Limits(settings.parse_megabytes, seconds, seconds * (_OCR_FACTOR if ocr else _WALL_FACTOR))
