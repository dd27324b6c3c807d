"""The wheel: it holds every file of the packages that ship and nothing else, and runs where only it is installed."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from samples import folder as samples

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("smallprint", "extractors", "prompts", "classifiers", "flows", "evals", "app", "samples")

# Every module of the wheel, imported; prints those whose file is not from the wheel.
IMPORT_ALL = """
import importlib, sys
from pathlib import Path
wheel = Path(sys.argv[1])
names = [".".join(path.relative_to(wheel).with_suffix("").parts) for path in wheel.rglob("*.py")]
for name in sorted(names):
    if not name.endswith("__main__") and ".migrations." not in name:
        module = importlib.import_module(name.removesuffix(".__init__"))
        if not Path(module.__file__).is_relative_to(wheel):
            print(name, module.__file__)
"""

COMMAND = "from app.cli import main; main()"

# The review desk's first page with what it refers to, on a database made by the wheel's own migrations.
SIGN_IN_PAGE = """
import re, sys
from fastapi.testclient import TestClient
from app.review.desk import create_desk
from smallprint.store import open_store
with TestClient(create_desk(open_store("sqlite:///" + sys.argv[1]))) as browser:
    page = browser.get("/sign-in")
    page.raise_for_status()
    for address in re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text):
        browser.get(address).raise_for_status()
        print(address)
"""

GOLD_CASES = "from evals.loading import load_cases; print(len(load_cases()))"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this tree, without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)  # noqa: S603 -- the project's own build
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's content in a folder of its own."""
    folder = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_from(unpacked: Path, code: str, *arguments: str, home: Path) -> str:
    """What a program prints that sees the wheel and the dependencies, but not this source tree."""
    # -S: without it the editable install of the developers' environment would lend the source tree.
    completed = subprocess.run(  # noqa: S603 -- our own code
        [sys.executable, "-S", "-P", "-c", code, *arguments],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": os.pathsep.join([str(unpacked), sysconfig.get_path("purelib")]),
            "SMALLPRINT_HOME": str(home),
        },
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    return completed.stdout


def test_the_wheel_holds_the_packages_that_ship_and_neither_bench_nor_tests(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        folders = {name.partition("/")[0] for name in archive.namelist()}
    assert {folder for folder in folders if not folder.endswith(".dist-info")} == set(PACKAGES)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_file_of_a_package_is_in_the_wheel(wheel: Path, package: str) -> None:
    on_disk = {path.relative_to(ROOT).as_posix() for path in (ROOT / package).rglob("*") if path.is_file()}
    on_disk = {name for name in on_disk if "__pycache__" not in name}
    with zipfile.ZipFile(wheel) as archive:
        assert on_disk - set(archive.namelist()) == set()


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param("smallprint/py.typed", id="the mark that says that the package is typed"),
        pytest.param("smallprint/registry/*.yml", id="laws, categories and severity"),
        pytest.param("smallprint/store/migrations/versions/*.py", id="migrations"),
        pytest.param("prompts/*.md", id="prompts"),
        pytest.param("classifiers/offline/signals/*.yml", id="the offline analyst's signals"),
        pytest.param("evals/cases/*.yml", id="gold cases"),
        pytest.param("evals/gates/*.yml", id="the gate's floors"),
        pytest.param("evals/reports/*.j2", id="the report's template"),
        pytest.param("app/review/templates/*", id="the desk's pages"),
        pytest.param("app/review/static/*.js", id="the desk's script"),
        pytest.param("samples/*/*.pdf", id="sample documents"),
        pytest.param("*.dist-info/licenses/LICENSE", id="the license"),
    ],
)
def test_the_wheel_holds_data_files(wheel: Path, pattern: str) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert any(PurePosixPath(name).match(pattern) for name in archive.namelist())


def test_every_module_of_the_wheel_can_be_imported_from_it(unpacked: Path, tmp_path: Path) -> None:
    assert run_from(unpacked, IMPORT_ALL, str(unpacked), home=tmp_path) == ""


def test_the_source_tree_is_out_of_reach_of_these_tests(unpacked: Path, tmp_path: Path) -> None:
    code = "from importlib.util import find_spec; print(find_spec('tests'), find_spec('bench'))"
    assert run_from(unpacked, code, home=tmp_path) == "None None\n"


def test_the_installed_command_reads_a_document(unpacked: Path, tmp_path: Path) -> None:
    document = str(samples() / "mossgarth" / "terms.docx")
    drafts = json.loads(run_from(unpacked, COMMAND, "read", document, "--json", home=tmp_path))["drafts"]
    assert len(drafts) > 10


def test_the_installed_desk_shows_its_first_page(unpacked: Path, tmp_path: Path) -> None:
    assert "/static/desk.css" in run_from(unpacked, SIGN_IN_PAGE, str(tmp_path / "desk.db"), home=tmp_path)


def test_the_installed_evals_have_their_gold_cases(unpacked: Path, tmp_path: Path) -> None:
    assert int(run_from(unpacked, GOLD_CASES, home=tmp_path)) > 10
