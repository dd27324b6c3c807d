"""What the documents of a run are called, so that nobody confuses two of them."""

import pytest

from flows.run_documents import label, labels
from smallprint.records import Source


@pytest.mark.parametrize(
    ("named", "name"),
    [
        (Source(location="x/terms.html", entity="Kestrel", title="Terms"), "Kestrel Terms"),
        (Source(location="x/terms.html"), "terms.html"),
        (Source(location="https://k.example/legal/"), "legal"),
        (Source(location="x\x1b[31m.html"), "x[31m.html"),
    ],
    ids=["what the manifest says", "a file by its name", "a page by its last part", "no control characters"],
)
def test_a_document_is_called_by_its_manifest_or_its_location(named: Source, name: str) -> None:
    assert label(named) == name


def source(location: str, **facts: str) -> Source:
    return Source(location=location, **facts)


ALIKE_NAMES = [
    ("different names stay short", [source("/x/a.md"), source("/x/b.md")], ["a.md", "b.md"]),
    ("the same name in two folders", [source("/x/a.md"), source("/y/a.md")], ["a.md (x)", "a.md (y)"]),
    (
        "the same folder name twice",
        [source("/1/x/a.md"), source("/2/x/a.md")],
        ["a.md (x) (/1/x/a.md)", "a.md (x) (/2/x/a.md)"],
    ),
    (
        "two versions of one document",
        [source("/x/1.md", title="Terms", published="2025"), source("/x/2.md", title="Terms", published="2026")],
        ["Terms (2025)", "Terms (2026)"],
    ),
    ("the same path at two sites", [source("https://a.example/terms"), source("https://b.example/terms")], None),
]


@pytest.mark.parametrize(("sources", "names"), [row[1:] for row in ALIKE_NAMES], ids=[row[0] for row in ALIKE_NAMES])
def test_labels_tell_documents_apart(sources: list[Source], names: list[str] | None) -> None:
    distinct = labels(sources)
    assert len(set(distinct)) == len(sources)
    assert names is None or distinct == names


def test_a_title_that_names_its_company_is_not_doubled() -> None:
    assert label(source("x.md", entity="Kestrel", title="Kestrel Terms of Use")) == "Kestrel Terms of Use"
