"""Scanned pages: words read by tesseract as if the page had a text layer; without it, one line that says so."""

import shutil

import pytest

from extractors import extract, pdf_ocr
from extractors.clauses import cut_clauses
from extractors.layout import Options
from extractors.pdf import evidence_boxes
from extractors.pdf_page import Word
from smallprint.errors import DocumentError
from tests.extractors.contract import assert_document, assert_tiles
from tests.extractors.pdfs import HEIGHT, WIDTH, page_of, pdf, picture_of, prose, scan_of

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def typed(sheet):
    sheet.text(72, 60, "HARBOR TERMS", size=16, bold=True)
    sheet.paragraph(72, 100, 450, prose(4))
    sheet.paragraph(72, 220, 450, "The keeper of the lighthouse may end this contract on any stormy day.")


@needs_tesseract
def test_a_scan_is_read_with_pages_boxes_and_a_warning():
    data = scan_of(pdf(typed))
    document = extract(data, source="scan.pdf", language="en", options=Options(ocr=True))
    assert_document(document)
    assert_tiles(document, cut_clauses(document))
    assert [(one.code, one.detail[:18]) for one in document.warnings] == [("ocr", "page 1 read by OCR")]
    assert document.text.startswith("HARBOR TERMS\n\nThe ferry of member 0")
    wanted = "may end this contract on any stormy day"
    start = document.text.index(wanted)
    (box,) = evidence_boxes(data, document, start, start + len(wanted))
    assert (box.page, 215 < box.top < box.bottom < 240) == (1, True)


@needs_tesseract
def test_only_pages_without_a_text_layer_are_read_by_ocr():
    picture = picture_of(pdf(page_of(prose(3, 40))))
    data = pdf(page_of(prose(3)), lambda sheet: sheet.picture(picture, 0, 0, WIDTH, HEIGHT))
    document = extract(data, source="scan.pdf", language="en", options=Options(ocr=True))
    assert [one.detail[:18] for one in document.warnings if one.code == "ocr"] == ["page 2 read by OCR"]
    first = next(block for block in document.blocks if block.page == 1)
    assert document.text[first.start : first.end] == prose(3)
    assert "member 40" in document.text


@needs_tesseract
def test_an_empty_scan_is_refused():
    with pytest.raises(DocumentError) as caught:
        extract(scan_of(pdf(lambda sheet: None)), source="scan.pdf", options=Options(ocr=True))
    assert (caught.value.code, caught.value.detail) == ("no_text", "OCR found no text on any page")


def test_without_tesseract_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    pdf_ocr._tesseract.cache_clear()
    with pytest.raises(DocumentError) as caught:
        extract(scan_of(pdf(typed)), source="scan.pdf", options=Options(ocr=True))
    assert caught.value.code == "ocr_unavailable"
    assert "apt-get install tesseract-ocr" in (caught.value.advice or "")
    pdf_ocr._tesseract.cache_clear()


def row(kind, word, box, text="", confidence=-1):
    return "\t".join(map(str, (kind, 1, 1, 1, 1, word, *box, confidence, text)))


def test_the_table_of_words_becomes_words_in_points():
    table = "\n".join(
        ["level\tpage\t...", row(4, 0, (300, 300, 600, 40)), row(5, 1, (300, 302, 200, 30), "Fees", 96),
         row(5, 2, (520, 310, 20, 9), "~", 4), row(5, 3, (560, 302, 340, 38), "apply.", 91), "broken line"]
    )  # fmt: skip
    assert pdf_ocr._words(table, 72 / 300) == [
        Word("Fees", 72.0, 72.0, 120.0, 81.6, 7.7),
        Word("apply.", pytest.approx(134.4), 72.0, 216.0, 81.6, 7.7),
    ]


@pytest.mark.parametrize(
    ("signs", "seen"),
    [
        pytest.param(["¢", "©", "®"], ["•", "•", "•"], id="three lines that open with a sign"),
        pytest.param(["©", "¢"], ["©", "¢"], id="two may be what they are"),
    ],
)
def test_bullets_that_were_misread_are_bullets(signs, seen):
    words = []
    for line, sign in enumerate(signs):
        words += [
            Word(sign, 72, 20.0 * line, 76, 20.0 * line + 8, 8),
            Word("Item", 84, 20.0 * line, 99, 20.0 * line + 8, 8),
        ]
    assert [word.text for word in pdf_ocr._with_bullets(words)[::2]] == seen


def test_the_sign_of_copyright_is_no_bullet():
    words = [
        Word(text, 72 + 20 * at, 20.0 * line, 90, 30, 8) for line in range(3) for at, text in enumerate(("©", "2031"))
    ]
    assert [word.text for word in pdf_ocr._with_bullets(words)] == ["©", "2031"] * 3
