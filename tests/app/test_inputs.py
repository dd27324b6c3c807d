"""Inputs: files, folders, URLs and manifests become sources, and every mistake names its row."""

from pathlib import Path

import pytest

from app.cli.inputs import gather, read_manifest
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
    names = [Path(source.location).relative_to(folder).as_posix() for source in gather([str(folder)])]
    assert names == ["policy.md", "sub/more.txt", "terms.html"]


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


def test_a_csv_manifest_with_a_byte_order_mark_is_read(folder: Path) -> None:
    (source,) = read_manifest(manifest(folder, "all.csv", "\ufeff" + CSV))
    assert (source.entity, source.jurisdictions) == ("Northwind", ("US", "UK"))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("m.yml", "- url: https://x.example/terms\n  ignore_robots: true\n  render: no\n"),
        ("m.csv", "url,ignore_robots,render\nhttps://x.example/terms,yes,0\n"),
    ],
    ids=["in YAML", "in a table"],
)
def test_a_manifest_says_how_one_source_is_fetched(folder: Path, name: str, words: str) -> None:
    (source,) = read_manifest(manifest(folder, name, words))
    assert (source.ignore_robots, source.render) == (True, False)


WRONG = [
    (
        "a switch that is no switch",
        "m.yml",
        "- path: terms.html\n  render: maybe\n",
        r"m.yml:1: render: 'maybe' is nei",
    ),
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
    (
        "the row after one of two lines",
        "m.csv",
        'title,path\n"Terms\nof Use",terms.html\nX,gone.html\n',
        r"m.csv:4: path: there is no file",
    ),
    (
        "the same document twice",
        "m.csv",
        "path\nterms.html\n./terms.html\n",
        r"m.csv:3: the same document as in line 2",
    ),
    ("an open quote", "m.csv", 'path\n"terms.html\n', r"m.csv:2: not CSV"),
    ("a missing file in the second row", "m.csv", "path\nterms.html\ngone.html\n", r"m.csv:3: path: there is no file"),
]


@pytest.mark.parametrize(("name", "words", "message"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_mistake_in_a_manifest_names_its_row(folder: Path, name: str, words: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        read_manifest(manifest(folder, name, words))


def test_an_input_that_does_not_exist_is_named() -> None:
    with pytest.raises(UserError, match=r"nowhere\.pdf: no such file"):
        gather(["nowhere.pdf"])


def test_a_folder_without_documents_says_what_it_looked_for(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no file ends in .*\.pdf"):
        gather([str(tmp_path)])


SPREADSHEETS = [
    ("semicolons", "entity;title;path\nNorthwind;Terms, all;terms.html\n"),
    ("tabs", "entity\ttitle\tpath\nNorthwind\tTerms, all\tterms.html\n"),
    ("empty rows at the end", 'entity,title,path\nNorthwind,"Terms, all",terms.html\n,,\n , ,\n'),
    ("Windows line ends", 'entity,title,path\r\nNorthwind,"Terms, all",terms.html\r\n'),
]


@pytest.mark.parametrize("words", [row[1] for row in SPREADSHEETS], ids=[row[0] for row in SPREADSHEETS])
def test_a_csv_as_spreadsheets_write_it_is_read(folder: Path, words: str) -> None:
    path = folder / "all.csv"
    path.write_bytes(words.encode())
    (source,) = read_manifest(path)
    assert (source.entity, source.title) == ("Northwind", "Terms, all")


def test_a_csv_in_another_encoding_says_how_to_save_it(folder: Path) -> None:
    (folder / "all.csv").write_bytes("title,path\nBedingungen für alle,terms.html\n".encode("cp1252"))
    with pytest.raises(UserError, match="save it as 'CSV UTF-8'"):
        read_manifest(folder / "all.csv")


def test_a_manifests_facts_win_over_its_folder(folder: Path) -> None:
    path = manifest(folder, "all.yml", "- path: terms.html\n  title: Terms\n")
    for inputs in ([str(folder), str(path)], [str(path), str(folder)]):
        titles = {Path(source.location).name: source.title for source in gather(inputs)}
        assert titles == {"policy.md": None, "more.txt": None, "terms.html": "Terms"}


def test_the_same_file_from_another_folder_is_the_same_document(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (here,) = gather(["terms.html"])
    monkeypatch.chdir(folder / "sub")
    (there,) = gather(["../terms.html"])
    assert here == there
