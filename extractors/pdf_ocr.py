"""Scanned PDF pages read by tesseract, if it is installed: words with boxes, as if the page had a text layer."""

import io
import shutil
import subprocess
from functools import cache
from statistics import median

from extractors.pdf_page import Page, PlumberPage, Word
from smallprint.errors import DocumentError

_DPI = 300  # what tesseract is trained for
_LANGUAGES = ("eng", "deu", "fra", "spa", "ita", "pol")
_SECONDS = 180  # per page
_UNSURE = 20  # tesseract's confidence, 0-100; below stand specks and ruled lines read as letters
_MISREAD = frozenset("¢©®«e°¤*")  # what it makes of bullets
_SEVERAL = 3
_MAX_SIDE = 14_000  # pixels; an enormous page is rendered more coarsely


def read_scan(page: PlumberPage, number: int) -> Page:
    """The words that tesseract sees on a page.

    Raises:
        DocumentError: ``ocr_unavailable`` or ``ocr_failed``.

    """
    width, height = float(page.width), float(page.height)
    dpi = int(min(_DPI, _MAX_SIDE * 72 / max(width, height, 1)))
    image = io.BytesIO()
    page.to_image(resolution=dpi).original.convert("L").save(image, format="PNG", dpi=(dpi, dpi))
    result = Page(number, width, height, [], scanned=True)
    result.words = _words(_recognized(image.getvalue(), dpi), 72 / dpi)
    return result


@cache
def _tesseract() -> tuple[str, str]:
    """The program and the languages to read, those of ours that are installed."""
    program = shutil.which("tesseract")
    if program is None:
        raise DocumentError(
            "ocr_unavailable",
            "--ocr needs tesseract, which is not installed",
            advice="install it (Debian: apt-get install tesseract-ocr; macOS: brew install tesseract)",
        )
    listed = subprocess.run([program, "--list-langs"], capture_output=True, timeout=30, check=False)  # noqa: S603 fixed arguments
    installed = set(listed.stdout.decode("utf-8", "replace").split())
    return program, "+".join(one for one in _LANGUAGES if one in installed) or "eng"


def _recognized(image: bytes, dpi: int) -> str:
    """Tesseract's table of words for one picture."""
    program, languages = _tesseract()
    command = [program, "stdin", "stdout", "-l", languages, "--dpi", str(dpi), "tsv"]
    try:
        done = subprocess.run(command, input=image, capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603 fixed arguments
    except subprocess.TimeoutExpired as error:
        raise DocumentError("ocr_failed", f"OCR of a page took over {_SECONDS} seconds", transient=True) from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip()[-160:]
        raise DocumentError("ocr_failed", f"tesseract gave up ({said})") from error
    return done.stdout.decode("utf-8", "replace")


def _words(table: str, scale: float) -> list[Word]:
    """Words in points; the height of a word is its line's, so that letters without risers do not look small."""
    lines: dict[tuple[str, ...], tuple[float, float]] = {}
    found: list[tuple[tuple[str, ...], str, float, float]] = []
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12:
            continue
        key = tuple(cells[1:5])
        left, top, width, height = (float(cell) * scale for cell in cells[6:10])
        if cells[0] == "4":
            lines[key] = (top, top + height)
        elif cells[0] == "5" and cells[11].strip() and float(cells[10]) >= _UNSURE:
            found.append((key, cells[11].strip(), left, left + width))
    usual = median([bottom - top for top, bottom in lines.values()] or [10.0])
    words = []
    for key, text, x0, x1 in found:
        top, bottom = lines[key]
        size = bottom - top
        # Line heights waver with what is written; only a marked difference is another type size.
        size = usual if 0.65 < size / max(usual, 0.1) < 1.45 else size
        words.append(Word(text, x0, top, x1, bottom, round(0.8 * size, 1)))
    return _with_bullets(words)


def _with_bullets(words: list[Word]) -> list[Word]:
    """Bullets as bullets, on a page where several lines open with a sign that tesseract takes them for."""
    opening = [
        at
        for at, word in enumerate(words)
        if word.text in _MISREAD and (at == 0 or words[at - 1].top != word.top) and not _dates(words[at + 1 : at + 2])
    ]
    if len(opening) >= _SEVERAL:
        for at in opening:
            words[at] = words[at]._replace(text="•")
    return words


def _dates(following: list[Word]) -> bool:
    """Whether a year follows, as it does the sign of copyright."""
    return bool(following) and following[0].text[:4].isdigit()
