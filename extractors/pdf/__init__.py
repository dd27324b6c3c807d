"""PDF to blocks: columns in reading order, running heads left out, paragraphs joined over lines and pages."""

from collections.abc import Iterator
from typing import Any

from extractors.layout import Extraction, Options, RawBlock, clean
from extractors.pdf.blocks import blocks
from extractors.pdf.boxes import Box, evidence_boxes
from extractors.pdf.file import PlumberPdf, open_pdf, reading
from extractors.pdf.furniture import Furniture, without_furniture
from extractors.pdf.page import Page, PlumberPage
from extractors.pdf.story import Story
from extractors.pdf.words import LARGE, read_page
from smallprint.errors import DocumentError
from smallprint.records import DocumentWarning

__all__ = ["Box", "evidence_boxes", "extract_pdf"]

_STAMP = 100  # characters that a scanned page may carry, such as a stamp or what a bad OCR left
_SCAN = 0.55  # share of a page that a scan covers at least
_PICTURE_TEXT = 1500  # characters; a large image on a page with so little text may hold text of its own
_MAX_UNMAPPED = 0.3  # share of glyphs without a character above which a page has no text worth the name


def extract_pdf(data: bytes, options: Options) -> Extraction:
    """Blocks of a PDF with the page of each, whatever its columns.

    Raises:
        DocumentError: ``encrypted``, ``malformed``, ``too_large`` or ``scanned``.

    """
    with open_pdf(data, options.password) as pdf:
        total = len(pdf.pages)
        reader = _Reader(pdf, ocr=options.ocr)
        furniture, story = Furniture(), Story()
        for page in without_furniture(reader.pages(), furniture, total):
            reader.judge(page)
            story.add(page)
        metadata = dict(pdf.metadata)
    if not story.lines or len(reader.scanned) == total:
        reader.explain_silence(total, furniture)
    found = tuple(blocks(story))
    return Extraction(
        found,
        title=_title(found, metadata),
        warnings=tuple(_warnings(reader, furniture, story)),
        page_count=total,
    )


class _Reader:
    """Reads page after page and keeps the tally of what could not be read."""

    def __init__(self, pdf: PlumberPdf, *, ocr: bool) -> None:
        self.pdf = pdf
        self.ocr = ocr
        self.recognized: list[int] = []
        self.depicted: list[int] = []  # pages whose large images were read by OCR beside their text
        self.scanned: list[int] = []
        self.unreadable: dict[int, str] = {}
        self.hidden = 0
        self.turned = 0
        self.pictured: list[int] = []
        self.unmapped: dict[int, int] = {}

    def pages(self) -> Iterator[Page]:
        """Every page; a page that cannot be read is empty and tallied."""
        for index, one in enumerate(self.pdf.pages):
            number = index + 1
            try:
                with reading(f"page {number}"):
                    page = self._read(one, number)
            except DocumentError as error:
                if error.code == "ocr_unavailable":
                    raise
                self.unreadable[number] = error.detail
                page = Page(number, 612.0, 792.0, [])
            else:
                self._tally(page)
            finally:
                one.close()
            yield page

    def _read(self, one: PlumberPage, number: int) -> Page:
        page = read_page(one, number)
        without_text = page.unmapped > _MAX_UNMAPPED * (page.characters + page.unmapped)
        if not self.ocr:
            return page
        from extractors.pdf.ocr import read_pictures, read_scan

        if without_text or (page.characters < _STAMP and page.pictured > _SCAN):
            self.recognized.append(number)
            return read_scan(one, number)
        if page.pictures:
            words = read_pictures(one, page.pictures)
            page.words += words
            page.pictures, page.pictured = [], 0.0
            self.depicted += [number] if words else []
        return page

    def _tally(self, page: Page) -> None:
        self.hidden += page.hidden
        self.turned += page.turned
        if page.unmapped:
            self.unmapped[page.number] = page.unmapped
        if page.unmapped > _MAX_UNMAPPED * (page.characters + page.unmapped):
            page.words, page.tables, page.pictured = [], [], 1.0

    def judge(self, page: Page) -> None:
        """Tell scans and pictures from text, once running heads are out of the way."""
        if page.number in self.unreadable:
            return
        if page.characters < _STAMP and page.pictured > _SCAN:
            self.scanned.append(page.number)
        elif page.pictures or (page.pictured > LARGE and page.characters < _PICTURE_TEXT):
            self.pictured.append(page.number)

    def explain_silence(self, total: int, furniture: Furniture) -> None:
        """Raise the error that says why a document has no text."""
        if len(self.unreadable) == total:
            raise DocumentError(
                "malformed", self.unreadable[min(self.unreadable)], advice="fetch or export the file again"
            )
        if furniture.counts and len(self.scanned) < total:
            raise DocumentError("no_text", "there are running heads and feet, and no text between them")
        if self.recognized:
            raise DocumentError("no_text", "OCR found no text on any page", advice="check that this is the right file")
        raise DocumentError(
            "scanned",
            f"none of the {total} pages has a text layer" if total > 1 else "the page has no text layer",
            advice="read it with --ocr (needs tesseract-ocr installed)",
        )


def _warnings(reader: _Reader, furniture: Furniture, story: Story) -> Iterator[DocumentWarning]:
    if reader.scanned:
        yield DocumentWarning(
            code="scanned_pages", detail=f"{_ranges(reader.scanned)} have no text layer; --ocr reads them"
        )
    if reader.recognized:
        detail = f"{_ranges(reader.recognized)} read by OCR; check quotations against the picture"
        yield DocumentWarning(code="ocr", detail=detail)
    if reader.depicted:
        detail = f"large images on {_ranges(reader.depicted)} read by OCR; check quotations against the picture"
        yield DocumentWarning(code="ocr_images", detail=detail)
    if reader.pictured:
        detail = f"large images on {_ranges(reader.pictured)}; text inside them is not read"
        detail += "" if reader.ocr else "; --ocr reads it"
        yield DocumentWarning(code="large_images", detail=detail)
    if reader.unreadable:
        yield DocumentWarning(code="unreadable_pages", detail=f"{_ranges(sorted(reader.unreadable))} could not be read")
    if reader.unmapped:
        count = sum(reader.unmapped.values())
        detail = f"{count} glyphs on {_ranges(sorted(reader.unmapped))} have no character and are missing"
        yield DocumentWarning(code="unmapped_glyphs", detail=detail)
    if reader.hidden:
        yield DocumentWarning(
            code="hidden_text", detail=f"{reader.hidden} characters that nobody can see were left out"
        )
    if furniture.counts or reader.turned:
        said = [furniture.describe()] if furniture.counts else []
        said += [f"{reader.turned} characters set sideways or askew"] if reader.turned else []
        yield DocumentWarning(code="page_furniture", detail="left out: " + "; ".join(said))
    if story.contents:
        yield DocumentWarning(code="table_of_contents", detail=f"{story.contents} lines of contents left out")


def _ranges(pages: list[int]) -> str:
    """Sorted page numbers as "pages 2-4, 9"."""
    spans: list[list[int]] = []
    for page in pages:
        if spans and page == spans[-1][1] + 1:
            spans[-1][1] = page
        else:
            spans.append([page, page])
    parts = [str(low) if low == high else f"{low}-{high}" for low, high in spans]
    return ("page " if len(pages) == 1 else "pages ") + ", ".join(parts)


def _title(found: tuple[RawBlock, ...], metadata: dict[str, Any]) -> str | None:
    heads = [block for block in found if block.kind == "heading" and block.page == 1]
    if heads:
        best = min(heads, key=lambda block: block.level or 9)
        return clean(best.text.replace("\n", " "))
    declared = metadata.get("Title")
    if (
        isinstance(declared, str)
        and clean(declared)
        and not declared.lower().startswith(("microsoft word", "untitled"))
    ):
        return clean(declared)
    return None
