"""Pages of a PDF as pictures with boxes on the evidence: drawn from the stored bytes, the newest kept in memory."""

import io
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from app.review.document_cache import LoadedDocument
from extractors.capture.snapshots import SnapshotFolder
from extractors.pdf.boxes import Box, evidence_boxes
from extractors.pdf.file import refuse_bombs
from smallprint.errors import DocumentError
from smallprint.records import Evidence

MAX_SIDE = 1400  # pixels of the longer side; readable at 200 %, small enough to send
MAX_CACHED = 96  # pictures and lists of boxes in memory; chosen, not measured
MAX_PAGES = 4  # of one draft's evidence


@dataclass(frozen=True)
class Sheet:
    """A page to show: its size in points, the boxes on it."""

    page: int  # from 1
    width: float
    height: float
    boxes: tuple[Box, ...]


class PageImages:
    """Draws pages of stored PDFs; PDFium is not safe with threads, so one page is drawn at a time."""

    def __init__(self, root: Path) -> None:
        self.snapshots = SnapshotFolder(root)
        self._lock = Lock()
        self._cache: OrderedDict[tuple[object, ...], object] = OrderedDict()

    def sheets(self, loaded: LoadedDocument, evidence: tuple[Evidence, ...]) -> tuple[Sheet, ...]:
        """The pages that hold the evidence; none for other documents, and for PDFs that cannot be opened."""
        if loaded.document.media_type != "application/pdf":
            return ()
        spans = tuple((proof.start, proof.end) for proof in evidence)
        key = ("sheets", loaded.document.id, spans)
        with self._lock:
            sheets = self._cached(key)
            if sheets is None:
                sheets = self._cache_under(key, self._sheets(loaded, spans))
        assert isinstance(sheets, tuple)  # noqa: S101 -- what is cached under such a key
        return sheets

    def picture(self, loaded: LoadedDocument, page: int) -> bytes | None:
        """A page as PNG; None where there is no such page."""
        if loaded.document.media_type != "application/pdf" or not 1 <= page <= (loaded.document.page_count or 0):
            return None
        key = ("picture", loaded.document.sha256, page)
        with self._lock:
            picture = self._cached(key)
            if picture is None:
                pdf = self._pdf_bytes(loaded)
                picture = self._cache_under(key, _draw(pdf, page)) if pdf is not None else None
        return picture if isinstance(picture, bytes) else None

    def _pdf_bytes(self, loaded: LoadedDocument) -> bytes | None:
        try:
            pdf = self.snapshots.load(loaded.document.sha256)
            refuse_bombs(pdf)
        except (OSError, ValueError, DocumentError):
            return None  # the bytes are elsewhere, or not safe to draw: the text is shown without pictures
        return pdf

    def _sheets(self, loaded: LoadedDocument, spans: tuple[tuple[int, int], ...]) -> tuple[Sheet, ...]:
        pdf = self._pdf_bytes(loaded)
        if pdf is None:
            return ()
        try:
            boxes = [box for start, end in spans for box in evidence_boxes(pdf, loaded.document, start, end)]
        except DocumentError:
            return ()
        pages = sorted({box.page for box in boxes})[:MAX_PAGES]
        sizes = _sizes(pdf, pages)
        return tuple(
            Sheet(page, *sizes[page], tuple(box for box in boxes if box.page == page)) for page in sorted(sizes)
        )

    def _cached(self, key: tuple[object, ...]) -> object | None:
        if key in self._cache:
            self._cache.move_to_end(key)
        return self._cache.get(key)

    def _cache_under(self, key: tuple[object, ...], drawn: object) -> object:
        self._cache[key] = drawn
        while len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)
        return drawn


def _sizes(pdf: bytes, pages: list[int]) -> dict[int, tuple[float, float]]:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return {page: document[page - 1].get_size() for page in pages if page <= len(document)}
    finally:
        document.close()


def _draw(pdf: bytes, page: int) -> bytes:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        sheet = document[page - 1]
        scale = min(3.0, MAX_SIDE / max(1.0, *sheet.get_size()))
        png = io.BytesIO()
        sheet.render(scale=scale).to_pil().convert("L").save(png, "PNG", optimize=False)
        return png.getvalue()
    finally:
        document.close()
