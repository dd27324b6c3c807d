"""Fixtures for all tests: an empty workspace each, one Prefect server for the whole session."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from flows.engine import prepare_prefect
from tests.databases import databases

__all__ = ["databases"]

# Generated examples are the same in every run, and none has a time limit: a busy machine fails no test.
settings.register_profile("smallprint", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("smallprint")

# The developer's own keys and servers, which no test may use.
UNWANTED_VARIABLES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "PREFECT_API_URL")


@pytest.fixture(scope="session", autouse=True)
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One Prefect server for the session, with a home of its own: migrating its database takes seconds."""
    for name in UNWANTED_VARIABLES:
        os.environ.pop(name, None)
    home = tmp_path_factory.mktemp("home")
    server = prepare_prefect(home)
    yield home
    if server is not None:
        server.stop()


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an empty workspace, which this test's settings name; the current folder is its parent."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMALLPRINT_HOME", str(tmp_path / "workspace"))
    monkeypatch.delenv("SMALLPRINT_MODEL", raising=False)
    return tmp_path / "workspace"


@pytest.fixture
def small(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a gold suite of two cases, with gates and baselines that a test may write."""
    from evals import gate, suites
    from evals.loading import CASES

    cases = tmp_path / "cases"
    cases.mkdir()
    for path in CASES.iterdir():
        if path.name.startswith(("fernbank-", "stillwater-")):
            shutil.copy(path, cases)
    # The scores of two cases are too noisy for floors, so this gate has none and asks for a baseline only.
    (tmp_path / "gates").mkdir()
    (tmp_path / "gates" / "offline.yml").write_text("floors: {}\nmargins: {found_recall: 0.03}\nhistory: []\n")
    monkeypatch.setattr(suites, "CASES", cases)
    monkeypatch.setattr(gate, "GATES", tmp_path / "gates")
    monkeypatch.setattr(gate, "BASELINES", tmp_path / "baselines")
    return tmp_path


def pytest_collection_finish() -> None:
    """Exempt imported modules from garbage collection: scanning them again and again took a tenth of a run."""
    gc.collect()
    gc.freeze()
