"""``smallprint eval``: figures for people and machines, exit codes, and the default command."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from smallprint.errors import UserError

RUNNER = CliRunner()


def run(*arguments: str):
    return RUNNER.invoke(app, ["eval", *arguments])


def test_a_suite_is_run_scored_and_kept(workspace: Path) -> None:
    shown = run("dev", "--no-variants", "--lists")
    assert shown.exit_code == 0
    assert "Passages found, recall" in shown.output
    assert "missed" in shown.output
    assert len(list((workspace / "evals" / "runs").glob("dev-offline-*.json"))) == 1


def test_every_figure_has_support_and_interval(workspace: Path) -> None:
    made = json.loads(run("run", "gold", "--no-variants", "--json").stdout)
    assert made["subject"]["model"] == "offline"
    for figures in made["metrics"].values():
        assert {"value", "low", "high", "support", "documents", "better", "title"} <= set(figures["found_recall"])


@pytest.mark.parametrize("suite", ["gould", "claudette"], ids=["an unknown suite", "public documents without a folder"])
def test_mistakes_are_the_users(workspace: Path, suite: str) -> None:
    assert isinstance(run(suite).exception, UserError)
