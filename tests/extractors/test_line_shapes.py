"""Lines of contracts by their look: numbers, bullets, titles, dates, and lines that continue a sentence."""

import pytest

from extractors.line_shapes import (
    continues_sentence,
    has_update_date,
    is_caps,
    is_date,
    is_number,
    is_numbered_title,
    is_title,
    number_depth,
    split_bullet,
    split_marker,
    unmarked_heading_level,
)


@pytest.mark.parametrize(
    ("line", "number", "rest"),
    [
        ("4.2 Notice", "4.2", "Notice"),
        ("(b) sell it", "(b)", "sell it"),
        ("Article IX Term", "Article IX", "Term"),
        ("§ 5 Laufzeit", "§ 5", "Laufzeit"),
        ("iv. leave", "iv.", "leave"),
        ("Section 4: Fees", "Section 4:", "Fees"),
        ("2024 was warm", "", "2024 was warm"),
        ("Mr. Roe pays", "", "Mr. Roe pays"),
        ("10.00 dollars", "10.00", "dollars"),
        ("e.g. a kettle", "", "e.g. a kettle"),
    ],
)
def test_the_number_in_front_is_split_off(line, number, rest):
    assert split_marker(line) == (number, rest)


@pytest.mark.parametrize(
    ("line", "rest"),
    [
        ("• pay", "pay"),
        ("•pay", "pay"),
        ("- pay", "pay"),
        ("– pay", "pay"),
        ("o pay", "pay"),
        ("\uf0b7 pay", "pay"),
        ("-5 degrees", "-5 degrees"),
        ("over", "over"),
    ],
)
def test_the_bullet_in_front_is_split_off(line, rest):
    assert split_bullet(line)[1] == rest


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("January 3, 2024", True),
        ("3 January 2024", True),
        ("3. Mai 2024", True),
        ("3 de mayo de 2024", True),
        ("1er janvier 2024", True),
        ("2024-01-03", True),
        ("03/01/2024", True),
        ("Terms of 2024", False),
        ("Version of January 3, 2024", False),
        ("4.2 Notice", False),
    ],
)
def test_a_line_that_is_only_a_date_is_recognized(line, expected):
    assert is_date(line) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("4. Refunds", True),
        ("Section 2 - Fees", True),
        ("IX. TERM AND TERMINATION", True),
        ("2.2 Who may not join. You may not use it if you", False),
        ("(a) pay", False),
        ("Refunds", False),
    ],
)
def test_numbered_titles_are_distinguished_from_numbered_sentences(line, expected):
    assert is_numbered_title(line) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [("(a) are a pirate;", True), ("• sell it", True), ("sell it", True), ("(a) You pay.", False), ("4. Fees", False)],
)
def test_a_lower_case_item_continues_the_sentence_above(line, expected):
    assert continues_sentence(line) is expected


@pytest.mark.parametrize(
    ("line", "expected"), [("1.2", True), ("1.2 ", True), ("(a)", True), ("1.2 Fees", False), ("Fees", False)]
)
def test_a_line_that_is_only_a_number_is_recognized(line, expected):
    assert is_number(line) is expected


@pytest.mark.parametrize(
    ("line", "caps", "title"),
    [
        ("GOVERNING LAW", True, True),
        ("ÜBER UNS", True, True),
        ("EU", False, True),
        ("我们的服务", False, True),
        ("Governing law", False, True),
        ("We pay.", False, False),
        ("pay by card", False, False),
        ("Last updated May 3, 2031", False, False),
    ],
)
def test_capitals_and_titles(line, caps, title):
    assert (is_caps(line), is_title(line)) == (caps, title)


@pytest.mark.parametrize(
    ("text", "bold", "declared", "level"),
    [
        ("Fees", True, 2, 3),
        ("Governing Law, Venue and Waiver of Class Actions.", True, 1, 2),
        ("This section applies to all disputes between us.", True, 1, None),
        ("4.2 Refunds", False, 0, 3),
        ("Fees", False, 2, None),
        ("Effective May 3, 2031", True, 1, None),
    ],
)
def test_a_paragraph_that_acts_as_a_heading_has_a_level(text, bold, declared, level):
    assert unmarked_heading_level(text, bold=bold, declared=declared) == level


def test_the_depth_of_a_number_is_the_count_of_its_parts():
    assert [number_depth(number) for number in ("4.", "4.2", "4.2.1", "(a)", "Article IX")] == [1, 2, 3, 1, 1]


@pytest.mark.parametrize("line", ["Stand: 3.5.2031", "Last updated May 3, 2031", "Effective as of 2031"])
def test_a_line_that_gives_the_date_of_the_document_is_recognized(line):
    assert has_update_date(line)
