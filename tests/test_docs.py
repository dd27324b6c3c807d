"""The documents agree with the code: commands run, named paths and modules exist, examples have the real fields."""

import importlib
import json
import re
import runpy
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin

import pytest
import typer
from pydantic import BaseModel

from app.cli import app
from samples import folder as samples
from smallprint.settings import Settings
from tests.app import shapes
from tests.app.conftest import Smallprint, policies, smallprint  # noqa: F401 -- fixtures
from tests.fakes import FakeServer

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = "smallprint|extractors|prompts|classifiers|flows|evals|app|bench|samples|tests"
PAGES = sorted(
    path.relative_to(ROOT)
    for pattern in ("*.md", "docs/**/*.md", "evals/cases/README.md", "samples/README.md", "tests/golden/*/README.md")
    for path in ROOT.glob(pattern)
)
AUTOMATION = [
    Path("Makefile"),
    Path(".ci/run"),
    Path("pyproject.toml"),
    *(path.relative_to(ROOT) for path in sorted(ROOT.glob(".github/workflows/*.yml"))),
]
COMMAND_LINE = [path.relative_to(ROOT) for path in sorted((ROOT / "app" / "cli").glob("*.py"))]
README = (ROOT / "README.md").read_text(encoding="utf-8")

# Paths and modules that the documents name although they are not part of the tree.
NOT_IN_THE_TREE = {
    ".smallprint/",  # the workspace
    "smallprint.record.approved",  # an event
}


def blocks(text: str, kind: str = "") -> list[str]:
    """The fenced blocks of a page."""
    return re.findall(rf"^```{kind}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def read_page(page: Path) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def command_blocks() -> Iterator[list[str]]:
    """The README's blocks of our own commands, a list of lines each, without their comments."""
    for block in blocks(README):
        lines = [line.partition(" #")[0].strip() for line in block.splitlines()]
        if any(line.startswith("smallprint ") for line in lines):
            yield [line for line in lines if line.startswith("smallprint ")]


@pytest.fixture
def readme_files(workspace: Path, policies: Path) -> Path:  # noqa: F811 -- the fixture of that name
    """A folder with every file that the README's commands name."""
    folder = workspace.parent
    shutil.copy(samples() / "brambleframe" / "privacy.html", folder / "terms.html")
    shutil.copy(samples() / "lanternpair" / "terms.pdf", folder / "policy.pdf")
    shutil.copy(samples() / "mossgarth" / "terms.docx", folder / "terms.docx")
    (folder / "more").mkdir()
    shutil.copy(policies / "terms.md", folder / "more" / "kettles.md")
    (folder / "more" / "manifest.csv").write_text("entity,title,path\nKestrel Kettles,Terms,kettles.md\n")
    return folder


@pytest.mark.parametrize("number", range(len(list(command_blocks()))), ids=["offline", "with a model"])
def test_the_commands_of_the_readme_run(
    smallprint: Smallprint,  # noqa: F811 -- the fixture of that name
    readme_files: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a-key")
    monkeypatch.setenv("SMALLPRINT_INPUT_PRICE", "0.25")  # the price table only knows the provider's own address
    monkeypatch.setenv("SMALLPRINT_OUTPUT_PRICE", "2")
    with FakeServer(models=["gpt-5-mini"]) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        for line in list(command_blocks())[number]:
            command, _, target = line.partition(" > ")
            outcome = smallprint(*shlex.split(command)[1:])
            assert outcome.code == 0, f"{line}: {outcome.err}"
            if target:
                json.loads(outcome.out)
    if number == 0:
        assert (readme_files / "drafts.csv").stat().st_size > 1000


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", read_page(page)):
        if "://" not in target:
            assert ((ROOT / page).parent / target).exists(), f"{page} links to {target}"


@pytest.mark.parametrize(
    "folder",
    sorted(
        path.parent.relative_to(ROOT).as_posix()
        for package in ("smallprint", "extractors", "classifiers", "app")
        for path in (ROOT / package).glob("*/__init__.py")
    ),
)
def test_the_walk_passes_through_every_folder(folder: str) -> None:
    assert f"(../{folder}" in read_page(Path("docs/walk.md"))


@pytest.mark.parametrize(
    "folder", sorted(path.parent.relative_to(ROOT / "tests").as_posix() for path in ROOT.glob("tests/*/**/__init__.py"))
)
def test_folders_of_tests_mirror_the_packages(folder: str) -> None:
    assert (ROOT / folder / "__init__.py").exists()


def test_the_names_that_the_walk_places_in_a_file_are_defined_there() -> None:
    named = re.findall(r"`(\w+)` (?:\([^()]*\) )?in \[[^]]*\]\(\.\./([^)]+)\)", read_page(Path("docs/walk.md")))
    assert len(named) > 4
    for name, path in named:
        assert re.search(rf"^(?:(?:async )?def |class )?{name}\b", read_page(Path(path)), re.MULTILINE), (
            f"{name}, {path}"
        )


def missing_names(text: str, page: Path) -> list[str]:
    """The paths and modules in backticks that do not exist.

    A path counts from the root or from the page's folder; a bare file name also from a folder that is named in the
    same paragraph, list or table row.
    """
    missing = []
    without_blocks = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for paragraph in re.split(r"\n\s*\n|\n(?=\|)", without_blocks):
        names = re.findall(r"`([^`]+)`", paragraph)
        folders = [ROOT, (ROOT / page).parent, *(ROOT / name for name in names if name.endswith("/"))]
        for name in names:
            command = re.match(r"python -m ([\w.]+)", name)
            module = command[1] if command else name
            if name in NOT_IN_THE_TREE:
                continue
            if re.fullmatch(r"[\w.*-]+(/[\w.*-]+)*(/|\.(py|yml|yaml|md|toml|lock|json|css|js|j2|svg|png))", name) or (
                re.fullmatch(rf"({PACKAGES}|docs)(/[\w.*-]+)+", name)
            ):
                if not any(any(folder.glob(name.rstrip("/"))) for folder in folders):
                    missing.append(name)
            elif (command or re.fullmatch(rf"({PACKAGES})(\.\w+)+", module)) and not is_importable(module):
                missing.append(name)
    return missing


def is_importable(name: str) -> bool:
    """Whether the dotted name is a module or stands in one."""
    module, _, attribute = name.rpartition(".")
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return bool(module) and is_importable(module) and hasattr(importlib.import_module(module), attribute)
    return True


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_paths_and_modules_that_a_page_names_exist(page: Path) -> None:
    assert missing_names(read_page(page), page) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        pytest.param("`smallprint/records.py`", [], id="a file from the root"),
        pytest.param("`smallprint/recards.py`", ["smallprint/recards.py"], id="a file that is made up"),
        pytest.param("`extractors/clauses/`", [], id="a folder"),
        pytest.param("`extractors/clowns/`", ["extractors/clowns/"], id="a folder that is made up"),
        pytest.param("`walk.md`", [], id="a file beside the page"),
        pytest.param("`extractors/clauses/` reads (`outline.py`)", [], id="a file of a folder named before"),
        pytest.param("`extractors/clauses/`\n\n`outline.py`", ["outline.py"], id="a file without its folder"),
        pytest.param("| `extractors/pdf/` |\n| `outline.py` |", ["outline.py"], id="a file of another folder"),
        pytest.param("`evals/gates/*.yml`", [], id="a pattern that matches"),
        pytest.param("`evals/gates/*.toml`", ["evals/gates/*.toml"], id="a pattern without a match"),
        pytest.param("`smallprint.severity`", [], id="a module"),
        pytest.param("`smallprint.velocity`", ["smallprint.velocity"], id="a module that is made up"),
        pytest.param("`smallprint.records.Draft`", [], id="a class"),
        pytest.param("`smallprint.records.Daft`", ["smallprint.records.Daft"], id="a class that is made up"),
        pytest.param("`python -m samples.build`", [], id="a command"),
        pytest.param("`python -m samples.bild`", ["python -m samples.bild"], id="a command that is made up"),
        pytest.param("`text/html`, `/api/v1`, `/static/x.css`, `u.s.c`", [], id="names that are no paths of ours"),
        pytest.param("`.smallprint/`", [], id="the workspace"),
    ],
)
def test_made_up_names_are_noticed(text: str, missing: list[str]) -> None:
    assert missing_names(text, Path("docs/page.md")) == missing


def test_make_targets_that_are_named_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", read_page(Path("Makefile")), re.MULTILINE))
    for page in (*PAGES, *AUTOMATION):
        for target in re.findall(r"(?:`|^ *|run: )make ([a-z]+)", read_page(page), re.MULTILINE):
            assert target in targets, f"{page} names make {target}"


def commands_that_are_named(text: str) -> Iterator[list[str]]:
    """The words behind ``smallprint`` in every command that a page shows."""
    text = text.replace(">\n", " ").replace("`", "\n")  # YAML's folded lines; commands in a sentence
    for line in re.findall(r"^(?:.*/|[ $]*)smallprint ([a-z].*)$", text, re.MULTILINE):
        yield line.partition(" #")[0].split()


def unknown_words(words: list[str]) -> list[str]:
    """The command, or the options of it, that the command line does not know."""
    command = typer.main.get_command(app)
    while words and (subcommands := getattr(command, "commands", {})) and words[0] in subcommands:
        command, *words = subcommands[words[0]], *words[1:]
    if command.name == "smallprint":
        return words[:1]
    command = getattr(command, "commands", {}).get("run", command)  # "eval dev" is short for "eval run dev"
    options = {option for param in command.params for option in (*param.opts, *param.secondary_opts)}
    return [word for word in words if re.match(r"--[a-z]", word) and word not in options]


def test_commands_and_options_that_are_named_exist() -> None:
    shown = [
        (page, words)
        for page in (*PAGES, *AUTOMATION, *COMMAND_LINE)
        for words in commands_that_are_named(read_page(page))
    ]
    assert len(shown) > 30
    assert [(str(page), words) for page, words in shown if unknown_words(words)] == []


@pytest.mark.parametrize(
    ("line", "unknown"),
    [
        pytest.param("run policies/ --budget 5", [], id="a command with an option"),
        pytest.param("runs policies/", ["runs"], id="a command that is made up"),
        pytest.param("run policies/ --purse 5", ["--purse"], id="an option that is made up"),
        pytest.param("users add Ada --role lead", [], id="a command of a group"),
        pytest.param("users add Ada --rank lead", ["--rank"], id="a made-up option of a group's command"),
        pytest.param("eval --gate --junit f.xml", [], id="an option of a group"),
    ],
)
def test_made_up_commands_are_noticed(line: str, unknown: list[str]) -> None:
    assert unknown_words(line.split()) == unknown


SHIPPED = sorted(
    path.relative_to(ROOT)
    for package in PACKAGES.split("|")
    for suffix in ("py", "yml", "js", "css", "html", "j2")
    for path in (ROOT / package).rglob(f"*.{suffix}")
    if package != "tests"  # tests name files that they write themselves
)


def missing_names_in_code(text: str) -> Iterator[str]:
    """The paths and ``python -m`` modules in a source file, comments and docstrings included, that do not exist."""
    for path in re.findall(rf"(?<![\w./-])(?:{PACKAGES}|docs)/(?:[\w-]+/)*[\w-]*(?:\.[a-z]\w+)?", text):
        if not any(ROOT.glob(f"{path.rstrip('/')}*")):
            yield path
    for module in re.findall(rf"python -m ((?:{PACKAGES})(?:\.\w+)*)", text):
        if not is_importable(module):
            yield module


@pytest.mark.parametrize("folder", [*PACKAGES.split("|")[:-1], "automation"])
def test_paths_and_modules_that_comments_name_exist(folder: str) -> None:
    sources = AUTOMATION if folder == "automation" else [path for path in SHIPPED if path.parts[0] == folder]
    assert {str(source): names for source in sources if (names := [*missing_names_in_code(read_page(source))])} == {}


def test_a_made_up_path_in_a_comment_is_noticed() -> None:
    text = (
        "# see docs/decisions/0011 and docs/decisions/9999, as smallprint/records.py does\n# python -m bench.nonsense\n"
    )
    assert [*missing_names_in_code(text)] == ["docs/decisions/9999", "bench.nonsense"]


def test_the_picture_shows_what_the_demo_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    demo = importlib.import_module("app.cli.demo")

    def show_demo() -> int:
        demo.stdout().print(f"written to {Settings().home.resolve()}")
        return 0

    # docs/picture.py replaces both; undone after this test
    monkeypatch.setattr(demo, "stdout", demo.stdout)
    monkeypatch.setenv("SMALLPRINT_HOME", str(tmp_path / "mine"))
    monkeypatch.setattr(demo, "show_demo", show_demo)
    runpy.run_path(str(ROOT / "docs" / "picture.py"))["main"](tmp_path / "demo.svg")
    picture = (tmp_path / "demo.svg").read_text(encoding="utf-8").replace("&#160;", " ")
    assert "make demo" in picture
    assert "written to /home/you/smallprint/.smallprint" in picture
    assert str(tmp_path) not in picture
    assert "@font-face" not in picture


def compare(example: object, shape: object, location: str) -> None:
    """Every key of the example is a field of the shape, and every field without a default is in the example."""
    models = [part for part in (shape, *get_args(shape)) if isinstance(part, type) and issubclass(part, BaseModel)]
    if isinstance(example, list) and get_origin(shape) is list:
        for element in example:
            compare(element, get_args(shape)[0], location)
    elif isinstance(example, dict) and models and example:
        fields = models[0].model_fields
        assert set(example) <= set(fields), location
        assert {name for name, field in fields.items() if field.is_required()} <= set(example), location
        for name, value in example.items():
            compare(value, fields[name].annotation, f"{location}.{name}")


def test_the_json_examples_have_the_fields_of_the_outputs() -> None:
    extract, read, status, evals = (json.loads(block) for block in blocks(read_page(Path("docs/json.md")), "json"))
    compare(extract, shapes.Document, "extract")
    compare({**read, "document": {}}, shapes.Read, "read")
    compare(status, shapes.Status, "status")
    compare(evals, shapes.Evals, "eval")
