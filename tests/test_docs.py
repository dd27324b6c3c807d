"""The documentation is held to the code: commands run, links lead somewhere, examples have the outputs' fields."""

import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin

import pytest
from pydantic import BaseModel

from app.cli import app
from samples import folder as samples
from tests.app import shapes
from tests.app.conftest import Smallprint, policies, smallprint  # noqa: F401 -- fixtures
from tests.fakes import FakeServer

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted(path.relative_to(ROOT) for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")))
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(text: str, kind: str = "") -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def command_blocks() -> Iterator[list[str]]:
    """The README's blocks of our own commands, a list of lines each, comments taken off."""
    for block in blocks(README):
        lines = [line.partition(" #")[0].strip() for line in block.splitlines()]
        if any(line.startswith("smallprint ") for line in lines):
            yield [line for line in lines if line.startswith("smallprint ")]


@pytest.fixture
def desk(workspace: Path, policies: Path) -> Path:  # noqa: F811 -- the fixture of that name
    """A folder with every file that the README's commands name."""
    here = workspace.parent
    shutil.copy(samples() / "brambleframe" / "privacy.html", here / "terms.html")
    shutil.copy(samples() / "lanternpair" / "terms.pdf", here / "policy.pdf")
    shutil.copy(samples() / "mossgarth" / "terms.docx", here / "terms.docx")
    (here / "more").mkdir()
    shutil.copy(policies / "terms.md", here / "more" / "kettles.md")
    (here / "more" / "manifest.csv").write_text("entity,title,path\nKestrel Kettles,Terms,kettles.md\n")
    return here


@pytest.mark.parametrize("number", range(len(list(command_blocks()))), ids=["offline", "with a model"])
def test_the_readmes_commands_do_what_they_say(
    smallprint: Smallprint,  # noqa: F811 -- the fixture of that name
    desk: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")
    monkeypatch.setenv("SMALLPRINT_INPUT_PRICE", "0.25")  # the price table is for the provider's own address
    monkeypatch.setenv("SMALLPRINT_OUTPUT_PRICE", "2")
    with FakeServer(models=["gpt-5-mini"]) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        for line in list(command_blocks())[number]:
            command, _, target = line.partition(" > ")
            said = smallprint(*shlex.split(command)[1:])
            assert said.code == 0, f"{line}: {said.err}"
            if target:
                json.loads(said.out)
    if number == 0:
        assert (desk / "drafts.csv").stat().st_size > 1000


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_to_files(page: Path) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target:
            assert ((ROOT / page).parent / target).exists(), f"{page} links to {target}"


def test_the_walk_names_files_that_exist() -> None:
    text = (ROOT / "docs" / "walk.md").read_text(encoding="utf-8")
    named = [name for name in re.findall(r"`([\w./*-]+)`", text) if "/" in name]
    assert len(named) > 20
    for name in named:
        places = (ROOT, ROOT / "extractors", ROOT / "smallprint" / "registry")
        assert any(list(place.glob(name.rstrip("/"))) for place in places), f"docs/walk.md names {name}"


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"`make ([a-z]+)", (ROOT / page).read_text(encoding="utf-8")):
            assert target in targets, f"{page} names make {target}"


def test_commands_that_are_named_exist() -> None:
    known = {command.name or command.callback.__name__ for command in app.registered_commands if command.callback}
    for page in PAGES:
        for command in re.findall(r"`smallprint ([a-z]+)", (ROOT / page).read_text(encoding="utf-8")):
            if command in ("demo", "read", "run", "extract", "status", "export", "doctor"):
                assert command in known, f"{page} names smallprint {command}"


def compare(example: object, shape: object, where: str) -> None:
    """Every key of the example is a field of the shape, and every field without a default is in the example."""
    options = [one for one in (shape, *get_args(shape)) if isinstance(one, type) and issubclass(one, BaseModel)]
    if isinstance(example, list) and get_origin(shape) is list:
        for item in example:
            compare(item, get_args(shape)[0], where)
    elif isinstance(example, dict) and options and example:
        fields = options[0].model_fields
        assert set(example) <= set(fields), where
        assert {name for name, field in fields.items() if field.is_required()} <= set(example), where
        for name, value in example.items():
            compare(value, fields[name].annotation, f"{where}.{name}")


def test_the_json_examples_have_the_fields_of_the_outputs() -> None:
    extract, read, status, evals = (
        json.loads(b) for b in blocks((ROOT / "docs" / "json.md").read_text("utf-8"), "json")
    )
    compare(extract, shapes.Document, "extract")
    compare({**read, "document": {}}, shapes.Read, "read")
    compare(status, shapes.Status, "status")
    compare(evals, shapes.Evals, "eval")
