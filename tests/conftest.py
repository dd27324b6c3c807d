"""What all tests share: a workspace of their own, and one Prefect server for the whole session."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from flows.engine import prepare_prefect
from tests.desk import databases

__all__ = ["databases"]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"

# No test reads the clock, and a run that was green is green again; fresh examples are the benchmarks' matter.
settings.register_profile("smallprint", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("smallprint")

_VARIABLES = ("OPENAI_API_KEY", "OPENAI_BASE_URL", "PREFECT_API_URL")


@pytest.fixture(scope="session", autouse=True)
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Prefect's own database is migrated once, not once a test, and never in the user's home."""
    for name in _VARIABLES:
        os.environ.pop(name, None)
    home = tmp_path_factory.mktemp("home")
    server = prepare_prefect(home)
    yield home
    if server is not None:
        server.stop()


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace that the settings of this test point to."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SMALLPRINT_HOME", str(tmp_path / "workspace"))
    monkeypatch.delenv("SMALLPRINT_MODEL", raising=False)
    return tmp_path / "workspace"


@pytest.fixture
def small(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A gold suite of two cases, and gates and baselines that a test may write; returns the folder of all three."""
    from evals import gate, suites
    from evals.loading import CASES

    cases = tmp_path / "cases"
    cases.mkdir()
    for path in CASES.iterdir():
        if path.name.startswith(("fernbank-", "stillwater-")):
            shutil.copy(path, cases)
    # Two cases reach no floor reliably, so this gate has none: it asks for a baseline.
    (tmp_path / "gates").mkdir()
    (tmp_path / "gates" / "offline.yml").write_text("floors: {}\nmargins: {found_recall: 0.03}\nhistory: []\n")
    monkeypatch.setattr(suites, "CASES", cases)
    monkeypatch.setattr(gate, "GATES", tmp_path / "gates")
    monkeypatch.setattr(gate, "BASELINES", tmp_path / "baselines")
    return tmp_path


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real documents; tests that need it skip where it is absent."""
    if not DATA.is_dir():
        pytest.skip("the folder of real documents is not here")
    return DATA


def pytest_collection_finish() -> None:
    """What was imported so far stays: the collector need not look through it again and again, a tenth of a run."""
    gc.collect()
    gc.freeze()
