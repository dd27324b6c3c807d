"""A source to its snapshot, document and clauses in one call, with or without a workspace."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from extractors import EXTRACTORS
from extractors.bounded import read_bytes
from extractors.capture.file import capture_file, is_url
from extractors.capture.media import likely_media_type
from extractors.layout import Options
from extractors.sandbox import start_early
from smallprint.errors import DocumentError
from smallprint.records import Clause, Document, Snapshot, Source
from smallprint.settings import Settings


@dataclass(frozen=True)
class CapturedDocument:
    """A document as captured, extracted and cut: its snapshot with the bytes, its text, its clauses."""

    snapshot: Snapshot
    data: bytes  # of the snapshot
    document: Document
    clauses: tuple[Clause, ...]


def prepare_to_read(location: str) -> None:
    """Start the child process that will read a document, so that it loads its libraries in the meantime."""
    function_path, _ = EXTRACTORS[likely_media_type(location)]
    start_early(function_path.partition(":")[0])


def read_source(
    source: Source,
    settings: Settings,
    options: Options | None = None,
    *,
    previous: Snapshot | None = None,
    stored: Callable[[str], bytes] | None = None,
) -> CapturedDocument:
    """Capture, extract and cut one source.

    Args:
        source: where the document is and what is known about it.
        settings: limits of size, time and memory.
        options: password, OCR, address rules; a switch that the source sets is added to them.
        previous: the last snapshot, so that the request can be conditional.
        stored: returns the bytes of a snapshot by its hash, for a page that the server says is unchanged.

    Raises:
        DocumentError: the document cannot be captured or read; carries code, detail and advice.

    """
    options = options or Options()
    options = replace(
        options,
        ignore_robots=options.ignore_robots or source.ignore_robots,
        render=options.render or source.render,
    )
    if is_url(source.location):
        from extractors.capture.url import capture_url

        snapshot, fetched = capture_url(source.location, settings, options, previous if stored else None)
        data = fetched if fetched is not None or stored is None else stored(snapshot.sha256)
        if data is None:
            raise DocumentError("unreachable", "the server says that a page we never had is unchanged")
    else:
        snapshot, data = capture_file(source.location, max_bytes=settings.fetch_max_bytes)
    document, clauses = read_bytes(
        data,
        settings,
        source=source.location,
        media_type=snapshot.media_type,
        language=source.language,
        options=options,
    )
    if source.title and not document.title:
        document = document.model_copy(update={"title": source.title})
    if not clauses:
        raise DocumentError("no_text", "no readable text was found", advice="check that this is the right file")
    return CapturedDocument(snapshot=snapshot, data=data, document=document, clauses=clauses)
