"""Markdown: what a reader of the rendered page sees, with numbers and nesting, without markup and addresses."""

import pytest

from extractors import extract
from extractors.clauses import cut_clauses
from smallprint.errors import DocumentError
from tests.extractors.contract import assert_document, assert_tiles

LONG = "Members of the tide club pay on the first day of each month and may leave at any time."


def read(text):
    document = extract(text.encode(), source="terms.md", language="en")
    assert_document(document)
    assert_tiles(document, cut_clauses(document))
    return document


def kinds(text):
    document = read(text)
    return [(b.kind, b.level, document.text[b.start : b.end]) for b in document.blocks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("# Terms\n\n## Fees #", [("heading", 1, "Terms"), ("heading", 2, "Fees")], id="headings"),
        pytest.param("Terms\n=====\n\nFees\n----", [("heading", 1, "Terms"), ("heading", 2, "Fees")], id="underlined"),
        pytest.param(
            "# Terms\n\n**Fees**\n\nPay.",
            [("heading", 1, "Terms"), ("heading", 2, "Fees"), ("paragraph", None, "Pay.")],
            id="a bold line is a heading below the last that is declared",
        ),
        pytest.param(
            "1. Pay.\n2. Stay:\n   - a day\n     1. or two\n   - a week",
            [
                ("list_item", 1, "1. Pay."),
                ("list_item", 1, "2. Stay:"),
                ("list_item", 2, "a day"),
                ("list_item", 3, "1. or two"),
                ("list_item", 2, "a week"),
            ],
            id="lists nest and keep their numbers",
        ),
        pytest.param(
            "1. One.\n1. Two.\n1. Three.",
            [("list_item", 1, "1. One."), ("list_item", 1, "2. Two."), ("list_item", 1, "3. Three.")],
            id="a list of ones is counted as the page does",
        ),
        pytest.param("7. Seven.\n8. Eight.", [("list_item", 1, "7. Seven."), ("list_item", 1, "8. Eight.")],
                     id="a list may begin anywhere"),
        pytest.param("1. 4.2 Notice.\n2. 4.3 Law.", [("list_item", 1, "4.2 Notice."), ("list_item", 1, "4.3 Law.")],
                     id="an item that prints its own number keeps only that"),
        pytest.param(
            "- Pay.\n\n  By card.",
            [("list_item", 1, "Pay."), ("paragraph", 1, "By card.")],
            id="a further paragraph of an item belongs to its list",
        ),
        pytest.param(
            "| Data | Use |\n| --- | --- |\n| Name | **Letters**<br>and parcels |",
            [("table_row", None, "Data | Use"), ("table_row", None, "Name | Letters\nand parcels")],
            id="a table",
        ),
        pytest.param(
            "| | |\n| --- | --- |Terms of Use\n| Name | Letters |",
            [("table_row", None, "Terms of Use"), ("table_row", None, "Name | Letters")],
            id="a first row on the line under the head",
        ),
        pytest.param(
            "2.2 You may not use it if you\n\n(a) are a pirate; or\n\n(b) cannot swim.",
            [
                ("paragraph", None, "2.2 You may not use it if you"),
                ("list_item", 1, "(a) are a pirate; or"),
                ("list_item", 1, "(b) cannot swim."),
            ],
            id="a sentence that items complete is not a heading",
        ),
        pytest.param("```\nif late:\n    pay\n```", [("paragraph", None, "if late:\npay")], id="fenced text is text"),
        pytest.param("    Four spaces are not code.", [("paragraph", None, "Four spaces are not code.")], id="indent"),
        pytest.param("> We **may** change it.", [("paragraph", None, "We may change it.")], id="a quotation"),
    ],
)  # fmt: skip
def test_markup_becomes_blocks(text, expected):
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "visible"),
    [
        pytest.param('See [the rules](https://tide.example/rules "t").', "See the rules.", id="a link"),
        pytest.param("See [Fees](#Section B).", "See Fees.", id="a link with a space in its target"),
        pytest.param("![logo](logo.png)We pay.", "We pay.", id="a picture"),
        pytest.param("We <b>may</b> end<br>this.<!-- never -->", "We may end\nthis.", id="inline HTML"),
        pytest.param("<div>We <i>may</i> end.</div>\n<script>evil()</script>", "We may end.", id="blocks of HTML"),
        pytest.param("5 \\* 3 &amp; a\\_b", "5 * 3 & a_b", id="escapes and entities"),
        pytest.param("one  \ntwo\nthree", "one\ntwo three", id="hard and soft line ends"),
        pytest.param("**Title **is bold.", "Title is bold.", id="stray emphasis"),
        pytest.param("We use `cookies` here.", "We use cookies here.", id="code"),
        pytest.param("snake_case_name stays", "snake_case_name stays", id="underscores inside words"),
        pytest.param("§ 5 · 10\\. Fees", "§ 5 · 10. Fees", id="an escaped full stop"),
    ],
)  # fmt: skip
def test_inline_markup_is_removed(text, visible):
    assert read(text).text == visible


@pytest.mark.parametrize(
    ("text", "bold"),
    [
        pytest.param("**Fees.** You pay.", "Fees.", id="a bold title"),
        pytest.param("1.2 **Fees.** You pay.", "1.2 Fees.", id="a plain number belongs to the bold title after it"),
        pytest.param("You **must** pay.", "", id="bold in the middle is no beginning"),
        pytest.param("1.2 You **must** pay.", "", id="a number alone is no title"),
    ],
)
def test_the_bold_beginning_of_a_paragraph_is_measured(text, bold):
    document = read(text + "\n\n" + LONG)
    assert document.text[: document.blocks[0].bold] == bold


def test_front_matter_gives_the_title_and_is_left_out():
    document = read("---\ntitle: 'Tide Club Terms'\ndate: 2031\n---\n# Fees\n\nPay.")
    assert (document.title, document.text) == ("Tide Club Terms", "Fees\n\nPay.")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("[" * 200_000, "markup_ignored", id="brackets that never close"),
        pytest.param("> " * 5_000 + "a", "markup_ignored", id="quotations in quotations"),
        pytest.param("".join(f"{'  ' * depth}- a\n" for depth in range(400)), "markup_ignored", id="lists in lists"),
    ],
)
def test_markup_too_dense_to_parse_is_read_as_text_with_a_warning(text, code):
    assert [warning.code for warning in read(text).warnings] == [code]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("*a " * 50_000, id="stars that never close"),
        pytest.param("**a" * 50_000, id="double stars"),
        pytest.param("`a " * 50_000, id="ticks"),
        pytest.param("".join("`" * n + "a" for n in range(700)), id="ticks of every length"),
        pytest.param("<a " * 50_000, id="angles"),
        pytest.param("&a;" * 50_000, id="entities"),
        pytest.param("|a" * 20_000 + "\n" + "|-" * 20_000, id="a table of twenty thousand columns"),
        pytest.param("".join(f"[a{n}]: /x\n" for n in range(4_000)) + "end", id="definitions of links"),
    ],
)
def test_hostile_markup_is_read(text):
    """At these sizes anything slower than linear time would not end."""
    assert read(text).text


def test_more_lines_than_any_document_are_refused():
    with pytest.raises(DocumentError) as caught:
        read("a\n" * 1_200_000)
    assert caught.value.code == "too_large"
