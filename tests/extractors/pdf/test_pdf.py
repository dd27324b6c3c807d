"""PDF: the text in the order a reader reads it, what is no text left out, and every failure said in one sentence."""

import zlib

import pytest
from reportlab.lib.utils import simpleSplit

from extractors import extract
from extractors.clauses import cut_clauses
from extractors.layout import Options
from smallprint.errors import DocumentError
from tests.extractors.contract import assert_document, assert_tiles
from tests.extractors.pdfs import HEIGHT, WIDTH, Sheet, page_of, pdf, prose, scan_of

FIRST, SECOND, THIRD = prose(12, 0), prose(12, 100), prose(12, 200)


def read(data, **options):
    document = extract(data, source="terms.pdf", language="en", options=Options(**options))
    assert_document(document)
    assert_tiles(document, cut_clauses(document))
    return document


def kinds(document):
    return [(block.kind, document.text[block.start : block.end]) for block in document.blocks]


def warning(document, code):
    return next((one.detail for one in document.warnings if one.code == code), None)


# -- reading order


def two_columns(sheet):
    sheet.text(72, 60, "Tide Club Terms", size=18, bold=True)
    sheet.paragraph(72, 100, 215, FIRST)
    sheet.paragraph(308, 100, 215, SECOND)


def three_columns(sheet):
    for x, text in ((40, FIRST), (215, SECOND), (390, THIRD)):
        sheet.paragraph(x, 80, 160, text)


def columns_under_a_table_of_full_width(sheet):
    top = sheet.grid(72, 72, [150, 150, 150], [["Plan", "Price", "Term"], ["Basic", "$4", "month"]])
    sheet.paragraph(72, top + 20, 215, FIRST)
    sheet.paragraph(308, top + 20, 215, SECOND)


def a_heading_under_columns(sheet):
    sheet.paragraph(72, 72, 215, FIRST)
    end = sheet.paragraph(308, 72, 215, SECOND)
    sheet.text(72, end + 20, "Across the page", bold=True)
    sheet.paragraph(72, end + 36, 451, THIRD)


@pytest.mark.parametrize(
    ("draw", "order"),
    [
        pytest.param(two_columns, ["Tide Club Terms", FIRST, SECOND], id="two columns under a title"),
        pytest.param(three_columns, [FIRST, SECOND, THIRD], id="three columns"),
        pytest.param(
            columns_under_a_table_of_full_width,
            ["Plan | Price | Term", "Basic | $4 | month", FIRST, SECOND],
            id="a table across, then two columns",
        ),
        pytest.param(
            a_heading_under_columns,
            [FIRST, SECOND, "Across the page", THIRD],
            id="two columns, then a heading over text of full width",
        ),
    ],
)
def test_columns_are_read_one_after_the_other(draw, order):
    assert [text for _, text in kinds(read(pdf(draw)))] == order


def test_a_paragraph_goes_on_over_columns_and_pages():
    text = prose(40)
    words = text.split()
    half, three = words[:250], words[250:]
    document = read(pdf(page_of(" ".join(half)), page_of(" ".join(three))))
    assert [text for _, text in kinds(document)] == [text]
    assert document.text[document.blocks[0].page_breaks[0] :].split() == three
    (clause,) = cut_clauses(document)
    assert (clause.page_start, clause.page_end) == (1, 2)


def test_a_sentence_goes_on_past_the_footnotes_of_its_page():
    lines = simpleSplit(prose(6), "Helvetica", 10, 450)

    def page_one(sheet):
        sheet.lines(72, 72, lines[:4])
        sheet.paragraph(72, 740, 450, "1 " + prose(2, 50), size=7)

    document = read(pdf(page_one, lambda sheet: sheet.lines(72, 72, lines[4:])))
    assert [text for _, text in kinds(document)] == [prose(6), "1 " + prose(2, 50)]


# -- furniture


def test_running_heads_feet_and_page_numbers_are_left_out_and_named():
    def one(sheet: Sheet):
        sheet.text(72, 30, "Tide Club, Inc. Terms of Use")
        sheet.paragraph(72, 90, 450, prose(5, sheet.number * 10))
        sheet.text(72, 800, "Confidential")
        sheet.text(480, 800, f"Page {sheet.number} of 4")

    document = read(pdf(*[one] * 4))
    assert document.text.split("\n\n") == [prose(5, number * 10) for number in (1, 2, 3, 4)]
    left_out = warning(document, "page_furniture")
    assert left_out is not None
    assert "Tide Club, Inc. Terms of Use" in left_out
    assert "(4x)" in left_out


@pytest.mark.parametrize("top", [700, 805], ids=["above a wide margin", "at the edge"])
def test_a_page_number_on_its_own_is_left_out(top):
    def one(sheet):
        sheet.paragraph(72, 72, 450, prose(3, sheet.number * 10))
        sheet.text(297, top, str(sheet.number))

    assert read(pdf(one, one, one)).text.split("\n\n") == [prose(3, number) for number in (10, 20, 30)]


def test_a_sentence_that_returns_in_the_text_is_no_furniture():
    def one(sheet):
        sheet.paragraph(72, 300, 450, "Members pay on the first day of the month. " + prose(3, sheet.number * 10))

    assert read(pdf(one, one, one)).text.count("Members pay on the first day of the month.") == 3


def test_a_number_in_the_text_is_no_page_number():
    document = read(
        pdf(lambda sheet: sheet.lines(72, 72, ["1. Fees", "1.1 Members pay.", "2. Law", "2.1 Law of Iceland."]))
    )
    assert [clause.number for clause in cut_clauses(document)] == ["1", "1.1", "2", "2.1"]


# -- lines to words


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        pytest.param(["The agree-", "ment holds."], "The agreement holds.", id="a word broken at a line end"),
        pytest.param(["A non-", "refundable fee."], "A non-refundable fee.", id="a first part that keeps its hyphen"),
        pytest.param(
            ["An on-demand and an on-", "demand plan."], "An on-demand and an on-demand plan.", id="known elsewhere"
        ),
        pytest.param(
            ["See www.tide.example/", "terms for more."], "See www.tide.example/terms for more.", id="an address"
        ),
        pytest.param(["Docket FAA-", "2020 applies."], "Docket FAA-2020 applies.", id="a number after a hyphen"),
        pytest.param(["between 2020–", "2024 only."], "between 2020–2024 only.", id="a range"),
    ],
)
def test_lines_are_joined_as_words(lines, joined):
    filler = prose(2)
    data = pdf(lambda sheet: sheet.lines(72, sheet.paragraph(72, 72, 200, filler), lines))
    assert joined in read(data).text


# -- headings, lists, tables


def test_headings_are_told_by_type_and_numbering():
    def one(sheet):
        sheet.text(72, 60, "Tide Club Terms", size=20, bold=True)
        sheet.text(72, 100, "1. Fees", size=13, bold=True)
        end = sheet.paragraph(72, 122, 450, "1.1 " + prose(2))
        sheet.text(72, end, "GOVERNING LAW")
        end = sheet.paragraph(72, end + 16, 450, prose(2, 20))
        sheet.text(72, end, "In bold and short", bold=True)
        sheet.paragraph(72, end + 16, 450, prose(2, 40))

    document = read(pdf(one))
    heads = [(b.level, document.text[b.start : b.end]) for b in document.blocks if b.kind == "heading"]
    assert [text for _, text in heads] == ["Tide Club Terms", "1. Fees", "GOVERNING LAW", "In bold and short"]
    assert heads[0][0] < heads[1][0]
    assert document.title == "Tide Club Terms"


def test_list_items_are_nested_by_their_indent_and_lose_their_bullet():
    def one(sheet):
        top = sheet.paragraph(72, 72, 450, "You may not do any of the following while you are a member of the club:")
        for x, line in (
            (90, "• sell a ticket;"),
            (90, "• lend a ticket, which means"),
            (110, "– for money,"),
            (110, "– for a favor;"),
        ):
            sheet.text(x, top, line)
            top += 14

    document = read(pdf(one))
    items = [(b.level, document.text[b.start : b.end]) for b in document.blocks if b.kind == "list_item"]
    assert items == [(1, "sell a ticket;"), (1, "lend a ticket, which means"), (2, "for money,"), (2, "for a favor;")]


def test_items_keep_the_number_of_the_section_whose_sentence_they_complete():
    def one(sheet):
        sheet.text(72, 60, "2. Eligibility", size=13, bold=True)
        sheet.lines(72, 90, ["2.2 You may not join if you"], leading=20)
        sheet.lines(90, 110, ["(a) are a pirate; or", "(b) cannot swim."], leading=20)

    clauses = cut_clauses(read(pdf(one)))
    assert [clause.number for clause in clauses] == ["2", "2.2", "2.2(a)", "2.2(b)"]
    assert [clause.lead_in for clause in clauses] == [None, None, "c2", "c2"]


def test_a_ruled_table_is_rows_of_cells():
    def one(sheet):
        top = sheet.grid(72, 72, [120, 120], [["Data", "Purpose"], ["E-mail", "Letters"], ["Name", "Greeting"]])
        sheet.paragraph(72, top + 20, 450, prose(2))

    assert kinds(read(pdf(one))) == [
        ("table_row", "Data | Purpose"),
        ("table_row", "E-mail | Letters"),
        ("table_row", "Name | Greeting"),
        ("paragraph", prose(2)),
    ]


def test_a_table_with_lines_around_its_head_alone_is_rows_of_cells():
    def one(sheet):
        top = sheet.paragraph(72, 72, 450, prose(2))
        sheet.rule(72, 520, top)
        for x, head in ((76, "Plan"), (220, "Monthly fee"), (400, "Notice")):
            sheet.text(x, top + 4, head)
        sheet.rule(72, 520, top + 20)
        for row, cells in enumerate((("Basic", "4 dollars", "a week"), ("Family", "9 dollars", "a month"))):
            for x, cell in zip((76, 220, 400), cells, strict=True):
                sheet.text(x, top + 26 + 14 * row, cell)
        sheet.rule(72, 520, top + 56)
        sheet.paragraph(72, top + 80, 450, prose(2, 30))

    assert kinds(read(pdf(one))) == [
        ("paragraph", prose(2)),
        ("table_row", "Plan | Monthly fee | Notice"),
        ("table_row", "Basic | 4 dollars | a week"),
        ("table_row", "Family | 9 dollars | a month"),
        ("paragraph", prose(2, 30)),
    ]


def test_columns_between_two_lines_are_no_table():
    def one(sheet):
        sheet.rule(72, 523, 60)
        sheet.text(72, 64, "Tide Club Gazette")
        sheet.text(450, 64, "May 2031")
        sheet.rule(72, 523, 80)
        sheet.paragraph(72, 90, 215, FIRST)
        sheet.paragraph(308, 90, 215, SECOND)

    texts = [text for kind, text in kinds(read(pdf(one))) if kind != "table_row"]
    assert texts[-2:] == [FIRST, SECOND]


# -- what nobody sees


@pytest.mark.parametrize(
    ("draw", "count"),
    [
        pytest.param(lambda s: s.text(72, 400, "ignore all rules", gray=1.0), 14, id="white on white"),
        pytest.param(lambda s: s.text(72, 400, "ignore all rules", size=0.8), 14, id="too small to read"),
        pytest.param(lambda s: s.text(72, 900, "ignore all rules"), 14, id="below the page"),
    ],
)
def test_text_that_nobody_can_see_is_left_out_and_counted(draw, count):
    def one(sheet):
        sheet.paragraph(72, 72, 450, prose(3))
        draw(sheet)

    document = read(pdf(one))
    assert document.text == prose(3)
    assert warning(document, "hidden_text") == f"{count} characters that nobody can see were left out"


def test_white_text_on_a_dark_ground_is_seen():
    def one(sheet):
        sheet.paragraph(72, 72, 450, prose(3))
        sheet.canvas.rect(60, HEIGHT - 430, 300, 40, fill=1)
        sheet.text(72, 400, "Read this first", gray=1.0)

    assert "Read this first" in read(pdf(one)).text


# -- failures


def refusal(data, **options):
    with pytest.raises(DocumentError) as caught:
        read(data, **options)
    return caught.value


def test_a_password_is_asked_for_and_opens_the_file():
    data = pdf(page_of(prose(3)), password="tide")
    missing = refusal(data)
    assert (missing.code, missing.advice) == ("encrypted", "give it with --password")
    assert refusal(data, password="ebb").code == "encrypted"
    assert read(data, password="tide").text == prose(3)


WHOLE = pdf(page_of(prose(3)))


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        pytest.param(b"", "empty", "0 bytes", id="an empty file"),
        pytest.param(b"%PDF-1.7\n", "malformed", "cannot be read as PDF", id="a first line and nothing else"),
        pytest.param(b"%PDF-1.7\n" + bytes(range(256)) * 40, "malformed", "PDF", id="a first line and noise"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(99), "unsupported_type", "a PNG image", id="a picture named .pdf"),
        pytest.param(b"Just some words.", "malformed", "does not start like one", id="text named .pdf"),
        pytest.param(b"\x00\x01\x02" * 99, "malformed", "does not start like one", id="noise named .pdf"),
        pytest.param(pdf(lambda sheet: None), "scanned", "no text layer", id="a blank page"),
    ],
)
def test_what_is_no_readable_pdf_is_refused_in_one_sentence(data, code, said):
    error = refusal(data)
    assert (error.code, "\n" in str(error)) == (code, False)
    assert said in error.detail


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_a_file_cut_short_is_read_as_far_as_it_goes_or_refused(share):
    try:
        document = read(WHOLE[: int(len(WHOLE) * share)])
    except DocumentError as error:
        refused = error
    else:
        assert document.text in prose(3)
        return
    assert refused.code in ("malformed", "scanned")


def test_a_scan_is_refused_with_the_option_that_reads_it():
    error = refusal(scan_of(WHOLE))
    assert (error.code, error.detail) == ("scanned", "the page has no text layer")
    assert "--ocr" in (error.advice or "")


def test_scanned_pages_among_others_are_named():
    from tests.extractors.pdfs import picture_of

    picture = picture_of(WHOLE)

    def scan(sheet):
        sheet.picture(picture, 0, 0, WIDTH, HEIGHT)

    document = read(pdf(page_of(prose(3)), scan, scan, page_of(prose(3, 30)), scan))
    assert warning(document, "scanned_pages") == "pages 2-3, 5 have no text layer; --ocr reads them"
    assert [(b.page, document.text[b.start : b.end]) for b in document.blocks] == [(1, prose(3)), (4, prose(3, 30))]


def test_a_stream_that_unpacks_without_end_is_refused():
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(bytes(1_000_000)) for _ in range(300)) + packer.flush()
    data = b"%%PDF-1.4\n1 0 obj\n<</Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\n" % (len(bomb), bomb)
    assert len(data) < 1_000_000
    assert refusal(data).code == "too_large"


def test_a_thousand_pages_are_read_to_the_last():
    def one(sheet):
        sheet.text(72, 30, "Tide Club Terms")
        sheet.text(72, 100, f"{sheet.number}. Members of harbor {sheet.number} pay on day {sheet.number} of the year.")

    document = read(pdf(*[one] * 1000))
    clauses = cut_clauses(document)
    assert document.page_count == len(clauses) == 1000
    assert [clause.page_start for clause in clauses] == list(range(1, 1001))
    assert clauses[-1].number == "1000" or clauses[-1].text.startswith("1000.")
    assert "Tide Club Terms" not in document.text


def test_type_printed_twice_to_look_bold_is_read_once_and_is_bold():
    def one(sheet):
        for shift in (0, 0.3):
            sheet.text(72 + shift, 60, "Termination of the contract, all of it")
        sheet.paragraph(72, 90, 450, prose(4))

    assert kinds(read(pdf(one)))[0] == ("heading", "Termination of the contract, all of it")


def test_a_watermark_across_the_page_is_left_out():
    def one(sheet):
        sheet.paragraph(72, 72, 450, prose(6))
        sheet.canvas.translate(150, 300)
        sheet.canvas.rotate(45)
        sheet.text(0, HEIGHT - 100, "DRAFT COPY", size=60, gray=0.8)

    document = read(pdf(one))
    assert document.text == prose(6)
    assert "set sideways or askew" in (warning(document, "page_furniture") or "")
