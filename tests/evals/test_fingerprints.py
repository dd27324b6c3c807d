"""The fingerprint of the code changes with everything that can change a label, and with nothing else."""

import shutil
from pathlib import Path

import grimp
import pytest

from evals.fingerprints import LABEL_CODE, LABEL_FREE, ROOT, SCORERS, files_sha256

PACKAGES = ("smallprint", "extractors", "prompts", "classifiers")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository's packages."""
    copy = tmp_path_factory.mktemp("tree")
    for package in (*PACKAGES, "app", "evals"):
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    return copy


def fingerprint_after(tree: Path, name: str, addition: str, included=LABEL_CODE, excluded=LABEL_FREE) -> str:
    """The fingerprint with something added to a file, which is put back afterwards."""
    path = tree / name
    before = path.read_text(encoding="utf-8")
    path.write_text(before + addition, encoding="utf-8")
    try:
        return files_sha256(tree, included, excluded)
    finally:
        path.write_text(before, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "addition"),
    [
        ("extractors/html/parsing.py", "LIMIT = 1\n"),
        ("extractors/clauses/numbering.py", "LIMIT = 1\n"),
        ("extractors/capture/media.py", "LIMIT = 1\n"),
        ("classifiers/analyze.py", "LIMIT = 1\n"),
        ("classifiers/grounding/__init__.py", "LIMIT = 1\n"),
        ("classifiers/offline/rules.py", "LIMIT = 1\n"),
        ("prompts/provisions.md", "Be brief.\n"),
        ("prompts/examples.yml", "# one more\n"),
        ("smallprint/records.py", "LIMIT = 1\n"),
        ("smallprint/registry/names.py", "LIMIT = 1\n"),
        ("smallprint/registry/taxonomy.yml", "# one more\n"),
        ("smallprint/severity.py", "LIMIT = 1\n"),
        ("smallprint/publishable.py", "LIMIT = 1\n"),
        ("smallprint/settings.py", "LIMIT = 1\n"),
    ],
    ids=lambda text: text if "/" in text else "",
)
def test_an_edit_that_can_change_a_label_changes_the_fingerprint(tree: Path, name: str, addition: str) -> None:
    assert fingerprint_after(tree, name, addition) != files_sha256(tree, LABEL_CODE, LABEL_FREE)


@pytest.mark.parametrize(
    ("name", "addition"),
    [
        ("smallprint/store/people.py", "LIMIT = 1\n"),
        ("smallprint/store/queue.py", "LIMIT = 1\n"),
        ("smallprint/review.py", "LIMIT = 1\n"),
        ("extractors/capture/url.py", "LIMIT = 1\n"),
        ("classifiers/changes/signals.yml", "# one more\n"),
        ("app/review/auth.py", "LIMIT = 1\n"),
        ("classifiers/analyze.py", "# A comment.\n"),
    ],
    ids=["sign-in", "the review queue", "decisions", "fetching", "classes of changes", "the sign-in page", "a comment"],
)
def test_other_edits_leave_the_fingerprint_as_it_is(tree: Path, name: str, addition: str) -> None:
    assert fingerprint_after(tree, name, addition) == files_sha256(tree, LABEL_CODE, LABEL_FREE)


def test_every_module_that_an_analysis_imports_is_in_the_fingerprint(tree: Path) -> None:
    graph = grimp.build_graph(*PACKAGES)
    roots = ("classifiers.analyze", "classifiers.analysts", "extractors", "extractors.clauses")
    imported = {*roots, *(module for root in roots for module in graph.find_upstream_modules(root))}
    before = files_sha256(tree, LABEL_CODE, LABEL_FREE)
    assert len(imported) > 50
    files = [
        f"{path}.py" if (tree / f"{path}.py").is_file() else f"{path}/__init__.py"
        for path in sorted(module.replace(".", "/") for module in imported)
    ]
    assert [name for name in files if fingerprint_after(tree, name, "LIMIT = 1\n") == before] == []


@pytest.mark.parametrize(
    ("name", "addition", "changes"),
    [
        ("evals/scorers/levels.py", "LIMIT = 1\n", True),
        ("evals/alignment.py", "LIMIT = 1\n", True),
        ("smallprint/severity.py", "LIMIT = 1\n", True),
        ("evals/scorers/levels.py", "# A comment.\n", False),
        ("evals/statistics.py", "LIMIT = 1\n", False),
    ],
    ids=["a scorer", "the alignment", "the severity rule", "a comment in a scorer", "the statistics"],
)
def test_the_yardstick_changes_with_the_formulas(tree: Path, name: str, addition: str, changes: bool) -> None:
    changed = fingerprint_after(tree, name, addition, SCORERS, ())
    assert (changed != files_sha256(tree, SCORERS)) is changes
