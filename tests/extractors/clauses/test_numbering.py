"""Numbers in front of lines: labels as cited, readings that can be counted, and prose that has none."""

import pytest

from extractors.clauses.numbering import parse_marker, roman_value


@pytest.mark.parametrize(
    ("line", "label", "readings", "rest"),
    [
        ("1. Fees", "1", [("1.", (1,))], "Fees"),
        ("1.1 Fees", "1.1", [("decimal", (1, 1))], "Fees"),
        ("1.1.1. Fees", "1.1.1", [("decimal", (1, 1, 1))], "Fees"),
        ("4.0 Fees", "4.0", [("decimal", (4,))], "Fees"),
        ("(a) fees", "(a)", [("(a)", (1,))], "fees"),
        ("a) fees", "a)", [("a)", (1,))], "fees"),
        ("(i) fees", "(i)", [("(a)", (9,)), ("(i)", (1,))], "fees"),
        ("(iv) fees", "(iv)", [("(i)", (4,))], "fees"),
        ("iv. fees", "iv", [("i.", (4,))], "fees"),
        ("A. Fees", "A", [("A.", (1,))], "Fees"),
        ("(2) Fees", "(2)", [("(1)", (2,))], "Fees"),
        ("10A. Fees", "10A", [("1.", (10,))], "Fees"),
        ("A.1 Fees", "A.1", [("decimal A", (1, 1))], "Fees"),
        ("IX.2 Fees", "IX.2", [("decimal", (9, 2))], "Fees"),
        ("1.Fees", "1", [("1.", (1,))], "Fees"),
        ("1.- Objeto", "1", [("1.", (1,))], "Objeto"),
        ("1º Objeto", "1", [("1.", (1,))], "Objeto"),
        ("Section 4 Fees", "4", [("section", (4,))], "Fees"),
        ("Section 4: Fees", "4", [("section", (4,))], "Fees"),
        ("ARTICLE IX", "IX", [("article", (9,))], ""),
        ("Article IX. Fees", "IX", [("article", (9,))], "Fees"),
        ("Clause 3 - Fees", "3", [("section", (3,))], "Fees"),
        ("Schedule 1", "Schedule 1", [("annex", (1,))], ""),
        ("ANNEX II", "Annex II", [("annex", (2,))], ""),
        ("§5 Gebühren", "§ 5", [("§", (5,))], "Gebühren"),
        ("§ 5 Abs. 2 Gebühren", "§ 5 Abs. 2", [("§", (5,))], "Gebühren"),
        ("Ziffer 3 Gebühren", "3", [("section", (3,))], "Gebühren"),
        ("Artículo 4. Objeto", "4", [("article", (4,))], "Objeto"),
        ("Articolo 5 – Oggetto", "5", [("article", (5,))], "Oggetto"),
        ("Art. 3 Oggetto", "3", [("article", (3,))], "Oggetto"),
        ("Artykuł 3", "3", [("article", (3,))], ""),
        ("§ 4 ust. 2 Opłaty", "§ 4 ust. 2", [("§", (4,))], "Opłaty"),
        ("PRIMERA.- OBJETO", "PRIMERA", [("ordinal", (1,))], "OBJETO"),
    ],
)
def test_printed_numbers_are_parsed(line, label, readings, rest):
    marker = parse_marker(line)
    assert marker is not None
    assert marker.label == label
    assert [(reading.style, reading.path) for reading in marker.readings] == readings
    assert line[marker.end :] == rest


def test_numbers_in_a_chain_are_nested_markers():
    marker = parse_marker("4.2(b)(iv) Fees")
    assert marker is not None
    assert (marker.label, [nested.label for nested in marker.nested]) == ("4.2", ["(b)", "(iv)"])


@pytest.mark.parametrize(
    "line",
    [
        "2024 was a good year",
        "10.00 USD a month",
        "12.3.2031 is the day",
        "1.000 EUR",
        "5% of the fee",
        "24/7 support",
        "3D printing",
        "B2B services",
        "U.S. law applies",
        "e.g. a phone",
        "i agree",
        "a fee is due",
        "Part a of the plan",
        "no. 5",
        "$5. That is all",
        "",
    ],
)
def test_prose_does_not_begin_with_a_number(line):
    assert parse_marker(line) is None


@pytest.mark.parametrize("line", ["Section 230 protects hosts", "5 guests may come", "§ 7 gilt entsprechend"])
def test_a_number_that_prose_may_begin_with_is_not_explicit(line):
    marker = parse_marker(line)
    assert marker is not None
    assert not marker.explicit


@pytest.mark.parametrize(
    ("text", "value"),
    [("i", 1), ("iv", 4), ("IX", 9), ("xiv", 14), ("xl", 40), ("iiii", None), ("vx", None), ("abc", None), ("", None)],
)
def test_roman_numerals_have_one_spelling(text, value):
    assert roman_value(text) == value
