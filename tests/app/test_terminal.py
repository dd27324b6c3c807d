"""What reaches a terminal: no control character of a file name, a document or a model; plain text without color."""

import io
import re
from pathlib import Path

import pytest
from rich.table import Table
from rich.text import Text

from app.cli.progress import Board, RunTotals
from app.terminal import Terminal, printable
from flows.progress import Event
from tests.app.conftest import Smallprint

HOSTILE = [
    ("a window title", "terms\x1b]0;owned\x07.md"),
    ("colors", "terms\x1b[31;1m.md"),
    ("a cleared screen", "terms\x1b[2J\x1b[H.md"),
    ("eight-bit controls", "terms\x9b31m.md"),
    ("backspaces", "terms\b\b\b\b.md"),
    ("a carriage return", "terms\rfine.md"),
    ("words turned around", "terms\u202etxt.md"),
]
ids = [row[0] for row in HOSTILE]


@pytest.mark.parametrize("name", [row[1] for row in HOSTILE], ids=ids)
def test_a_terminal_is_not_taken_over(name: str) -> None:
    out = io.StringIO()
    console = Terminal(file=out, force_terminal=True, color_system=None, width=80)
    table = Table("document")
    table.add_row(Text(name))
    console.print(Text(name))
    console.print(table)
    assert re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", out.getvalue()) is None
    assert "terms" in out.getvalue()


def test_letters_of_all_scripts_are_left_alone() -> None:
    words = "Größe 条件 условия “quoted” — §4.2\n"
    assert printable(words) == words


NAMES = [("markup", "[bold]terms[/bold] [link=x]y.md"), ("an option", "--help.md"), ("two lines", "new\nline.md")]


@pytest.mark.parametrize("name", [row[1].replace("/", "") for row in NAMES], ids=[row[0] for row in NAMES])
def test_a_strange_file_name_is_read_like_any_other(smallprint: Smallprint, workspace: Path, name: str) -> None:
    folder = workspace.parent / "policies"
    folder.mkdir()
    (folder / name).write_text("# Terms\n\nWe may change these terms at any time without notice to you.\n")
    completed = smallprint("run", "policies")
    assert completed.code == 0
    assert "1 of 1 document " in completed.out
    assert name.replace("\n", "") in completed.err


def test_a_file_name_outside_unicode_is_refused_before_anything_runs(smallprint: Smallprint, workspace: Path) -> None:
    folder = workspace.parent / "policies"
    folder.mkdir()
    try:
        (folder / "bad\udcff.md").write_text("# Terms")
    except OSError:
        pytest.skip("this file system takes only Unicode names")
    completed = smallprint("run", "policies")
    assert (completed.code, completed.err.count("\n")) == (2, 1)
    assert "bad\\xff.md: the file's name is not valid Unicode; rename it" in completed.err


@pytest.mark.parametrize("width", [80, 140])
def test_a_summary_fits_the_terminal(
    smallprint: Smallprint, policies: Path, monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    name = "a_very_long_name_of_a_document_that_somebody_has_downloaded_from_somewhere_(2026-02-03).md"
    (policies / name).write_text("# Terms\n\nWe may change these terms at any time without notice to you.\n")
    monkeypatch.setenv("COLUMNS", str(width))
    completed = smallprint("run", str(policies))
    lines = completed.out.splitlines()
    assert max(map(len, lines)) <= width
    assert "(2026-02-03).md" in "".join(line.split("  ")[0] for line in lines)
    assert "covered" in completed.out
    assert "\x1b" not in completed.out


def test_progress_counts_events_and_estimates_the_time_left() -> None:
    now = 0.0
    totals = RunTotals(2, lambda: now)
    totals.add(Event("captured", 0, clauses=10))
    now = 8.0
    totals.add(Event("window", 0, clauses=5, calls=1, tokens=1200, cost_usd=0.25))
    assert totals.share == pytest.approx(0.3)
    assert totals.seconds_left == pytest.approx(8 * 0.7 / 0.3)
    totals.add(Event("analyzed", 0, drafts=3))
    totals.add(Event("failed", 1, message="encrypted"))
    assert (totals.finished, totals.failed, totals.share, totals.seconds_left) == (2, 1, 1.0, None)
    assert totals.line() == "10 clauses · 3 drafts · 1 call · 1,200 tokens · $0.2500"


def test_progress_fits_eighty_columns() -> None:
    totals = RunTotals(40, lambda: 60.0, began=0.0)
    board = Board(totals, ["terms.md"])
    board.show(Event("captured", 0, clauses=2345))
    totals.shares = dict.fromkeys(range(12), 1.0)
    totals.finished, totals.failed, totals.drafts = 12, 1, 214
    totals.calls, totals.tokens, totals.cost_usd = 310, 1_203_320, 4.2
    out = io.StringIO()
    Terminal(file=out, width=80, color_system=None, force_terminal=True).print(board)
    for words in ("12 of 40 documents, 1 failed", "about 2:20 left", "2,345 clauses", "310 calls", "$4.20"):
        assert words in out.getvalue()
    assert len(out.getvalue().splitlines()) == 2
