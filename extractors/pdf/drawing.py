"""Pages of a stored PDF as pictures with boxes on the evidence, drawn in a child process with limits."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from extractors.pdf.boxes import Box, evidence_boxes
from extractors.pdf.file import reading, refuse_bombs
from extractors.sandbox import Limits, run_job
from smallprint.records import Document

MAX_PAGES = 4  # of one draft's evidence
MAX_PICTURE_SIDE = 1400  # pixels of the longer side; readable at 200 %, small enough to send
# A page of a real PDF is drawn in 0.2 s and 60 MB; the limits are what a desk can spare, chosen by eye.
_LIMITS = Limits(megabytes=600, processor_seconds=10, seconds=15)


@dataclass(frozen=True)
class Sheet:
    """A page to show: its size in points, the boxes on it."""

    page: int  # from 1
    width: float
    height: float
    boxes: tuple[Box, ...]


_SHEETS = TypeAdapter(tuple[Sheet, ...])


def find_sheets(pdf: bytes, document: Document, spans: Sequence[tuple[int, int]]) -> tuple[Sheet, ...]:
    """The pages that hold these spans of the document's text, at most ``MAX_PAGES``.

    Raises:
        DocumentError: the file cannot be opened (any more), or ``too_heavy``.

    """
    arguments = {"document": document.model_dump_json(), "spans": list(spans)}
    return _SHEETS.validate_json(run_job("find_sheets", pdf, arguments, _LIMITS))


def draw_page(pdf: bytes, page: int) -> bytes:
    """A page, counted from 1, as PNG.

    Raises:
        DocumentError: the file cannot be drawn, or ``too_heavy``.

    """
    return run_job("draw_page", pdf, {"page": page}, _LIMITS)


def find_sheets_job(data: bytes, arguments: dict[str, Any]) -> bytes:
    """The child's part of ``find_sheets``: JSON."""
    document = Document.model_validate_json(arguments["document"])
    boxes = [box for start, end in arguments["spans"] for box in evidence_boxes(data, document, start, end)]
    pages = sorted({box.page for box in boxes})[:MAX_PAGES]
    sheets = [Sheet(page, *size, tuple(box for box in boxes if box.page == page)) for page, size in _sizes(data, pages)]
    return _SHEETS.dump_json(tuple(sheets))


def draw_page_job(data: bytes, arguments: dict[str, Any]) -> bytes:
    """The child's part of ``draw_page``: PNG."""
    import pypdfium2

    refuse_bombs(data)
    with reading("the page"):
        document = pypdfium2.PdfDocument(data)
        try:
            page = document[arguments["page"] - 1]
            scale = min(3.0, MAX_PICTURE_SIDE / max(1.0, *page.get_size()))
            png = io.BytesIO()
            page.render(scale=scale).to_pil().convert("L").save(png, "PNG", optimize=False)
            return png.getvalue()
        finally:
            document.close()


def _sizes(data: bytes, pages: Sequence[int]) -> list[tuple[int, tuple[float, float]]]:
    import pypdfium2

    with reading("the page tree"):
        document = pypdfium2.PdfDocument(data)
        try:
            return [(page, document[page - 1].get_size()) for page in pages if page <= len(document)]
        finally:
            document.close()
