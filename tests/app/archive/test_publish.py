"""What is published, what is not, and that the same records give the same bytes."""

import json
import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import etree

from app.archive.profiles import load_profiles
from smallprint.errors import UserError
from smallprint.registry import load
from smallprint.store import decisions, documents
from tests.app.archive.conftest import decide
from tests.drafts import ARBITRATION, CLASS_ACTION, DOCUMENT, NOW, PRICES, REFUND, SNAPSHOT, SOURCE, draft, save_run

RECORD = "r/SP-P-000001/index.html"


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def manifest(folder: Path) -> dict[str, object]:
    return json.loads((folder / "edition.json").read_text())


def test_only_approved_records_are_published(store, publish):
    decide(store, "approve", REFUND)
    site = publish()
    assert (site / RECORD).is_file()
    assert [path.name for path in (site / "r").iterdir()] == ["SP-P-000001"]
    for undecided in (PRICES, ARBITRATION, CLASS_ACTION):
        assert undecided.id.encode() not in everything(site)


def test_nothing_is_written_where_nothing_was_approved(publish, tmp_path):
    with pytest.raises(UserError, match="no approved records"):
        publish()
    assert not (tmp_path / "site").exists()


def test_a_preview_shows_drafts_and_every_page_says_so(publish):
    site = publish(preview=True)
    pages = list(site.rglob("*.html"))
    assert len(list((site / "r").iterdir())) == 4
    for page in pages:
        text = page.read_text()
        assert "Draft, not reviewed" in text
        assert '<meta name="robots" content="noindex, nofollow">' in text
    assert "Disallow: /" in (site / "robots.txt").read_text()


def test_the_same_records_give_the_same_bytes(store, publish):
    decide(store, "approve", REFUND)
    first, second = publish("one"), publish("two")
    assert manifest(first) == manifest(second)
    assert everything(first) == everything(second)


def test_publishing_again_writes_only_what_changed(store, settings, publish, tmp_path):
    from app.cli.publishing import write_archive

    decide(store, "approve", REFUND)
    site = publish()
    again = write_archive(store, settings, site, profile="public", is_preview=False, with_pdf=False)
    assert (again.written, again.removed) == (0, 0)
    decide(store, "approve", ARBITRATION, minutes=5)
    more = write_archive(store, settings, site, profile="public", is_preview=False, with_pdf=False)
    assert 0 < more.written < more.files
    assert (site / "r/SP-P-000002/index.html").is_file()


def test_a_withdrawn_record_stays_as_a_tombstone(store, publish):
    act = decide(store, "approve", REFUND)
    with store.write() as connection:
        decisions.undo(connection, act, by="anna", at=NOW)
    decide(store, "approve", ARBITRATION)
    site = publish()
    page = (site / RECORD).read_text()
    assert "Withdrawn on 2 March 2026" in page
    assert "SP-P-000001" not in (site / "feeds/all.xml").read_text()
    assert "SP-P-000001" not in (site / "category/cancellation_refund/index.html").read_text()


def test_an_older_wording_keeps_its_address_and_shows_what_changed(store, publish):
    decide(store, "approve", REFUND)
    better = REFUND.model_copy(update={"consumer_impact": "You never get money back."})
    decide(store, "approve", REFUND, version=2, minutes=60, edited=better)
    site = publish()
    today, old = (site / RECORD).read_text(), (site / "r/SP-P-000001/v1/index.html").read_text()
    assert "You never get money back." in today
    assert "This is version 1, replaced on 2 March 2026." in old
    assert "<del>" in old
    assert "<ins>" in old
    assert (site / "r/SP-P-000001/v2/index.html").is_file()


def test_a_record_of_a_replaced_text_says_so(store, publish):
    decide(store, "approve", REFUND)
    newer = DOCUMENT.model_copy(update={"sha256": "cd" * 32})
    with store.write() as connection:
        source = documents.save_source(connection, SOURCE)
        documents.save_capture(connection, source, SNAPSHOT.model_copy(update={"sha256": newer.sha256}))
        documents.save_document(connection, source, newer, ())
    page = (publish() / RECORD).read_text()
    assert "The document has changed since." in page
    assert DOCUMENT.sha256 in page
    assert newer.sha256 not in page


@pytest.mark.parametrize("target", ["file", "folder with other things"])
def test_a_folder_of_somebody_else_is_refused(store, publish, tmp_path, target):
    decide(store, "approve", REFUND)
    if target == "file":
        (tmp_path / "site").write_text("mine")
    else:
        (tmp_path / "site").mkdir()
        (tmp_path / "site" / "thesis.txt").write_text("mine")
    with pytest.raises(UserError, match="name a"):
        publish()
    assert "mine" in everything(tmp_path / "site").decode() if target != "file" else True


def test_an_unknown_profile_is_refused_by_name(store, publish):
    decide(store, "approve", REFUND)
    with pytest.raises(UserError, match="choose from public, watcher, professional"):
        publish(profile="gold")


# ---- profiles

GATED = {
    "why_it_matters": lambda canary: {"why_it_matters": canary},
    "enforcement_risk": lambda canary: {"enforcement_risk": canary},
    "due_diligence": lambda canary: {"due_diligence": (canary,)},
    "factor_reasons": lambda canary: {"factor_reasons": {"opt_out": canary}},
    "framework_reasons": lambda canary: {
        "frameworks": tuple(law.model_copy(update={"why": canary}) for law in REFUND.frameworks)
    },
}


@pytest.mark.parametrize("profile", ["public", "watcher", "professional"])
@pytest.mark.parametrize("field", GATED)
def test_what_a_profile_leaves_out_is_in_no_byte(store, publish, profile, field):
    canary = "canary9b1f"
    marked = draft("c3", "ai_training", **GATED[field](canary))
    save_run(store, marked)
    decide(store, "approve", marked)
    is_left_out = field in load_profiles()[profile].leaves_out
    assert (canary.encode() in everything(publish(profile=profile))) == (not is_left_out)


@pytest.mark.parametrize("profile", load_profiles())
def test_quote_citation_and_agency_are_never_left_out(store, publish, profile):
    decide(store, "approve", REFUND)
    page = (publish(profile=profile) / RECORD).read_text()
    for words in (REFUND.evidence[0].text, "FTC Act Section 5", "https://reportfraud.ftc.gov/"):
        assert words in page


# ---- hostile words

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</script><script>alert(1)</script>",
    "{{ 7*7 }}{% raw %}",
    "javascript:alert(1)",
    "]]></summary><script/>",
    "'; archiveRecords([]);//",
    "\u2028\u2029<!--",
)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_words_of_drafts_are_text_everywhere(store, publish, payload):
    hostile = draft(
        "c3",
        "ai_training",
        title=f"Title {payload}"[:120],
        what_it_is=payload,
        consumer_impact=payload,
        why_it_matters=payload,
        enforcement_risk=payload,
        due_diligence=(payload,),
        factor_reasons={"opt_out": payload},
    )
    save_run(store, hostile)
    decide(store, "approve", hostile)
    site = publish(profile="professional")
    for page in site.rglob("*.html"):
        scripts = re.findall(r"<script\b[^>]*>", page.read_text())
        allowed = {'<script type="application/ld+json">', '<script src="../static/search.js" defer>'}
        assert set(scripts) <= allowed, page
        assert (
            "onerror" not in re.sub(r"&[a-z#0-9]+;.*?&[a-z#0-9]+;", "", page.read_text())
            or "&lt;img" in page.read_text()
        )
    data = (site / RECORD).read_text()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', data, re.DOTALL)
    assert payload in json.loads(block[1])["abstract"]
    etree.fromstring((site / "feeds/all.xml").read_bytes())


# ---- pages


class Links(HTMLParser):
    """The addresses that a page links to, and the ids that can be linked to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.ids: set[str] = set()
        self.feed(page.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value is not None:
                self.hrefs.append(value)
            if name == "id" and value:
                self.ids.add(value)


def test_no_link_inside_the_archive_is_broken(store, publish):
    for number, reviewed in enumerate((REFUND, ARBITRATION, CLASS_ACTION)):
        decide(store, "approve", reviewed, minutes=number)
    site = publish(profile="professional")
    pages = {page: Links(page) for page in site.rglob("*.html")}
    for page, links in pages.items():
        for href in links.hrefs:
            parts = urlsplit(href)
            if parts.scheme:
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            assert target.is_file(), f"{page.relative_to(site)} links to {href}"
            if parts.fragment and target.suffix == ".html":
                assert unquote(parts.fragment) in pages[target].ids, f"{page.relative_to(site)} links to {href}"


REFERENCE = {
    "title": "What 1.1 says",
    "severity": "Medium",
    "what it is": "Fees stay paid.",
    "consumer impact": "You get no money back.",
    "why it matters": "Refund rights may exist in law.",
    "the clause": "1.1 Fees are never refunded, whatever the reason for which you leave the service.",
    "cross-platform context": "Compare cancellation and refunds across companies",
    "a citation": "FTC Act Section 5",
    "the citation's official text": f'href="{escape(load().frameworks["ftc-act"].url)}"',
    "enforcement risk": "Low.",
    "due diligence": "Ask for the refund policy.",
    "agency": "FTC",
    "the agency's reason": "It polices fees.",
    "complaint link": "https://reportfraud.ftc.gov/",
    "document": "Terms of Service",
    "entity": "Northwind Kettles",
    "first tracked": "First tracked</dt><dd>2 March 2026",
    "last verified": "Last verified</dt><dd>2 March 2026",
    "last updated": "Last updated",
    "record id": "SP-P-000001",
    "document id": "SP-D-00001",
    "SHA-256": "ab" * 32,
    "snapshot": "Snapshot</dt><dd>no longer stored",
    "reviewer": "Reviewed by",
    "how to cite": "Cite this record",
    "BibTeX": "@misc{SP-P-000001-v1",
    "RIS": "TY  - ELEC",
    "categories": "Cancellation and refunds",
    "other provisions": "Other provisions in this document",
    "JSON": "record.json",
}


@pytest.mark.parametrize("part", REFERENCE)
def test_the_record_page_has_every_part_of_the_reference(store, publish, part):
    decide(store, "approve", REFUND)
    decide(store, "approve", ARBITRATION, minutes=1)
    page = re.sub(r"\s+", " ", (publish(profile="professional") / RECORD).read_text())
    assert re.sub(r"\s+", " ", REFERENCE[part]).casefold() in page.casefold()


def test_a_category_without_a_finding_in_a_whole_reading_is_said_to_be_absent(store, publish):
    decide(store, "approve", REFUND)
    site = publish()
    page = (site / "d/SP-D-00001/index.html").read_text()
    assert "Read whole on" in page
    assert "indemnification" in page.split("Not in this document")[1].split("The text")[0]
    compared = (site / "category/indemnification/index.html").read_text()
    assert "read whole on" in compared


def test_a_category_with_an_undecided_draft_is_not_said_to_be_absent(store, publish):
    decide(store, "approve", REFUND)
    page = (publish() / "d/SP-D-00001/index.html").read_text()
    assert "mandatory arbitration" not in page.split("Not in this document")[1].split("The text")[0]


def test_feeds_have_ids_that_name_the_wording(store, publish):
    decide(store, "approve", REFUND)
    feed = etree.fromstring((publish() / "feeds/all.xml").read_bytes())
    atom = {"a": "http://www.w3.org/2005/Atom"}
    assert feed.xpath("string(//a:entry/a:id)", namespaces=atom).endswith("SP-P-000001/v1")


def test_a_sitemap_needs_the_address_of_the_archive(store, publish):
    decide(store, "approve", REFUND)
    assert not (publish("without") / "sitemap.xml").exists()
    site = publish("with", base_url="https://archive.example.org/")
    assert "https://archive.example.org/r/SP-P-000001/" in (site / "sitemap.xml").read_text()


def test_bulk_files_hold_every_record_and_every_described_field(store, publish):
    decide(store, "approve", REFUND)
    site = publish()
    (row,) = [json.loads(line) for line in (site / "data/records.jsonl").read_text().splitlines()]
    assert list(row) == list(json.loads((site / "data/dictionary.json").read_text()))
    assert row == json.loads((site / "r/SP-P-000001/record.json").read_text())
