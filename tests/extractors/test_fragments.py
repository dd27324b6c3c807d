"""Links to a span: text fragments that are unique in the document, and that a real browser scrolls to."""

import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors import extract
from extractors.clauses import cut_clauses
from extractors.fragments import text_directive, url_at
from extractors.layout import RawBlock, assemble
from smallprint.records import Document

SAMPLES = Path(__file__).parents[2] / "samples"
PAGES = sorted(SAMPLES.rglob("*.html"))


def document_of(*blocks: RawBlock) -> Document:
    text, assembled = assemble(blocks)
    return Document(
        source="t",
        media_type="text/html",
        sha256="0" * 64,
        title=None,
        language="en",
        extractor="html/1",
        text=text,
        blocks=assembled,
    )


def paragraph(text: str, generated: int = 0, anchor: str | None = None) -> RawBlock:
    return RawBlock(kind="paragraph", text=text, generated=generated, anchor=anchor)


def directive_for(document: Document, quote: str) -> str | None:
    start = document.text.rindex(quote)
    return text_directive(document, start, start + len(quote))


DOCUMENT = document_of(
    RawBlock(kind="heading", level=1, text="Terms"),
    RawBlock(kind="heading", level=2, text="4. Fees", anchor="fees"),
    paragraph("You pay the fee, 5 % of the price - plus tax, on the first day & in full."),
    RawBlock(kind="list_item", level=1, text="a. We may raise the fee.", generated=3),
    paragraph("We may raise the fee once a year, and we tell you one month before we do it, by mail or by telephone."),
    RawBlock(kind="table_row", text="Late payment | 2 EUR a day"),
    RawBlock(kind="heading", level=2, text="Fees"),
    paragraph("We don’t refund fees."),
)

DIRECTIVES = [
    ("a long span by its ends", "We may raise the fee once a year, and we tell you one month before we do it",
     "text=We%20may%20raise%20the%20fee%20once%20a%20year%2C%20and%20we%20tell%20you%20one%20month,before%20we%20do%20it"),
    ("a comma, a dash and an ampersand are encoded", "price - plus tax, on the first day & in full",
     "text=price%20%2D%20plus%20tax%2C%20on%20the%20first%20day%20%26%20in%20full"),
    ("a generated number is not on the page", "a. We may raise the fee.",
     "text=We%20may%20raise%20the%20fee.,-We%20may%20raise"),
    ("a title with what follows it", "4. Fees", "text=Fees,-You%20pay%20the"),
    ("a later title by what follows it", "Fees", "text=Fees,-We%20don%E2%80%99t%20refund"),
    ("a cell of a table", "2 EUR a day", "text=2%20EUR%20a%20day,-Fees"),
    ("a word with an apostrophe is whole", "We don’t refund fees", "text=We%20don%E2%80%99t%20refund%20fees"),
]  # fmt: skip


@pytest.mark.parametrize(("quote", "directive"), [row[1:] for row in DIRECTIVES], ids=[row[0] for row in DIRECTIVES])
def test_a_span_becomes_a_directive(quote: str, directive: str) -> None:
    assert directive_for(DOCUMENT, quote) == directive


def test_a_span_without_words_has_no_directive() -> None:
    document = document_of(paragraph("Fees: ..."), paragraph("—"))
    assert directive_for(document, "—") is None


def test_repeated_words_in_the_same_context_have_an_id_and_no_directive() -> None:
    paragraphs = [
        paragraph("We pay.", anchor="first"),
        paragraph("Same."),
        paragraph("Same."),
        paragraph("Same.", anchor="last"),
    ]
    document = document_of(*paragraphs)
    start = document.text.rindex("Same")
    assert text_directive(document, start, start + 4) is None
    assert url_at("https://k.example/terms", document, start, start + 4) == "https://k.example/terms#last"


def test_the_nearest_id_precedes_the_directive() -> None:
    start = DOCUMENT.text.index("on the first day")
    url = url_at("https://k.example/terms?a=1#top", DOCUMENT, start, start + 16)
    assert url == "https://k.example/terms?a=1#fees:~:text=on%20the%20first%20day,-%26%20in%20full"


def first_match(directive: str, text: str) -> int:
    """The offset that a browser would scroll to, going by the text alone."""
    parts = directive.removeprefix("text=").split(",")
    prefix = parts.pop(0)[:-1] if parts[0].endswith("-") else ""
    suffix = parts.pop()[1:] if parts[-1].startswith("-") else ""
    patterns = [re.escape(unquote(part)) for part in parts]
    pattern = (rf"{re.escape(unquote(prefix))}\s*" if prefix else "") + rf"(?P<start>(?<!\w){patterns[0]}(?!\w))"
    pattern += rf"\s*{re.escape(unquote(suffix))}" if suffix else ""
    pattern += rf"(?s:.*?){patterns[1]}" if len(patterns) > 1 else ""
    match = re.search(pattern, text, re.IGNORECASE)
    assert match is not None
    return match.start("start")


WORDS = ["fee", "we", "pay", "the", "(tax)", "may,", "not", "5.2", "co-op", "don’t"]
SENTENCES = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), min_size=1, max_size=12)


@given(SENTENCES, st.data())
@settings(max_examples=400, deadline=None)
def test_the_first_match_of_a_directive_is_the_span(sentences: list[list[str]], data: st.DataObject) -> None:
    document = document_of(*(paragraph(" ".join(words)) for words in sentences))
    start = data.draw(st.integers(0, len(document.text) - 1))
    end = data.draw(st.integers(start + 1, len(document.text)))
    directive = text_directive(document, start, end)
    if directive is not None:
        matched = first_match(directive, document.text)
        first_word = matched + len(document.text[matched:]) - len(document.text[matched:].lstrip("( "))
        assert start <= first_word < end


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The samples on a local web server."""

    class QuietHandler(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(SAMPLES)))
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


# Whether the words are in a box of the page that the window shows.
IN_VIEW = """words => {
  const plain = text => text.toLowerCase().replace(/[^\\p{L}\\p{N}]+/gu, ' ').trim();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let shown = '';
  while (walker.nextNode()) {
    const range = document.createRange();
    range.selectNodeContents(walker.currentNode);
    if ([...range.getClientRects()].some(box => box.bottom > 0 && box.top < innerHeight && box.width > 0))
      shown += ' ' + walker.currentNode.data;
  }
  return plain(shown).includes(plain(words));
}"""


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_browser_scrolls_to_the_clause(page: Path, site: str) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.skip("there is no Chromium here")
    document = extract(page.read_bytes(), source=page.name)
    clauses = cut_clauses(document)
    address = f"{site}/{page.relative_to(SAMPLES)}"
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 900, "height": 300})
        for clause in clauses[3 :: max(len(clauses) // 5, 1)]:
            url = url_at(address, document, clause.start, clause.end)
            assert ":~:text=" in url
            tab.goto("about:blank")
            # Without the id, so that the browser can only follow the words.
            tab.goto(re.sub("#.*:~:", "#:~:", url))
            words = " ".join(re.sub(r"^\W*\w{1,6}[.)]\s", "", clause.text).split("\n")[0].split()[:6])
            tab.wait_for_function(IN_VIEW, arg=words, timeout=5000)
            assert tab.evaluate("scrollY") > 0
        browser.close()
