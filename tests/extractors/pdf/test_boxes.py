"""Boxes of evidence: the lines of a PDF page that a span of the document's text stands on."""

import pytest

from extractors import extract
from extractors.pdf import evidence_boxes
from tests.extractors.pdfs import HEIGHT, WIDTH, pdf, prose

NEEDLE = "The keeper of the lighthouse may end this contract on any stormy day."


def boxes(data, wanted, **options):
    document = extract(data, source="terms.pdf", language="en")
    start = document.text.index(wanted)
    return evidence_boxes(data, document, start, start + len(wanted), **options)


def test_a_box_frames_the_words_on_their_line():
    data = pdf(lambda sheet: sheet.lines(72, 100, ["Pay before noon, please.", "Bring a lantern."], leading=20))
    (box,) = boxes(data, "Bring a lantern.")
    assert box.page == 1
    assert box.x0 == pytest.approx(72, abs=1)
    assert (box.top <= 123, box.bottom >= 130) == (True, True)  # drawn on a base line at 130
    assert 130 < box.x1 < 160


def test_part_of_a_line_is_framed_alone():
    data = pdf(lambda sheet: sheet.text(72, 100, "Pay before noon, please, and bring a lantern."))
    (box,) = boxes(data, "bring a lantern")
    assert 185 < box.x0 < box.x1 < 290


def test_each_line_has_a_box_and_columns_are_told_apart():
    def one(sheet):
        sheet.paragraph(308, sheet.paragraph(308, 72, 215, prose(4, 50)), 215, NEEDLE + " " + prose(2, 70))
        sheet.paragraph(72, 72, 215, prose(8))

    found = boxes(pdf(one), NEEDLE)
    assert len(found) == 2
    assert all(308 - 1 <= box.x0 < box.x1 <= 308 + 217 for box in found)
    assert found[0].bottom <= found[1].top + 4


def test_a_word_broken_at_a_line_end_is_framed_on_both_lines():
    data = pdf(lambda sheet: sheet.lines(72, 100, ["Members sign the agree-", "ment on the pier."]))
    first, second = boxes(data, "agreement")
    assert (first.bottom <= second.top + 4, first.x0 > 130, second.x0) == (True, True, pytest.approx(72, abs=1))


def test_a_span_over_two_pages_has_boxes_on_both():
    halves = prose(6).split(" at the agreed hour of day. The kettle")
    data = pdf(
        lambda sheet: sheet.paragraph(72, 72, 450, halves[0] + " at the agreed hour of"),
        lambda sheet: sheet.paragraph(72, 72, 450, "day. The kettle" + halves[1]),
    )
    assert {box.page for box in boxes(data, "agreed hour of day. The kettle")} == {1, 2}


def test_the_right_one_of_two_alike_is_framed():
    def one(sheet):
        top = sheet.paragraph(72, 72, 450, prose(3) + " " + NEEDLE)
        sheet.paragraph(72, top, 450, prose(3, 40) + " " + NEEDLE + " " + prose(1, 60))

    data = pdf(one)
    document = extract(data, source="terms.pdf", language="en")
    at = document.text.rindex(NEEDLE)
    first, second = boxes(data, NEEDLE), evidence_boxes(data, document, at, at + len(NEEDLE))
    assert max(box.bottom for box in first) < min(box.top for box in second)


def test_a_cell_of_a_table_is_framed():
    rows = [["Plan", "Price"], ["Basic", "4 dollars"], ["Family", "9 dollars"]]
    (box,) = boxes(pdf(lambda sheet: sheet.grid(72, 72, [120, 120], rows)), "9 dollars")
    assert (box.x0 > 192, 108 <= box.top < box.bottom <= 126) == (True, True)


def test_running_heads_and_later_pages_do_not_mislead():
    def one(sheet):
        sheet.text(72, 30, NEEDLE)
        sheet.paragraph(72, 200, 450, prose(2, 10 * sheet.number) + (f" {NEEDLE}" if sheet.number == 3 else ""))

    found = boxes(pdf(*[one] * 4), NEEDLE)
    assert {box.page for box in found} == {3}
    assert all(box.top > 190 for box in found)


def test_boxes_are_the_same_for_the_same_bytes_and_none_for_an_empty_span():
    data = pdf(lambda sheet: sheet.paragraph(72, 72, 450, prose(8)))
    document = extract(data, source="terms.pdf", language="en")
    assert evidence_boxes(data, document, 30, 200) == evidence_boxes(data, document, 30, 200) != ()
    assert evidence_boxes(data, document, 30, 30) == ()


def test_the_password_opens_the_file_for_boxes_too():
    data = pdf(lambda sheet: sheet.text(72, 100, NEEDLE), password="tide")
    from extractors.layout import Options

    document = extract(data, source="terms.pdf", options=Options(password="tide"))
    assert len(evidence_boxes(data, document, 0, len(NEEDLE), password="tide")) == 1


def test_every_clause_of_a_document_can_be_framed():
    from extractors.clauses import cut_clauses

    def one(sheet):
        sheet.text(72, 60, f"{sheet.number}. Section of the club", bold=True, size=12)
        sheet.paragraph(72, 90, 215, prose(6, 100 * sheet.number))
        sheet.paragraph(308, 90, 215, prose(6, 100 * sheet.number + 50))

    data = pdf(one, one)
    document = extract(data, source="terms.pdf", language="en")
    for clause in cut_clauses(document):
        found = evidence_boxes(data, document, clause.start, clause.end)
        assert {box.page for box in found} == set(range(clause.page_start, clause.page_end + 1))


def upright_when_shown(angle):
    """Draws so that a page turned by ``angle`` shows upright text, 72 points from its left and 100 from its top."""

    def one(sheet):
        sheet.canvas.setPageRotation(angle)  # lays the page's box on its side, too
        sheet.canvas.translate(*((100, 72) if angle == 90 else (HEIGHT - 100, WIDTH - 72)))
        sheet.canvas.rotate(angle)
        sheet.canvas.setFont("Helvetica", 10)
        sheet.canvas.drawString(0, 0, "The first line of a page that is turned before it is shown.")
        sheet.canvas.drawString(300, -40, "To the right.")

    return one


def sideways(up):
    def one(sheet):
        sheet.canvas.translate(*((100, 72) if up else (WIDTH - 100, HEIGHT - 72)))
        sheet.canvas.rotate(90 if up else 270)
        sheet.canvas.setFont("Helvetica", 10)
        sheet.canvas.drawString(0, 0, "The first line of a page that is set sideways for whatever reason.")
        sheet.canvas.drawString(600, -40, "To the right.")

    return one


@pytest.mark.parametrize("angle", [90, 270])
def test_a_turned_page_is_read_and_framed_as_it_is_shown(angle):
    data = pdf(upright_when_shown(angle))
    assert extract(data, source="a.pdf", language="en").text.startswith("The first line of a page")
    (box,) = boxes(data, "To the right.")
    assert (box.x0, box.bottom) == (pytest.approx(372, abs=1), pytest.approx(142, abs=3))


@pytest.mark.parametrize("up", [True, False], ids=["upward", "downward"])
def test_a_page_set_sideways_is_read_and_framed_where_it_stands(up):
    data = pdf(sideways(up))
    assert extract(data, source="a.pdf", language="en").text.startswith("The first line of a page")
    (box,) = boxes(data, "To the right.")
    assert box.bottom - box.top > 40 > box.x1 - box.x0
    middle = (140, HEIGHT - 72 - 630) if up else (WIDTH - 140, 72 + 630)
    assert ((box.x0 + box.x1) / 2, (box.top + box.bottom) / 2) == (
        pytest.approx(middle[0], abs=6),
        pytest.approx(middle[1], abs=8),
    )
