"""What the documents of a run are called, so that nobody confuses two of them."""

import pytest

from flows.run_documents import label, labels
from smallprint.records import Source


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (Source(location="x/terms.html", entity="Kestrel", title="Terms"), "Kestrel Terms"),
        (Source(location="x/terms.html"), "terms.html"),
        (Source(location="https://k.example/legal/"), "legal"),
        (Source(location="x\x1b[31m.html"), "x[31m.html"),
    ],
    ids=["what the manifest says", "a file by its name", "a page by its last part", "no control characters"],
)
def test_label(source: Source, name: str) -> None:
    assert label(source) == name


def of(location: str, **said: str) -> Source:
    return Source(location=location, **said)


TOGETHER = [
    ("different names stay short", [of("/x/a.md"), of("/x/b.md")], ["a.md", "b.md"]),
    ("the same name in two folders", [of("/x/a.md"), of("/y/a.md")], ["a.md (x)", "a.md (y)"]),
    (
        "the same folder name twice",
        [of("/1/x/a.md"), of("/2/x/a.md")],
        ["a.md (x) (/1/x/a.md)", "a.md (x) (/2/x/a.md)"],
    ),
    (
        "two versions of one document",
        [of("/x/1.md", title="Terms", published="2025"), of("/x/2.md", title="Terms", published="2026")],
        ["Terms (2025)", "Terms (2026)"],
    ),
    ("the same path at two sites", [of("https://a.example/terms"), of("https://b.example/terms")], None),
]


@pytest.mark.parametrize(("sources", "names"), [row[1:] for row in TOGETHER], ids=[row[0] for row in TOGETHER])
def test_labels_tell_documents_apart(sources: list[Source], names: list[str] | None) -> None:
    made = labels(sources)
    assert len(set(made)) == len(sources)
    assert names is None or made == names


def test_a_title_that_names_its_company_is_not_doubled() -> None:
    assert label(of("x.md", entity="Kestrel", title="Kestrel Terms of Use")) == "Kestrel Terms of Use"
