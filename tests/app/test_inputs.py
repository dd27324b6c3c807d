"""Inputs: files, folders, URLs and manifests become sources, and every mistake names its row."""

from pathlib import Path

import pytest

from app.inputs import gather, read_manifest
from smallprint.errors import UserError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "terms.html").write_text("<p>Terms</p>")
    (tmp_path / "policy.md").write_text("Policy")
    (tmp_path / "notes.xlsx").write_text("no document")
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache" / "old.txt").write_text("hidden")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "more.txt").write_text("More")
    return tmp_path


def manifest(folder: Path, name: str, words: str) -> Path:
    path = folder / name
    path.write_text(words, encoding="utf-8")
    return path


def test_a_folder_gives_every_readable_file_and_no_hidden_one(folder: Path) -> None:
    found = [Path(source.location).relative_to(folder).as_posix() for source in gather([str(folder)])]
    assert found == ["policy.md", "sub/more.txt", "terms.html"]


def test_the_same_document_named_twice_is_read_once(folder: Path) -> None:
    path = str(folder / "terms.html")
    assert len(gather([path, path])) == 1


def test_a_url_is_kept_as_it_is() -> None:
    assert gather(["https://example.org/terms?x=1"])[0].location == "https://example.org/terms?x=1"


YAML = """\
- entity: Northwind Kettles
  title: Terms
  terms_type: Terms of Service
  path: terms.html
  language: EN
  jurisdictions: [US, EU]
- entity: Northwind Kettles
  title: Privacy
  url: https://northwind.example/privacy
"""
CSV = "entity,title,path,language,jurisdictions\nNorthwind,Terms,terms.html,en,US;UK\n"


def test_a_yaml_manifest_gives_paths_relative_to_itself(folder: Path) -> None:
    first, second = read_manifest(manifest(folder, "all.yml", YAML))
    assert (first.location, first.language, first.jurisdictions) == (str(folder / "terms.html"), "en", ("US", "EU"))
    assert (second.location, second.title) == ("https://northwind.example/privacy", "Privacy")


def test_a_csv_manifest_with_a_byte_order_mark(folder: Path) -> None:
    (source,) = read_manifest(manifest(folder, "all.csv", "\ufeff" + CSV))
    assert (source.entity, source.jurisdictions) == ("Northwind", ("US", "UK"))


WRONG = [
    ("a row without url and path", "m.yml", "- entity: A\n", r"m.yml:1: give either url or path"),
    (
        "the third row has both",
        "m.yml",
        "- path: terms.html\n- path: policy.md\n- path: terms.html\n  url: https://x.example\n",
        r"m.yml:3: .*not both",
    ),
    ("a misspelled field", "m.yml", "- path: terms.html\n  entty: A\n", r"m.yml:1: unknown field 'entty'"),
    ("a missing file", "m.yml", "\n\n- path: gone.html\n", r"m.yml:3: path: there is no file .*gone.html"),
    ("a URL without a scheme", "m.yml", "- url: www.x.example\n", r"m.yml:1: url: 'www.x.example' does not start with"),
    ("a language in words", "m.yml", "- path: terms.html\n  language: English\n", r"m.yml:1: language: 'English'"),
    ("YAML's Norway problem", "m.yml", "- path: terms.html\n  language: no\n", r"m.yml:1: language: False"),
    ("broken YAML", "m.yml", "- path: [terms.html\n- x", r"m.yml:\d: not YAML"),
    ("a mapping instead of a list", "m.yml", "path: terms.html\n", r"m.yml: a manifest is a list"),
    ("an empty manifest", "m.csv", "entity,path\n", r"m.csv: the manifest lists no document"),
    ("an unknown column", "m.csv", "entity,file\nA,terms.html\n", r"m.csv:1: unknown column 'file'"),
    ("a comma too many", "m.csv", "entity,path\nA,terms.html\nA,B,terms.html\n", r"m.csv:3: more values than columns"),
    ("a missing file in the second row", "m.csv", "path\nterms.html\ngone.html\n", r"m.csv:3: path: there is no file"),
]


@pytest.mark.parametrize(("name", "words", "message"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_wrong_manifest_names_its_row(folder: Path, name: str, words: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_manifest(manifest(folder, name, words))


def test_an_input_that_does_not_exist_is_named() -> None:
    with pytest.raises(UserError, match=r"nowhere\.pdf: no such file"):
        gather(["nowhere.pdf"])


def test_a_folder_without_documents_says_what_it_looked_for(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no file ends in .*\.pdf"):
        gather([str(tmp_path)])
