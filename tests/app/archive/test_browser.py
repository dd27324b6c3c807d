"""The archive in a real browser, opened from the disk: search, dark and light, small screens, no scripts elsewhere."""

import pytest

from app.cli.publishing import write_archive
from smallprint.settings import Settings
from smallprint.store import open_store
from tests.app.archive.conftest import decide
from tests.app.review.chromium import chromium, needs_chromium
from tests.drafts import ARBITRATION, CLASS_ACTION, REFUND, fill

__all__ = ["chromium"]
pytestmark = needs_chromium
PAGES = (
    "index.html",
    "r/SP-P-000001/index.html",
    "d/SP-D-00001/index.html",
    "company/northwind-kettles/index.html",
    "category/arbitration/index.html",
    "category/index.html",
    "law/ftc-act/index.html",
    "agency/ftc/index.html",
    "severity/critical/index.html",
    "search/index.html",
    "data/index.html",
    "about/index.html",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    settings = Settings(home=folder)
    store = open_store(settings.sqlalchemy_url)
    fill(store)
    for number, reviewed in enumerate((REFUND, ARBITRATION, CLASS_ACTION)):
        decide(store, "approve", reviewed, minutes=number)
    write_archive(store, settings, folder / "site", profile="professional", is_preview=False, with_pdf=False)
    store.close()
    return folder / "site"


@pytest.fixture
def open_page(chromium, site):
    contexts, problems = [], []

    def opened(path, **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(f"a script failed: {error}"))
        page.on("console", lambda message: problems.append(message.text))
        page.on("requestfailed", lambda request: problems.append(f"not loaded: {request.url}"))
        page.on("request", lambda request: requested.append(request.url))
        page.goto((site / path).as_uri())
        return page

    requested: list[str] = []
    yield opened
    for context in contexts:
        context.close()
    # A shard of the index that no word begins with is not there.
    assert [problem for problem in problems if "/search/index-" not in problem and "ERR_FILE" not in problem] == []
    assert [url for url in requested if not url.startswith("file:")] == []


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("refund", "What 1.1 says"),
        ("FTC Act Section 5", "What 1.1 says"),
        ("northwind arbitration", "What 2.1 says"),
        ("SP-P-000002", "What 2.1 says"),
    ],
)
def test_search_works_from_the_disk(open_page, query, title):
    page = open_page("search/index.html")
    page.fill("#q", query)
    page.locator("#hits a").first.wait_for()
    assert title in page.locator("#hits a").all_inner_texts()
    page.click(f"#hits a:has-text('{title}') >> nth=0")
    assert page.locator("h1").inner_text() == title


def test_a_search_without_a_hit_says_so(open_page):
    page = open_page("search/index.html")
    page.fill("#q", "zeppelin")
    page.get_by_text("Nothing was found for “zeppelin”.").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_have_no_accessibility_findings(open_page, path, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(path, color_scheme=scheme, bypass_csp=True)
    results = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "preload": False}
    )
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_a_small_phone(open_page, path):
    page = open_page(path, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_record_is_whole_without_scripts(open_page):
    page = open_page("r/SP-P-000001/index.html", java_script_enabled=False)
    assert "Fees are never refunded" in page.inner_text("main")
    assert "Cite this record".casefold() in page.inner_text("main").casefold()
