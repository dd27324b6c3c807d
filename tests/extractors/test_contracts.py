"""Every extractor on arbitrary input gives a document whose offsets are right, or an error that says why not."""

import os
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.pdfgen.canvas import Canvas

from extractors import EXTRACTORS, extract
from extractors.clauses import cut_clauses
from smallprint.errors import DocumentError
from tests.extractors.contract import assert_document, assert_tiles
from tests.extractors.docx.test_docx import docx, p
from tests.extractors.pdfs import pdf, prose

EXAMPLES = int(os.environ.get("SMALLPRINT_EXAMPLES", "60"))
NAMES = {"text/html": "a.html", "text/markdown": "a.md", "text/plain": "a.txt", "application/pdf": "a.pdf"}

_PIECES = st.sampled_from(
    ["1.", "1.1 ", "(a) ", "(i) ", "A. ", "Section 4 ", "§ 5 ", "Fees", "You may not:", "pay by card, ", "e.g. ",
     "Inc. ", "\n", "\n\n", "- ", "* ", "• ", "# ", "## ", "> ", "    ", "\t", "|", "| --- | --- |\n", "**", "__", "`",
     "```\n", "[x](#y)", "![x](y)", "<b>", "</b>", "<br>", "<div>", "<!--", "-->", "<script>", "&amp;", "&#0;", "\\",
     "---\n", "===\n", "\x00", "\x0b", "\x0c", "\r", "\u2028", "\u202e", "\u200b", "\ufeff", "\u00ad",
     "\uf0b7 ", "\U000f0010", "\u0301",
     "“Term” means ", "10.00", "2024", "x" * 90, "word " * 40, "。", "😀"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(_PIECES, max_size=40).map("".join), st.text(max_size=200))


def assert_holds(data: bytes, name: str) -> None:
    try:
        document = extract(data, source=name)
    except DocumentError as error:
        refusal = error
    else:
        assert_document(document)
        assert_tiles(document, cut_clauses(document))
        return
    assert refusal.detail
    assert "\n" not in str(refusal)


@pytest.mark.parametrize("name", ["a.html", "a.md", "a.txt"])
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=TEXTS, charset=st.sampled_from(["utf-8", "utf-16", "cp1252", "cp1250"]))
def test_text_of_any_kind_keeps_the_contract(name, text, charset):
    assert_holds(text.encode(charset, errors="replace"), name)


@pytest.mark.parametrize("name", ["a.html", "a.md", "a.txt", "a.pdf", "a.docx", "a"])
@settings(max_examples=EXAMPLES, deadline=None)
@given(data=st.binary(max_size=400))
def test_any_bytes_give_a_document_or_an_error(name, data):
    assert_holds(data, name)


_RUNS = st.lists(st.tuples(TEXTS, st.booleans()), max_size=3)
_PARAGRAPHS = st.lists(
    st.tuples(_RUNS, st.sampled_from(["", "Heading1", "Title"]), st.sampled_from([None, (1, 0), (1, 1)])), max_size=8
)


def _xml(text: str) -> str:
    allowed = "".join(
        c for c in text if c in "\t\n" or " " <= c < "\ud800" or "\ue000" <= c <= "\ufffd" or c > "\uffff"
    )
    return allowed.replace("&", "&amp;").replace("<", "&lt;").replace("]]>", "")


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(_PARAGRAPHS)
def test_word_files_with_any_content_keep_the_contract(paragraphs):
    body = ""
    for runs, style, number in paragraphs:
        inner = "".join(
            f"<w:r>{'<w:rPr><w:b/></w:rPr>' if bold else ''}<w:t xml:space='preserve'>{_xml(text)}</w:t></w:r>"
            for text, bold in runs
        )
        body += p("", style=style, num=number).removesuffix("</w:p>") + inner + "</w:p>"
    assert_holds(docx(body), "a.docx")


_LATIN = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), min_size=1, max_size=60)
_DRAWN = st.lists(
    st.tuples(
        st.floats(-50, 600), st.floats(-50, 850), st.sampled_from([0.5, 6, 10, 10, 10, 18]), st.booleans(),
        st.one_of(_LATIN, st.sampled_from(["1. Fees", "(a) pay;", "• item", "Page 1", "TERMS", "hyphen-", prose(1)])),
    ),
    max_size=25,
)  # fmt: skip


@settings(max_examples=max(15, EXAMPLES // 3), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_DRAWN, min_size=1, max_size=3), st.lists(st.integers(0, 850), max_size=4))
def test_pages_with_text_anywhere_keep_the_contract(pages, rules):
    buffer = BytesIO()
    canvas = Canvas(buffer)
    for drawn in pages:
        for x, y, size, bold, text in drawn:
            canvas.setFont("Helvetica-Bold" if bold else "Helvetica", size)
            canvas.drawString(x, y, text)
        for y in rules:
            canvas.line(60, y, 500, y)
        canvas.showPage()
    canvas.save()
    assert_holds(buffer.getvalue(), "a.pdf")


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 3000), st.integers(0, 255))
def test_a_damaged_pdf_gives_a_document_or_an_error(offset, byte):
    data = bytearray(pdf(lambda sheet: sheet.paragraph(72, 72, 450, prose(6))))
    data[offset % len(data)] = byte
    assert_holds(bytes(data), "a.pdf")


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(5, 3000))
def test_a_truncated_pdf_gives_a_document_or_an_error(length):
    assert_holds(pdf(lambda sheet: sheet.paragraph(72, 72, 450, prose(6)))[:length], "a.pdf")


def test_these_tests_cover_every_media_type():
    names = {*NAMES, "application/xhtml+xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"}
    assert set(EXTRACTORS) == names
