"""HTML on arbitrary and hostile input: exact offsets, reading order, bounded results, errors with advice."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import extract
from extractors.clauses import cut_clauses
from extractors.html import extract_html
from extractors.layout import Options, assemble
from smallprint.errors import DocumentError
from smallprint.records import Block, Document

BOXES = ["div", "section", "article", "main", "nav", "footer", "details", "summary", "button", "x-y"]
LISTS = ["ul", "ol", "li", "dl", "dt", "dd", "table", "tr", "td", "th"]
TAGS = [*BOXES, *LISTS, "p", "span", "b", "h2", "h4", "a", "br", "pre", "q", "sup"]
ATTRIBUTES = [
    "",
    ' class="nav menu"',
    ' class="content"',
    ' class="cookie-banner"',
    " hidden",
    ' style="display:none"',
    ' style="counter-reset: a"',
    ' id="x"',
    ' role="tabpanel"',
    ' aria-expanded="false"',
    ' start="3" type="a"',
    ' type="I" reversed',
    ' value="9"',
    ' href="#x"',
    ' lang="de"',
]
WORDS = st.text(alphabet="abc .,;:()19§é字\u00a0\u200b\u202e&<>\"'\n\t", max_size=40)
MARKUP = st.recursive(
    WORDS,
    lambda inner: st.builds(
        lambda tag, attribute, parts: f"<{tag}{attribute}>{''.join(parts)}</{tag}>",
        st.sampled_from(TAGS),
        st.sampled_from(ATTRIBUTES),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)


def read(data: bytes, source: str = "page.html") -> tuple[str, tuple[Block, ...]]:
    return assemble(extract_html(data, Options(source=source)).blocks)


def assert_exact(text: str, blocks: tuple[Block, ...]) -> None:
    """Blocks are in order, hold no white space at their ends, and only line breaks stand between them."""
    previous_end = 0
    for block in blocks:
        assert text[previous_end : block.start].strip("\n") == ""
        block_text = text[block.start : block.end]
        assert block_text
        assert block_text == block_text.strip()
        assert 0 <= block.generated <= len(block_text)
        assert 0 <= block.bold <= len(block_text)
        previous_end = block.end
    assert previous_end == len(text)


SHAPES = [
    "<p>{}</p>",
    "<h2>{}</h2>",
    "<ul><li>{}</li></ul>",
    "<ol><li><p>{}</p></li></ol>",
    "<div>{}</div>",
    "<div><span>{}</span></div>",
    "<blockquote><p>{}</p></blockquote>",
    "<section><div><p>{}</p></div></section>",
    "<table><tr><td>{}</td><td>cell</td></tr></table>",
    "<details><summary>More</summary><p>{}</p></details>",
]


def extract_or_error(data: bytes) -> Document | DocumentError:
    try:
        return extract(data, source="page.html", media_type="text/html")
    except DocumentError as error:
        return error


@given(MARKUP)
@settings(max_examples=300, deadline=None)
def test_offsets_are_exact_on_any_markup(markup: str) -> None:
    outcome = extract_or_error(f"<html><body>{markup}</body></html>".encode())
    if isinstance(outcome, DocumentError):
        assert outcome.code == "no_text"
        return
    assert_exact(outcome.text, outcome.blocks)
    for clause in cut_clauses(outcome):
        assert outcome.text[clause.start : clause.end] == clause.text


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_give_text_or_an_error_with_a_code(data: bytes) -> None:
    outcome = extract_or_error(b"<html><body><p>A sentence that stands on every page.</p>" + data)
    if isinstance(outcome, DocumentError):
        assert outcome.code in ("no_text", "needs_browser", "unsupported_type")
        return
    assert_exact(outcome.text, outcome.blocks)


@given(st.lists(st.sampled_from(SHAPES), min_size=1, max_size=25))
@settings(max_examples=200, deadline=None)
def test_every_sentence_of_a_plain_page_is_read_in_order(shapes: list[str]) -> None:
    sentence = "Word{0} of this page stands where its author put it, and a reader finds word{0} there again."
    body = "".join(shape.format(sentence.format(number)) for number, shape in enumerate(shapes))
    text, blocks = read(f"<html><body><main>{body}</main></body></html>".encode())
    assert_exact(text, blocks)
    assert [int(number) for number in re.findall(r"Word(\d+)", text)] == list(range(len(shapes)))


DEEP = [
    ("100,000 nested tags", b"<div>" * 100_000 + b"<p>The end of the tunnel is a sentence.</p>" + b"</div>" * 100_000),
    ("100,000 nested tags that are never closed", b"<div>" * 100_000 + b"The end of the tunnel is a sentence."),
    ("a million tags", b"<p><b></b></p>" * 500_000),
    ("300,000 tags that are never closed", b"<i>x<br>" * 100_000 + b"<br>" * 100_000),
    ("more paragraphs than any document", b"<p>Pay on time." * 110_000),
    ("nested lists and tables", b"<table><tr><td><ul><li>" * 20_000 + b"The end of the tunnel is a sentence."),
]


@pytest.mark.parametrize("data", [row[1] for row in DEEP], ids=[row[0] for row in DEEP])
def test_a_page_beyond_the_bounds_is_refused_with_advice(data: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        read(b"<html><body>" + data)
    assert caught.value.code in ("too_large", "malformed", "no_text")
    assert caught.value.advice


def test_1500_nested_elements_are_read() -> None:
    data = b"<html><body>" + b"<div>" * 1500 + b"<p>The end of the tunnel is a sentence.</p>"
    assert read(data)[0].startswith("The end")


def test_a_line_of_30_megabytes_is_read_whole() -> None:
    data = b"<html><body><p>" + b"You agree to pay the fee on the first day. " * 700_000 + b"</p></body></html>"
    assert len(data) > 30_000_000
    text, blocks = read(data)
    assert text.count("You agree") == 700_000
    assert len(blocks) == 1


INVISIBLE = [
    ("NUL bytes", b"pay\x00ment is due", "pay ment is due"),
    ("a right-to-left override", "We may \u202eton\u202c refund you".encode(), "We may ton refund you"),
    ("zero-width characters", "We shall\u200b not\ufeff re\u00adfund".encode(), "We shall not refund"),
    ("language tags", "Fees\U000e0041\U000e0042 apply".encode(), "Fees apply"),
]


@pytest.mark.parametrize(("raw", "visible"), [row[1:] for row in INVISIBLE], ids=[row[0] for row in INVISIBLE])
def test_invisible_characters_are_removed(raw: bytes, visible: str) -> None:
    assert visible in read(b"<html><body><p>" + raw + b", as these terms say.</p></body></html>")[0]


def test_thousands_of_style_rules_do_not_stop_the_reading() -> None:
    rules = "".join(f"div div div div .c{n} p:before {{ content: counter(c{n}) }}" for n in range(3000))
    body = "".join(f'<div class="c{n}">' for n in range(200)) + "<p>One sentence in many boxes.</p>" * 50
    text, _ = read(f"<html><head><style>{rules}</style></head><body>{body}</body></html>".encode())
    assert text.count("One sentence") == 50


def test_excess_class_names_and_counters_are_ignored() -> None:
    rules = "".join(f".c{n} {{ font-weight: 400 }}" for n in range(3000))
    rules += "p:before { content: " + "counter(a) " * 5000 + "}"
    names = " ".join(f"c{n}" for n in range(3000))
    body = f'<div class="{names}"><p>One sentence in a box of many names.</p></div>' * 300
    text, _ = read(f"<html><head><style>{rules}</style></head><body>{body}</body></html>".encode())
    assert text.count("One sentence") == 300
    assert len(text) < 100_000


def test_deeply_nested_json_in_scripts_is_ignored() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    visible = "<p>A short page about a fee that you pay to us on the first of each month.</p>"
    scripts = f'<script type="application/json">{deep}</script><script>x={deep}</script>'
    page = f"<html><body>{visible}{scripts}</body></html>"
    assert read(page.encode())[0].startswith("A short page about a fee")


SHELLS = [
    ("an empty root element", b'<div id="root"></div><script src="/a.js"></script>'),
    ("a note about JavaScript", b"<noscript>Please enable JavaScript.</noscript><script>go()</script>"),
    ("a loading line", b"<p>Loading, please wait a moment ...</p><script src=/a.js></script>"),
    (
        "a check of the browser",
        b"<h1>Just a moment...</h1><p>Checking your browser.</p><script>c()</script>",
    ),
]


@pytest.mark.parametrize("body", [row[1] for row in SHELLS], ids=[row[0] for row in SHELLS])
def test_a_page_that_scripts_fill_is_refused_with_the_option_that_reads_it(body: bytes) -> None:
    with pytest.raises(DocumentError) as caught:
        read(b"<!doctype html><html><head><title>Terms</title></head><body>" + body + b"</body></html>")
    assert caught.value.code == "needs_browser"
    assert "--render" in caught.value.advice


def test_a_rendered_page_without_text_is_not_advised_to_render() -> None:
    page = b"<!doctype html><html><body><div id=root></div><script src=/a.js></script></body></html>"
    with pytest.raises(DocumentError) as caught:
        extract_html(page, Options(render=True))
    assert (caught.value.code, "--render" in caught.value.advice) == ("no_text", False)


FEE = "You agree to pay the fee on the first day of every month."
WITHOUT_BODY_TAG = [
    ("with a title before it", f"<!doctype html><title>Terms</title><main><p>{FEE}</p></main>"),
    ("with a head before it", f"<html><head><title>Terms</title></head><section><p>{FEE}</p></section></html>"),
    ("with more text after it", f"<title>Terms</title><article><p>{FEE}</p></article>This is all.<footer>f</footer>"),
]


@pytest.mark.parametrize("page", [row[1] for row in WITHOUT_BODY_TAG], ids=[row[0] for row in WITHOUT_BODY_TAG])
def test_a_page_without_a_body_tag_is_read(page: str) -> None:
    assert read(page.encode())[0].startswith(FEE)


EMPTY = [
    ("no bytes at all", b"", "empty"),
    ("an empty body", b"<html><body></body></html>", "no_text"),
    ("white space only", b"<html><body><p>&nbsp;</p> <div>\n</div></body></html>", "no_text"),
    ("pictures only", b"<html><body><img src=a.png alt=''><svg><path/></svg></body></html>", "no_text"),
    ("a picture named page.html", b"\x89PNG\r\n\x1a\n\x00\x00", "unsupported_type"),
    ("a gzip file named page.html", b"\x1f\x8b\x08\x00\x00\x00", "unsupported_type"),
]


@pytest.mark.parametrize(("data", "code"), [row[1:] for row in EMPTY], ids=[row[0] for row in EMPTY])
def test_a_page_without_text_is_refused_with_advice(data: bytes, code: str) -> None:
    with pytest.raises(DocumentError) as caught:
        extract(data, source="page.html", media_type="text/html")
    assert (caught.value.code, bool(caught.value.advice)) == (code, True)


ENCODINGS = [
    ("declared Latin-1 read as browsers do", "<meta charset=iso-8859-1><p>It’s “fair”, costs 5 €.</p>", "windows-1252"),
    ("UTF-8 that claims to be Latin-1", "<meta charset=iso-8859-1><p>It’s “fair”, costs 5 €.</p>", "utf-8"),
    ("UTF-16 with a mark", "<p>It’s “fair”, costs 5 €.</p>", "utf-16"),
    ("UTF-16 without a mark", "<html><body><p>It’s “fair”, costs 5 €.</p></body></html>", "utf-16-le"),
    ("UTF-8 with a mark", "<p>It’s “fair”, costs 5 €.</p>", "utf-8-sig"),
    ("Japanese", "<meta charset=shift_jis><p>It’s 本規約は “fair” 。</p>", "cp932"),
]  # fmt: skip


@pytest.mark.parametrize(("page", "encoding"), [row[1:] for row in ENCODINGS], ids=[row[0] for row in ENCODINGS])
def test_the_encoding_is_detected_from_the_bytes(page: str, encoding: str) -> None:
    text, _ = read(f"<!doctype html><title>Terms</title>{page}".encode(encoding))
    assert "It’s" in text
    assert "“fair”" in text


RULES = "what you may do here is written below. " * 8
HUB = "".join(
    f'<section id="{name}"><h2>{title}</h2><p>{title} of the harbor: {RULES}</p></section>'
    for name, title in (("terms", "Terms of Use"), ("privacy", "Privacy Policy"), ("cookies", "Cookie Policy"))
)


@pytest.mark.parametrize(
    ("source", "title"),
    [("https://harbor.example/legal#privacy", "Privacy Policy"), ("Harbor__Cookie_Policy.html", "Cookie Policy")],
    ids=["by the fragment of its address", "by the name of its file"],
)
def test_one_of_several_documents_on_a_page_can_be_selected(source: str, title: str) -> None:
    page = f"<html><body><main>{HUB}</main></body></html>".encode()
    extraction = extract_html(page, Options(source=source))
    assert [block.text for block in extraction.blocks if block.kind == "heading"] == [title]
    assert [warning.code for warning in extraction.warnings] == ["several_documents"]


def test_a_block_carries_the_id_or_name_of_its_element() -> None:
    body = b'<h2 id="fees">Fees</h2><p>You pay on the first.</p><p><a name="late"></a>Late fees apply.</p>'
    page = b"<html><body><main>" + body + b"</main></body></html>"
    assert [block.anchor for block in extract_html(page, Options()).blocks] == ["fees", None, "late"]


def test_visible_text_is_preferred_to_script_data() -> None:
    visible = "".join(f"<p>Shown sentence {n} is what a reader of this page sees on it.</p>" for n in range(40))
    state = json.dumps({"html": "<p>" + "Text that only scripts know of. " * 100 + "</p>"})
    text, _ = read(f"<html><body>{visible}<script>window.s = {state}</script></body></html>".encode())
    assert "only scripts know" not in text
