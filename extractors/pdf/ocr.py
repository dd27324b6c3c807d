"""Scanned PDF pages read by tesseract, if it is installed: words with boxes, as if the page had a text layer."""

import io
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, TypeAlias

from lxml import etree

from extractors.pdf.ocr_type import Seen, bold, sizes
from extractors.pdf.page import Page, Place, PlumberPage, Word
from smallprint.errors import DocumentError

Element: TypeAlias = Any  # lxml publishes no types

_LINES = frozenset(("ocr_line", "ocr_header", "ocr_caption", "ocr_textfloat"))
_BOX = re.compile(r"\bbbox (\d{1,6}) (\d{1,6}) (\d{1,6}) (\d{1,6})")
_TYPE = 0.8  # of what tesseract calls a line's size: the size that such type has where it is text
_DPI = 300  # what tesseract is trained for
_LANGUAGES = ("eng", "deu", "fra", "spa", "ita", "pol")
_SENTENCE, _SPELLED, _READABLE = 5, 3, 0.4  # words, letters, share: an image with so many words so long holds text
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
    result = Page(number, float(page.width), float(page.height), [], scanned=True)
    result.words = recognize(page)
    return result


def read_pictures(page: PlumberPage, places: Iterable[Place]) -> list[Word]:
    """The words in these images of a page; what tesseract makes of a photograph is left out.

    Raises:
        DocumentError: ``ocr_unavailable`` or ``ocr_failed``.

    """
    found: list[Word] = []
    for place in places:
        words = recognize(page, place)
        spelled = sum(len(word.text) >= _SPELLED and word.text.strip(".,:;()").isalpha() for word in words)
        if len(words) >= _SENTENCE and spelled >= len(words) * _READABLE:
            found += words
    return found


def recognize(page: PlumberPage, box: Place | None = None) -> list[Word]:
    """The words that tesseract sees on a page, or in a box of it.

    Raises:
        DocumentError: ``ocr_unavailable`` or ``ocr_failed``.

    """
    left, top, right, bottom = box or (0.0, 0.0, float(page.width), float(page.height))
    dpi = int(min(_DPI, _MAX_SIDE * 72 / max(right - left, bottom - top, 1)))
    picture = page.to_image(resolution=dpi).original.convert("L")
    if box:
        picture = picture.crop([round(side * dpi / 72) for side in box])
    stream = io.BytesIO()
    picture.save(stream, format="PNG", dpi=(dpi, dpi))
    seen = list(_seen(_recognized(stream.getvalue(), dpi)))
    scale = 72 / dpi
    words = [
        Word(
            word.text,
            left + word.box[0] * scale,
            top + word.top * scale,
            left + word.box[2] * scale,
            top + word.bottom * scale,
            round(_TYPE * size * scale, 1),
            thick,
        )
        for word, size, thick in zip(seen, sizes(seen), bold(seen, picture), strict=True)
    ]
    return _with_bullets(words)


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


def _recognized(image: bytes, dpi: int) -> bytes:
    """Tesseract's hOCR of one picture: words with boxes, and measures of the lines that they stand in."""
    program, languages = _tesseract()
    command = [program, "stdin", "stdout", "-l", languages, "--dpi", str(dpi), "-c", "tessedit_create_hocr=1"]
    try:
        done = subprocess.run(command, input=image, capture_output=True, timeout=_SECONDS, check=True)  # noqa: S603 fixed arguments
    except subprocess.TimeoutExpired as error:
        raise DocumentError("ocr_failed", f"OCR of a page took over {_SECONDS} seconds", transient=True) from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip()[-160:]
        raise DocumentError("ocr_failed", f"tesseract gave up ({said})") from error
    return done.stdout


def _seen(page: bytes) -> Iterator[Seen]:
    """The words of tesseract's hOCR, those that it is not sure of left out."""
    root = etree.fromstring(page, etree.HTMLParser(encoding="utf-8", huge_tree=True)) if page.strip() else None
    if root is None:
        return
    lines = (one for one in root.iter("span") if (one.get("class") or "") in _LINES)
    for number, line in enumerate(lines):
        _, top, _, bottom = _box(line)
        size = _figure(line, "x_size") or bottom - top
        for one in line.iter("span"):
            text = "".join(one.itertext()).strip()
            if one.get("class") == "ocrx_word" and text and _figure(one, "x_wconf") >= _UNSURE:
                yield Seen(number, text, _box(one), top, bottom, size)


def _box(element: Element) -> tuple[int, int, int, int]:
    """Left, top, right and bottom in pixels."""
    match = _BOX.search(element.get("title") or "")
    return (int(match[1]), int(match[2]), int(match[3]), int(match[4])) if match else (0, 0, 0, 0)


def _figure(element: Element, name: str) -> float:
    match = re.search(rf"\b{name} ([0-9.]+)", element.get("title") or "")
    return float(match[1]) if match else 0.0


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
