"""Plain text: line ends, blank lines, indents and capitals become blocks, in any character set."""

import pytest

from extractors import extract
from extractors.clauses import cut_clauses
from extractors.text import decode
from smallprint.errors import DocumentError
from tests.extractors.contract import assert_document, assert_tiles

SENTENCE = (
    "Members of the tide club pay on the first day of each month and may leave at any time without giving a reason."
)
TWICE = f"{SENTENCE} {SENTENCE}"


def read(text, charset="utf-8"):
    document = extract(text.encode(charset), source="terms.txt", language="en")
    assert_document(document)
    assert_tiles(document, cut_clauses(document))
    return document


def kinds(document):
    return [(block.kind, block.level, document.text[block.start : block.end]) for block in document.blocks]


def wrapped(text, width, indent=""):
    import textwrap

    return "\n".join(textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f"{SENTENCE}\n\n{SENTENCE}", [("paragraph", None, SENTENCE)] * 2, id="blank lines separate paragraphs"
        ),
        pytest.param(
            "\n\n".join(wrapped(SENTENCE * 3, 60) for _ in range(4)),
            [("paragraph", None, SENTENCE * 3)] * 4,
            id="wrapped lines are joined",
        ),
        pytest.param(f"{TWICE}\n{TWICE}", [("paragraph", None, TWICE)] * 2, id="long lines are paragraphs"),
        pytest.param(
            "TIDE CLUB TERMS\n\n" + SENTENCE,
            [("heading", 1, "TIDE CLUB TERMS"), ("paragraph", None, SENTENCE)],
            id="a title opens the text",
        ),
        pytest.param(
            f"Tide Club\n=========\n\n{SENTENCE}\n\nLeaving\n-------\n\n{SENTENCE}",
            [
                ("heading", 1, "Tide Club"),
                ("paragraph", None, SENTENCE),
                ("heading", 2, "Leaving"),
                ("paragraph", None, SENTENCE),
            ],
            id="underlined titles",
        ),
        pytest.param(
            f"Terms\n\n4. Refunds\n\n{SENTENCE}\n\n4.1 Late refunds\n\n{SENTENCE}",
            [
                ("heading", 1, "Terms"),
                ("heading", 2, "4. Refunds"),
                ("paragraph", None, SENTENCE),
                ("heading", 3, "4.1 Late refunds"),
                ("paragraph", None, SENTENCE),
            ],
            id="numbered titles nest by their number",
        ),
        pytest.param(
            f"{SENTENCE}\n\nYou may not:\n  - copy it;\n  - sell it, which means\n    * for money,\n    * for a favor.",
            [
                ("paragraph", None, SENTENCE),
                ("paragraph", None, "You may not:"),
                ("list_item", 1, "copy it;"),
                ("list_item", 1, "sell it, which means"),
                ("list_item", 2, "for money,"),
                ("list_item", 2, "for a favor."),
            ],
            id="items nest by their indent",
        ),
        pytest.param(
            "2.2 You may not join if you\n\n(a) are a pirate; or\n\n(b) cannot swim.",
            [
                ("paragraph", None, "2.2 You may not join if you"),
                ("list_item", 1, "(a) are a pirate; or"),
                ("list_item", 1, "(b) cannot swim."),
            ],
            id="a sentence that items complete is not a title",
        ),
        pytest.param(
            f"Contents\n\n1. Fees\n2. Refunds\n3. Law\n\n{SENTENCE}",
            [
                ("heading", 1, "Contents"),
                ("paragraph", None, "1. Fees"),
                ("paragraph", None, "2. Refunds"),
                ("paragraph", None, "3. Law"),
                ("paragraph", None, SENTENCE),
            ],
            id="numbered titles in a row are a list",
        ),
    ],
)
def test_lines_become_blocks(text, expected):
    assert kinds(read(text)) == expected


def test_a_hyphen_at_the_end_of_a_wrapped_line_is_kept():
    text = "\n\n".join(
        wrapped(SENTENCE * 2 + " a non-refundable, long-standing fee. " + SENTENCE, 50) for _ in range(3)
    )
    assert "non-refundable, long-standing fee." in read(text).text


def test_line_ends_of_all_systems_give_the_same_text():
    texts = {
        read(end.join(["TERMS", "", SENTENCE, "", SENTENCE])).text for end in ("\n", "\r\n", "\r", "\u2028", "\x0b")
    }
    assert texts == {f"TERMS\n\n{SENTENCE}\n\n{SENTENCE}"}


@pytest.mark.parametrize(
    ("charset", "word", "guessed"),
    [
        ("utf-8", "Füße – zł – 你", False),
        ("utf-8-sig", "Füße", False),
        ("utf-16", "Füße – zł – 你", False),
        ("utf-32", "Füße", False),
        ("cp1252", "Füße – “café”", True),
        ("utf-16-le", "Fees apply", True),
        ("utf-16-be", "Füße – zł", True),
    ],
)
def test_the_character_set_is_detected_from_the_bytes(charset, word, guessed):
    text, warnings = decode(f"{word} {SENTENCE}".encode(charset))
    assert text.lstrip("\ufeff") == f"{word} {SENTENCE}"
    assert [warning.code for warning in warnings] == (["charset_guessed"] if guessed else [])


def test_polish_in_windows_1250_is_read_with_a_warning():
    text = "Usługodawca może wypowiedzieć umowę, jeżeli użytkownik narusza postanowienia niniejszego regulaminu. " * 5
    document = read(text, "cp1250")
    assert "może wypowiedzieć umowę" in document.text
    assert document.warnings[0].code == "charset_guessed"


def test_invisible_characters_and_changes_of_direction_are_removed():
    document = read(f"Pay \u202eoneht\u202c to\u200b the cl\u00adub.\x07 {SENTENCE}\ufeff\ud7ff")
    assert document.text.startswith("Pay oneht to the club. Members")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(b" \n\t\n", "no_text", id="white space"),
        pytest.param("\u200b\u202e\n".encode(), "no_text", id="invisible characters"),
        pytest.param(b"\x00\x01\x02\x03" * 200, "unsupported_type", id="bytes that are not text"),
        pytest.param(b"a\n" * 1_200_000, "too_large", id="more lines than any document"),
        pytest.param(b"a\n\n" * 300_000, "too_large", id="more paragraphs than any document"),
    ],
)
def test_files_without_readable_text_are_refused_with_a_one_line_error(data, code):
    with pytest.raises(DocumentError) as caught:
        extract(data, source="terms.txt")
    assert (caught.value.code, "\n" in str(caught.value)) == (code, False)


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        pytest.param("x", 30_000_000, id="thirty megabytes of one word"),
        pytest.param("word ", 3_000_000, id="words without a stop"),
        pytest.param("Yes. No. ", 1_000_000, id="short sentences"),
    ],
)
def test_one_endless_line_is_cut_into_bounded_clauses(unit, size):
    document = extract((unit * (size // len(unit))).encode(), source="terms.txt", language="en")
    clauses = cut_clauses(document)
    assert max(len(clause.text) for clause in clauses) <= 4000
    assert sum(len(clause.text) for clause in clauses) > 0.99 * len(document.text.rstrip())
