"""The samples agree with their ground truth, are as long as real documents, and match their sources."""

import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
import yaml

from app.cli.inputs import read_manifest
from samples import folder
from samples.build import BUILT
from samples.markup import read_source
from smallprint.registry import load
from smallprint.severity import LEVELS

TRUTH = yaml.safe_load((folder() / "categories.yml").read_text(encoding="utf-8"))
PROVISIONS = [(name, provision) for name, document in TRUTH.items() for provision in document["provisions"]]
NO_PROVISIONS = [(name, phrase) for name, document in TRUTH.items() for phrase in document["nothing_here"]]
CATEGORIES = tuple(load().categories)


class _Words(HTMLParser):
    """The text of a page without scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.parts, self._silent = [], 0

    def handle_starttag(self, tag, attrs):
        self._silent += tag in {"script", "style"}

    def handle_endtag(self, tag):
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self._silent:
            self.parts.append(data)


def _html(data: bytes) -> str:
    words = _Words()
    words.feed(data.decode("utf-8"))
    return "".join(words.parts)


def _pdf(data: bytes) -> str:
    """The left column, then the right one, without head and foot; a line feed after each line."""
    import pdfplumber

    lines: list[str] = []
    with pdfplumber.open(BytesIO(data)) as pdf:
        for page in pdf.pages:
            middle = page.width / 2
            for left, right in ((0, middle), (middle, page.width)):
                lines.append(page.crop((left, 55, right, page.height - 55)).extract_text())
    return "\n".join(lines)


def _docx(data: bytes) -> str:
    import docx

    document = docx.Document(BytesIO(data))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


READERS = {".html": _html, ".pdf": _pdf, ".docx": _docx, ".md": bytes.decode, ".txt": bytes.decode}


def text_of(name: str, data: bytes) -> str:
    return READERS[Path(name).suffix](data)


@cache
def document_text(name: str) -> str:
    return text_of(name, (folder() / name).read_bytes())


def flat(text: str) -> str:
    """The text with single blanks and without hyphens, so that a word broken at a line end equals the whole word."""
    return re.sub(r"\s+", " ", re.sub(r"[-\u00ad]\s*", "", text))


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_occurs_in_the_samples(category: str) -> None:
    assert any(provision["category"] == category for _, provision in PROVISIONS)


def test_the_ground_truth_names_only_categories_of_the_taxonomy() -> None:
    primary = {provision["category"] for _, provision in PROVISIONS}
    secondary = {category for _, provision in PROVISIONS for category in provision.get("secondary", ())}
    assert primary | secondary <= set(CATEGORIES)


def _phrases() -> list[object]:
    pairs = [*((name, provision["phrase"]) for name, provision in PROVISIONS), *NO_PROVISIONS]
    return [pytest.param(name, phrase, id=f"{name}: {phrase[:40]}") for name, phrase in pairs]


@pytest.mark.parametrize(("name", "phrase"), _phrases())
def test_a_phrase_of_the_ground_truth_occurs_once_in_its_document(name: str, phrase: str) -> None:
    assert flat(document_text(name)).count(flat(phrase)) == 1


@pytest.mark.parametrize("name", TRUTH)
def test_a_document_is_as_long_as_a_real_one(name: str) -> None:
    assert 2_000 <= len(document_text(name).split()) <= 8_000


def test_the_ground_truth_is_large_varied_and_spread_over_all_documents() -> None:
    levels = Counter(provision["severity"] for _, provision in PROVISIONS)
    assert set(levels) == set(LEVELS)
    assert len(PROVISIONS) >= 90
    assert len(NO_PROVISIONS) >= 25
    assert all(len(document["provisions"]) >= 20 and len(document["nothing_here"]) >= 5 for document in TRUTH.values())


def test_the_manifest_lists_exactly_the_documents_of_the_ground_truth() -> None:
    sources = read_manifest(folder() / "manifest.yml")
    assert [Path(source.location).relative_to(folder()).as_posix() for source in sources] == list(TRUTH)
    assert all(source.entity and source.title and source.terms_type and source.published for source in sources)


@pytest.mark.parametrize(("name", "build"), BUILT.items(), ids=BUILT)
def test_a_built_document_is_repeatable_and_equals_the_committed_one(name: str, build) -> None:
    first, second = build(), build()
    assert first == second
    assert flat(text_of(name, first)) == flat(document_text(name))


def test_the_pdf_breaks_words_at_line_ends() -> None:
    assert len(re.findall(r"[a-z]-\n[a-z]", document_text("lanternpair/terms.pdf"))) >= 10


def test_the_docx_has_automatic_clause_numbers_only() -> None:
    assert not re.search(r"^(\d+\.|\([a-z]\))", document_text("mossgarth/terms.docx"), re.MULTILINE)


@pytest.mark.parametrize(
    "source",
    ["## 1. One\n\n1.2 Two", "## 1. One\n\n1.1 Two\n\n  (b) Three", "## 2. One", "## 1. One\n\n## 3. Three"],
    ids=["a clause skipped", "a letter skipped", "a start at two", "a section skipped"],
)
def test_a_source_with_a_wrong_number_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="is expected"):
        read_source(source)


def test_the_page_has_a_hidden_dialog_and_collapsed_sections() -> None:
    page = (folder() / "brambleframe" / "privacy.html").read_text(encoding="utf-8")
    assert 'aria-hidden="true" aria-modal="true" style="display:none"' in page
    assert page.count("<details") >= 10


def test_the_two_versions_differ_in_substance_and_share_most_sentences() -> None:
    old, new = (flat(document_text(f"brambleframe/terms-{date}.html")) for date in ("2025-03", "2026-02"))
    assert "arbitration" not in old.lower()
    assert "final and binding arbitration" in new
    shared = {sentence for sentence in re.split(r"(?<=[.;]) ", old) if sentence in new}
    assert len(shared) >= 60
