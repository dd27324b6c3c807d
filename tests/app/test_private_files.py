"""What is written stays where it belongs: private workspaces, no links followed, nothing that a spreadsheet runs."""

import io
import os
import stat
import sys
from pathlib import Path

import pytest

from app.cli.export import neutral
from app.files import whole_file
from app.terminal import result_stream
from app.workspace import workspace
from extractors.capture.snapshots import SnapshotFolder
from smallprint.errors import StoreError
from smallprint.settings import Settings, workspace_secret


@pytest.fixture(autouse=True)
def same_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_workspace_and_what_it_holds_are_its_owners_alone(tmp_path: Path):
    home = tmp_path / "workspace"
    with workspace(Settings(home=home)):
        SnapshotFolder(home / "snapshots").store(b"terms")
    assert mode(home) == 0o700
    open_to_others = [path for path in home.rglob("*") if mode(path) & 0o077]
    assert open_to_others == []


def test_a_workspace_that_stood_open_is_closed(tmp_path: Path):
    (tmp_path / "workspace").mkdir(mode=0o755)
    with workspace(Settings(home=tmp_path / "workspace")):
        assert mode(tmp_path / "workspace") == 0o700


def test_a_workspace_of_a_group_is_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SMALLPRINT_SHARED_WORKSPACE", "1")
    (tmp_path / "workspace").mkdir(mode=0o770)
    (tmp_path / "workspace").chmod(0o770)
    with workspace(Settings(home=tmp_path / "workspace")):
        assert mode(tmp_path / "workspace") == 0o770


def test_an_empty_secret_is_refused(tmp_path: Path):
    (tmp_path / "secret").write_bytes(b"\n")
    with pytest.raises(StoreError, match="secret is empty"):
        workspace_secret(Settings(home=tmp_path))


def test_a_file_that_is_written_whole_follows_no_link(tmp_path: Path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    target = tmp_path / "drafts.csv"
    for name in ("drafts.csv.partial", ".drafts.csv.partial"):
        (tmp_path / name).symlink_to(victim)
    with whole_file(target) as partial:
        partial.write_text("new")
    assert (victim.read_text(), target.read_text()) == ("mine", "new")
    assert mode(target) == 0o644


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path: Path):
    target = tmp_path / "drafts.csv"
    target.write_text("old")
    with pytest.raises(UnicodeEncodeError), whole_file(target) as partial:
        partial.write_text("new \ud800", encoding="utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["drafts.csv"]
    assert target.read_text() == "old"


@pytest.mark.parametrize(
    ("cell", "written"),
    {
        "a formula": ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        "behind a semicolon": ("fees; =HYPERLINK(1)", "fees; '=HYPERLINK(1)"),
        "behind a tab": ("fees\t@SUM(1)", "fees\t'@SUM(1)"),
        "behind a line break": ("fees\n+1", "fees\n'+1"),
        "a hyphen in a sentence": ("third-party fees", "third-party fees"),
        "a number": (3, 3),
    }.values(),
)
def test_no_cell_is_run_by_a_spreadsheet(cell: object, written: object):
    assert neutral(cell) == written


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_data_at_a_terminal_cannot_take_it_over(monkeypatch: pytest.MonkeyPatch):
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    result_stream().write("terms \x1b]52;c;cm0=\x07 \x9b31m end\n")
    assert screen.getvalue() == "terms \ufffd]52;c;cm0=\ufffd \ufffd31m end\n"


def test_data_in_a_pipe_is_written_to_the_letter(monkeypatch: pytest.MonkeyPatch):
    pipe = io.StringIO()
    monkeypatch.setattr(sys, "stdout", pipe)
    result_stream().write("a\tb\x9b\n")
    assert pipe.getvalue() == "a\tb\x9b\n"
