"""Pages of a PDF as pictures with boxes on the evidence: drawn from the stored bytes, kept in memory for a while."""

import io
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from app.review.library import Volume
from extractors.capture.snapshots import SnapshotFolder
from extractors.pdf.boxes import Box, evidence_boxes
from extractors.pdf.file import refuse_bombs
from smallprint.errors import DocumentError
from smallprint.records import Evidence

_WIDEST = 1400  # pixels of the longer side; readable at 200 %, small enough to send
_KEPT = 96
_MOST_PAGES = 4  # of one draft's evidence


@dataclass(frozen=True)
class Sheet:
    """A page to show: its size in points, the boxes on it."""

    page: int  # from 1
    width: float
    height: float
    boxes: tuple[Box, ...]


class PageImages:
    """Draws pages of stored PDFs; PDFium is not made for threads, so one draws at a time."""

    def __init__(self, root: Path) -> None:
        self.snapshots = SnapshotFolder(root)
        self._lock = Lock()
        self._kept: OrderedDict[tuple[object, ...], object] = OrderedDict()

    def sheets(self, volume: Volume, evidence: tuple[Evidence, ...]) -> tuple[Sheet, ...]:
        """The pages that hold the evidence; none for other documents, and for PDFs that cannot be opened."""
        if volume.document.media_type != "application/pdf":
            return ()
        spans = tuple((one.start, one.end) for one in evidence)
        key = ("sheets", volume.document.id, spans)
        with self._lock:
            found = self._recall(key)
            if found is None:
                found = self._keep(key, self._sheets(volume, spans))
        assert isinstance(found, tuple)  # noqa: S101 -- what was kept under such a key
        return found

    def picture(self, volume: Volume, page: int) -> bytes | None:
        """A page as PNG; None where there is no such page."""
        if volume.document.media_type != "application/pdf" or not 1 <= page <= (volume.document.page_count or 0):
            return None
        key = ("picture", volume.document.sha256, page)
        with self._lock:
            found = self._recall(key)
            if found is None:
                data = self._data(volume)
                found = self._keep(key, _draw(data, page)) if data is not None else None
        return found if isinstance(found, bytes) else None

    def _data(self, volume: Volume) -> bytes | None:
        try:
            data = self.snapshots.load(volume.document.sha256)
            refuse_bombs(data)
        except (OSError, ValueError, DocumentError):
            return None  # the bytes are elsewhere, or not safe to draw: the text is shown without pictures
        return data

    def _sheets(self, volume: Volume, spans: tuple[tuple[int, int], ...]) -> tuple[Sheet, ...]:
        data = self._data(volume)
        if data is None:
            return ()
        try:
            boxes = [box for start, end in spans for box in evidence_boxes(data, volume.document, start, end)]
        except DocumentError:
            return ()
        pages = sorted({box.page for box in boxes})[:_MOST_PAGES]
        sizes = _sizes(data, pages)
        of = {page: tuple(box for box in boxes if box.page == page) for page in sizes}
        return tuple(Sheet(page, *sizes[page], of[page]) for page in sorted(sizes))

    def _recall(self, key: tuple[object, ...]) -> object | None:
        if key in self._kept:
            self._kept.move_to_end(key)
        return self._kept.get(key)

    def _keep(self, key: tuple[object, ...], value: object) -> object:
        self._kept[key] = value
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return value


def _sizes(data: bytes, pages: list[int]) -> dict[int, tuple[float, float]]:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        return {page: document[page - 1].get_size() for page in pages if page <= len(document)}
    finally:
        document.close()


def _draw(data: bytes, page: int) -> bytes:
    import pypdfium2

    document = pypdfium2.PdfDocument(data)
    try:
        sheet = document[page - 1]
        scale = min(3.0, _WIDEST / max(1.0, *sheet.get_size()))
        out = io.BytesIO()
        sheet.render(scale=scale).to_pil().convert("L").save(out, "PNG", optimize=False)
        return out.getvalue()
    finally:
        document.close()
