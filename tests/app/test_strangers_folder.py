"""A folder that a stranger prepared: no module, no setting and no address comes from it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.cli.batch import _check_server
from app.cli.inputs import gather
from app.cli.options import settings_with
from flows.options import RunOptions
from smallprint.errors import UserError
from smallprint.settings import Settings
from tests.app.conftest import TERMS
from tests.fakes import FakeServer

SMALLPRINT = Path(sys.executable).with_name("smallprint")
# Modules that a run imports in one of its processes, by the names under which Python would find them here.
MODULES = ("flows/server.py", "flows/__init__.py", "uvicorn.py", "prefect.py", "httpx.py", "sitecustomize.py", "app.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "terms.md").write_text(TERMS)
    return folder


def run_in(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment = {**inherited, "SMALLPRINT_HOME": str(folder.parent / "workspace"), **variables}
    return subprocess.run(  # noqa: S603 -- our own command
        [SMALLPRINT, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_a_run_takes_neither_modules_nor_orchestrator_settings_from_the_folder(folder: Path):
    marker = folder.parent / "executed"
    for module in MODULES:
        (folder / module).parent.mkdir(exist_ok=True)
        (folder / module).write_text(f"open({str(marker)!r}, 'a').write(__file__ + '\\n')\n")
    with FakeServer() as stranger:
        url, database = stranger.base_url, "sqlite+aiosqlite:///here.db"
        (folder / "prefect.toml").write_text(
            f'[api]\nurl = "{url}"\n[server.database]\nconnection_url = "{database}"\n'
        )
        (folder / "pyproject.toml").write_text(f'[tool.prefect.api]\nurl = "{url}"\n')
        (folder / ".env").write_text(f"PREFECT_API_URL={url}\nPREFECT_SERVER_DATABASE_CONNECTION_URL={database}\n")
        done = run_in(folder, "run", "terms.md")
        assert stranger.requests == []
    assert not marker.exists(), marker.read_text()
    assert not (folder / "here.db").exists()
    assert done.returncode == 0, done.stderr


def test_a_key_is_not_sent_where_a_dotenv_of_the_folder_says(folder: Path):
    with FakeServer() as stranger:
        (folder / ".env").write_text(f"SMALLPRINT_BASE_URL={stranger.base_url}\nOPENAI_BASE_URL={stranger.base_url}\n")
        done = run_in(
            folder,
            *("read", "terms.md", "--model", "openai:gpt"),
            OPENAI_API_KEY="secret",
            SMALLPRINT_TIMEOUT="2",
            SMALLPRINT_MAX_ATTEMPTS="1",
        )
        assert stranger.requests == []
    assert "the .env here is not read" in done.stderr


def test_a_settings_file_is_read_where_a_person_named_it(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / "mine.env").write_text("SMALLPRINT_MODEL=openai:gpt\n")
    monkeypatch.setenv("SMALLPRINT_SETTINGS", str(folder / "mine.env"))
    assert settings_with().model == "openai:gpt"


def test_a_settings_file_in_the_workspace_that_a_person_named_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SMALLPRINT_HOME", str(folder))
    (folder / "settings.env").write_text("SMALLPRINT_CONCURRENCY=3\n")
    assert settings_with().concurrency == 3


def test_a_settings_file_that_is_missing_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SMALLPRINT_SETTINGS", str(folder / "gone.env"))
    with pytest.raises(UserError, match=r"gone\.env, which is no file"):
        settings_with()


OTHER = "http://127.0.0.1:9/v1"
KEYS = {
    "the provider's key goes to the provider": ({"openai_api_key": "theirs"}, "theirs"),
    "the provider's key goes to the provider's own address": (
        {"openai_api_key": "theirs", "openai_base_url": OTHER, "base_url": OTHER},
        "theirs",
    ),
    "the provider's key goes to no other server": ({"openai_api_key": "theirs", "base_url": OTHER}, None),
    "our key goes to any server that a person names": ({"api_key": "ours", "base_url": OTHER}, "ours"),
    "our key goes before the provider's": ({"api_key": "ours", "openai_api_key": "theirs"}, "ours"),
}


@pytest.mark.parametrize(("fields", "key"), KEYS.values(), ids=KEYS)
def test_a_key_is_bound_to_the_server_it_was_set_for(fields: dict[str, str], key: str | None):
    settings = Settings(**fields)
    assert (settings.model_key.get_secret_value() if settings.model_key else None) == key


def test_a_resumed_run_sends_no_key_to_an_address_that_only_the_workspace_knows(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SMALLPRINT_API_KEY", "ours")
    with pytest.raises(UserError, match=r"--base-url http://stranger\.example"):
        _check_server(RunOptions(), "http://stranger.example/v1")
    _check_server(RunOptions(base_url="http://stranger.example/v1"), "http://stranger.example/v1")
    monkeypatch.delenv("SMALLPRINT_API_KEY")
    _check_server(RunOptions(), "http://stranger.example/v1")


# ---- files and manifests


@pytest.mark.parametrize("path", ["/proc/self/environ", "../secret.txt", "inside/../../secret.txt", "link.txt"])
@pytest.mark.parametrize("kind", ["yml", "csv"])
def test_a_manifest_reads_no_file_outside_its_folder(folder: Path, path: str, kind: str):
    (folder.parent / "secret.txt").write_text("root:x:0:0")
    (folder / "inside").mkdir()
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")
    manifest = folder / f"manifest.{kind}"
    manifest.write_text(f"- path: {path}\n" if kind == "yml" else f"entity,path\nNorthwind,{path}\n")
    with pytest.raises(UserError, match="leads out of the manifest's folder"):
        gather([str(manifest)])


def test_a_link_out_of_a_folder_is_named_and_not_read(folder: Path):
    (folder.parent / "secret.txt").write_text("root:x:0:0")
    (folder / "notes.txt").symlink_to(folder.parent / "secret.txt")
    with pytest.raises(UserError, match=r"notes\.txt is a link that leads out"):
        gather([str(folder)])


def test_a_link_within_a_folder_is_read(folder: Path):
    (folder / "copy.md").symlink_to(folder / "terms.md")
    assert len(gather([str(folder)])) == 2


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
MANIFESTS = {
    "aliases": (BOMB, "anchors and aliases"),
    "an anchor alone": ("- &a {path: terms.md}\n", "anchors and aliases"),
    "a huge value": ("- path: terms.md\n  title: " + "x" * 20_000, "20,000 characters"),
    "deep nesting": ("- path: terms.md\n  title: " + "[" * 200 + "]" * 200, "nested"),
    "an unknown tag": ("- !!python/object/apply:os.system ['true']\n", "not a row"),
    "a date that no calendar has": ("- path: terms.md\n  published: 2024-13-45\n", "not a row"),
}


@pytest.mark.parametrize(("text", "problem"), MANIFESTS.values(), ids=MANIFESTS)
def test_a_malformed_manifest_is_one_line(folder: Path, text: str, problem: str):
    (folder / "manifest.yml").write_text(text)
    with pytest.raises(UserError, match=problem) as caught:
        gather([str(folder / "manifest.yml")])
    assert "\n" not in str(caught.value)
