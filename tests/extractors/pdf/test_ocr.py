"""Scanned pages: words read by tesseract as if the page had a text layer; without it, one line that says so."""

import shutil

import pytest

from extractors import extract
from extractors.clauses import cut_clauses
from extractors.layout import Options
from extractors.pdf import evidence_boxes
from extractors.pdf import ocr as pdf_ocr
from extractors.pdf.ocr_type import Seen, sizes
from extractors.pdf.page import Word
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


LINE = "<span class='ocr_{}' title='bbox {} {} {} {}; x_size {}; x_descenders 9'>{}</span>"
WORD = "<span class='ocrx_word' title='bbox {} {} {} {}; x_wconf {}'>{}</span>"


def test_what_tesseract_says_becomes_words():
    words = WORD.format(300, 302, 500, 332, 96, "Fees &amp;") + WORD.format(520, 310, 540, 319, 4, "~")
    page = LINE.format("line", 300, 300, 900, 340, "39.5", words + WORD.format(560, 302, 900, 340, 91, "apply."))
    assert list(pdf_ocr._seen(f"<html><body><div>{page}</div></body></html>".encode())) == [
        Seen(0, "Fees &", (300, 302, 500, 332), 300, 340, 39.5),
        Seen(0, "apply.", (560, 302, 900, 340), 300, 340, 39.5),
    ]


def test_sizes_that_waver_are_one_size_and_a_head_is_not():
    lines = [(39, "the text of it"), (42, "more of it all"), (36, "and some more"), (46, "Fees"), (56, "Terms")]
    seen = [Seen(at, text, (0, 0, 9, 9), 0, 9, size) for at, (size, text) in enumerate(lines)]
    assert sizes(seen) == [39, 39, 39, 46, 56]


def contract(sheet):
    sheet.text(72, 60, "Terms of the harbor", size=16, bold=True)
    top = sheet.paragraph(72, 100, 450, prose(4))
    for head, size, bold in [("1. Fees and charges", 12, True), ("2. Mooring", 10, True), ("Cancellation", 13, False)]:
        sheet.text(72, top, head, size=size, bold=bold)
        top = sheet.paragraph(72, top + 20, 450, prose(4, round(top)))


@needs_tesseract
def test_headings_of_a_scan_are_told_by_their_type():
    document = extract(scan_of(pdf(contract)), source="scan.pdf", language="en", options=Options(ocr=True))
    heads = [(document.text[b.start : b.end], b.level) for b in document.blocks if b.kind == "heading"]
    assert heads == [("Terms of the harbor", 1), ("1. Fees and charges", 2), ("2. Mooring", 2), ("Cancellation", 2)]
    assert sum(block.kind == "paragraph" for block in document.blocks) == 4


def with_picture(sheet):
    def inner(drawn):
        drawn.text(72, 60, "What you get back", size=14, bold=True)
        drawn.paragraph(72, 90, 430, prose(6, 50))

    sheet.text(72, 60, "TERMS", size=16, bold=True)
    sheet.paragraph(72, 90, 450, prose(14))
    sheet.picture(picture_of(pdf(inner)).crop((150, 120, 1500, 600)), 72, 400, 450, 160)
    sheet.paragraph(72, 600, 450, prose(4, 80))


def test_text_in_a_large_image_beside_text_is_said_to_be_missing():
    document = extract(pdf(page_of(prose(3)), with_picture), source="terms.pdf", language="en")
    assert [(one.code, one.detail) for one in document.warnings] == [
        ("large_images", "large images on page 2; text inside them is not read; --ocr reads it")
    ]


@needs_tesseract
def test_text_in_a_large_image_is_read_where_it_stands_if_asked_for():
    data = pdf(page_of(prose(3)), with_picture)
    document = extract(data, source="terms.pdf", language="en", options=Options(ocr=True))
    assert [(one.code, one.detail[:33]) for one in document.warnings] == [
        ("ocr_images", "large images on page 2 read by OC")
    ]
    shown = [document.text[block.start : block.end] for block in document.blocks]
    assert shown[2:4] == [prose(14), "What you get back"]
    assert "member 55" in shown[4]
    assert shown[5] == prose(4, 80)
    start = document.text.index("What you get back")
    (box,) = evidence_boxes(data, document, start, start + 17)
    assert (box.page, 400 < box.top < box.bottom < 440) == (2, True)


@needs_tesseract
def test_an_image_without_text_adds_none():
    from PIL import Image

    photo = Image.effect_noise((600, 400), 90)
    data = pdf(lambda sheet: (sheet.paragraph(72, 72, 450, prose(9)), sheet.picture(photo, 72, 300, 450, 300)))
    document = extract(data, source="terms.pdf", language="en", options=Options(ocr=True))
    assert (document.text, document.warnings) == (prose(9), ())


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
