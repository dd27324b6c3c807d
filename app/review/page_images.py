"""Pages of a PDF as pictures with boxes on the evidence: drawn from the stored bytes, the newest kept in memory."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock, Semaphore

from app.review.document_cache import LoadedDocument
from extractors.capture.snapshots import SnapshotFolder
from extractors.pdf.drawing import Sheet, draw_page, find_sheets
from smallprint.errors import DocumentError
from smallprint.records import Evidence

MAX_CACHED = 96  # pictures and lists of boxes in memory; chosen, not measured
MAX_DRAWN_AT_ONCE = 2  # each in a child process that keeps a processor busy
MAX_WAITING = 10  # requests that wait for their turn; each holds one of the server's 40 threads
MAX_WAIT_SECONDS = 5.0  # a page of a real PDF is drawn in 0.2 s, so ten of them have had their turn by then


class BusyError(Exception):
    """So many pages are being drawn that this one has to be asked for again, in ``MAX_WAIT_SECONDS``."""


class PageImages:
    """Draws pages of stored PDFs, a few at a time; what cannot be drawn is remembered too."""

    def __init__(self, root: Path) -> None:
        self.snapshots = SnapshotFolder(root)
        self._drawing = Semaphore(MAX_DRAWN_AT_ONCE)
        self._admitted = Semaphore(MAX_DRAWN_AT_ONCE + MAX_WAITING)
        self._lock = Lock()
        self._cache: OrderedDict[tuple[object, ...], object] = OrderedDict()

    def sheets(self, loaded: LoadedDocument, evidence: tuple[Evidence, ...]) -> tuple[Sheet, ...]:
        """The pages that hold the evidence; none for other documents, and for PDFs that cannot be opened.

        Raises:
            BusyError: too many pages are being drawn.

        """
        if loaded.document.media_type != "application/pdf":
            return ()
        spans = tuple((proof.start, proof.end) for proof in evidence)
        key = ("sheets", loaded.document.id, spans)
        sheets = self._drawn(key, loaded, lambda pdf: find_sheets(pdf, loaded.document, spans))
        return sheets if isinstance(sheets, tuple) else ()

    def picture(self, loaded: LoadedDocument, page: int) -> bytes | None:
        """A page as PNG; None where there is no such page, or it cannot be drawn.

        Raises:
            BusyError: too many pages are being drawn.

        """
        if loaded.document.media_type != "application/pdf" or not 1 <= page <= (loaded.document.page_count or 0):
            return None
        key = ("picture", loaded.document.sha256, page)
        picture = self._drawn(key, loaded, lambda pdf: draw_page(pdf, page))
        return picture if isinstance(picture, bytes) else None

    def _drawn(self, key: tuple[object, ...], loaded: LoadedDocument, draw: Callable[[bytes], object]) -> object | None:
        """What is cached under the key, else drawn; None where it cannot be drawn."""
        known, drawing = self._cached(key)
        if known:
            return drawing
        with self._turn():
            known, drawing = self._cached(key)  # by whoever had the turn before
            if known:
                return drawing
            try:
                pdf = self.snapshots.load(loaded.document.sha256)
            except (OSError, ValueError):
                return None  # the bytes are elsewhere: the text is shown without pictures
            try:
                drawing = draw(pdf)
            except DocumentError:
                drawing = None  # not safe to draw
            self._cache_under(key, drawing)
            return drawing

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for a turn to draw, but neither long nor in a long queue."""
        if not self._admitted.acquire(blocking=False):
            raise BusyError
        try:
            if not self._drawing.acquire(timeout=MAX_WAIT_SECONDS):
                raise BusyError
            try:
                yield
            finally:
                self._drawing.release()
        finally:
            self._admitted.release()

    def _cached(self, key: tuple[object, ...]) -> tuple[bool, object | None]:
        with self._lock:
            if key not in self._cache:
                return False, None
            self._cache.move_to_end(key)
            return True, self._cache[key]

    def _cache_under(self, key: tuple[object, ...], drawing: object | None) -> None:
        with self._lock:
            self._cache[key] = drawing
            while len(self._cache) > MAX_CACHED:
                self._cache.popitem(last=False)
