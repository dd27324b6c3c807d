"""What a line of a contract looks like: numbers, bullets, titles, dates, and what goes on with the line before."""

import pytest

from extractors.line_shapes import (
    depth,
    disguised_level,
    goes_on,
    is_caps,
    is_date,
    is_dated,
    is_number,
    is_numbered_title,
    is_title,
    split_bullet,
    split_marker,
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
    ("line", "yes"),
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
def test_a_date_is_told_from_a_title(line, yes):
    assert is_date(line) is yes


@pytest.mark.parametrize(
    ("line", "yes"),
    [
        ("4. Refunds", True),
        ("Section 2 - Fees", True),
        ("IX. TERM AND TERMINATION", True),
        ("2.2 Who may not join. You may not use it if you", False),
        ("(a) pay", False),
        ("Refunds", False),
    ],
)
def test_a_numbered_title_is_told_from_a_numbered_sentence(line, yes):
    assert is_numbered_title(line) is yes


@pytest.mark.parametrize(
    ("line", "yes"),
    [("(a) are a pirate;", True), ("• sell it", True), ("sell it", True), ("(a) You pay.", False), ("4. Fees", False)],
)
def test_an_item_in_small_letters_goes_on_with_the_sentence_above(line, yes):
    assert goes_on(line) is yes


@pytest.mark.parametrize(
    ("line", "yes"), [("1.2", True), ("1.2 ", True), ("(a)", True), ("1.2 Fees", False), ("Fees", False)]
)
def test_a_number_alone_is_known(line, yes):
    assert is_number(line) is yes


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
    assert disguised_level(text, bold=bold, declared=declared) == level


def test_depth_counts_the_parts_of_a_number():
    assert [depth(number) for number in ("4.", "4.2", "4.2.1", "(a)", "Article IX")] == [1, 2, 3, 1, 1]
    assert is_dated("Stand: 3.5.2031")
