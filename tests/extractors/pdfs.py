"""Builds small PDFs, so that each test shows the page that it is about."""

import io
from collections.abc import Callable, Sequence

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader, simpleSplit
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 595.0, 842.0
_NOUNS = ("ferry", "ticket", "harbor", "lantern", "kettle", "orchard", "ledger", "parcel", "window", "garden")
_VERBS = ("carries", "returns", "covers", "keeps", "meets", "follows", "weighs", "opens", "names", "serves")


def prose(sentences: int, start: int = 0) -> str:
    """Sentences that all differ, so that a test can check their order."""
    written = []
    for number in range(start, start + sentences):
        noun, other_noun = _NOUNS[number % 10], _NOUNS[(number // 10 + 3) % 10]
        written.append(
            f"The {noun} of member {number} {_VERBS[number * 7 % 10]} the {other_noun} at the agreed hour of day."
        )
    return " ".join(written)


class Sheet:
    """A page to draw on; heights are measured from the top, in points."""

    def __init__(self, canvas: Canvas, number: int) -> None:
        self.canvas = canvas
        self.number = number  # from 1

    def text(self, x: float, top: float, text: str, *, size: float = 10, bold: bool = False, gray: float = 0.0) -> None:
        """One line with its base line ``size`` below ``top``."""
        self.canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
        self.canvas.setFillGray(gray)
        self.canvas.drawString(x, HEIGHT - top - size, text)
        self.canvas.setFillGray(0.0)

    def lines(self, x: float, top: float, lines: Sequence[str], *, size: float = 10, leading: float = 13) -> float:
        """Lines, not wrapped; returns where the next one would begin."""
        for line in lines:
            self.text(x, top, line, size=size)
            top += leading
        return top

    def paragraph(self, x: float, top: float, width: float, text: str, *, size: float = 10) -> float:
        """Wrapped text and the space below it; returns where the next paragraph begins."""
        wrapped = simpleSplit(text, "Helvetica", size, width)
        return self.lines(x, top, wrapped, size=size, leading=1.3 * size) + 0.7 * size

    def rule(self, x0: float, x1: float, top: float) -> None:
        """A horizontal line."""
        self.canvas.line(x0, HEIGHT - top, x1, HEIGHT - top)

    def grid(self, x: float, top: float, widths: Sequence[float], rows: Sequence[Sequence[str]]) -> float:
        """A table with all its rules; returns where it ends."""
        for row in rows:
            cell_x = x
            for width, cell in zip(widths, row, strict=True):
                self.canvas.rect(cell_x, HEIGHT - top - 18, width, 18)
                self.text(cell_x + 4, top + 3, cell)
                cell_x += width
            top += 18
        return top

    def picture(self, image: object, x: float, top: float, width: float, height: float) -> None:
        """A picture (bytes of a PNG, or a PIL image)."""
        source = io.BytesIO(image) if isinstance(image, bytes) else image
        self.canvas.drawImage(ImageReader(source), x, HEIGHT - top - height, width, height)


def pdf(*pages: Callable[[Sheet], object], password: str = "", title: str = "") -> bytes:
    """A PDF of these pages; the same calls give the same bytes."""
    buffer = io.BytesIO()
    encrypted = StandardEncryption(password, canPrint=0) if password else None
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True, encrypt=encrypted)
    if title:
        canvas.setTitle(title)
    for number, draw in enumerate(pages, start=1):
        draw(Sheet(canvas, number))
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def page_of(text: str) -> Callable[[Sheet], object]:
    """A page that holds one paragraph."""
    return lambda sheet: sheet.paragraph(72, 72, 450, text)


def picture_of(data: bytes, page: int = 1, dpi: int = 200) -> object:
    """A page as a scanner would see it."""
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as opened:
        return opened.pages[page - 1].to_image(resolution=dpi).original.convert("RGB")


def scan_of(data: bytes, pages: int = 1) -> bytes:
    """The same PDF without its text layer: each page is a picture."""
    pictures = [picture_of(data, number) for number in range(1, pages + 1)]
    return pdf(*(lambda sheet, picture=picture: sheet.picture(picture, 0, 0, WIDTH, HEIGHT) for picture in pictures))
