"""``smallprint eval``: figures for people and machines, exit codes, and the default command."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from evals.suites import BENCHMARKS
from smallprint.errors import UserError
from smallprint.review import Decision
from smallprint.store import open_store
from tests.app import shapes
from tests.drafts import NOW, PRICES, REFUND, decide_and_write, fill

RUNNER = CliRunner()


def run(*arguments: str):
    return RUNNER.invoke(app, ["eval", *arguments])


def test_help_names_every_suite() -> None:
    help_text = " ".join(run("run", "--help").output.replace("│", " ").split())
    for suite in ("gold", "dev", "test", "samples", *BENCHMARKS):
        assert re.search(rf"\b{suite}\b", help_text), suite


def test_without_numpy_an_eval_says_what_to_install(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.cli.eval_commands.find_spec", lambda _package: None)
    mistake = run("dev").exception
    assert isinstance(mistake, UserError)
    assert "pip install 'smallprint[evals]'" in str(mistake)


def test_a_suite_is_run_scored_and_stored(small: Path, workspace: Path) -> None:
    evaluated = run("dev", "--no-variants", "--lists")
    assert evaluated.exit_code == 0
    assert "Passages found, recall" in evaluated.output
    assert "missed" in evaluated.output
    assert len(list((workspace / "evals" / "runs").glob("dev-offline-*.json"))) == 1


def test_the_words_of_test_cases_are_hidden_without_show_test(small: Path) -> None:
    page = small / "report.html"
    words = "mood diary for iOS"
    hidden = run("test", "--no-variants", "--lists", "--html", str(page))
    assert "test cases hidden" in hidden.output
    assert "missed " not in hidden.output
    assert words not in page.read_text()
    evaluated = run("test", "--no-variants", "--lists", "--show-test", "--html", str(page))
    assert "missed " in evaluated.output
    assert words in page.read_text()


def test_every_figure_has_support_and_interval(small: Path) -> None:
    figures = shapes.Evals.model_validate_json(run("run", "gold", "--no-variants", "--gate", "--json").stdout)
    assert figures.subject.model == "offline"
    assert figures.gate
    assert {"found_recall", "severity_kappa"} <= figures.metrics["dev"].keys()
    assert figures.metrics["dev"]["found_recall"].support == 21


@pytest.mark.parametrize("suite", ["gould", "claudette"], ids=["an unknown suite", "public documents without a folder"])
def test_a_suite_that_cannot_be_run_is_a_users_mistake(workspace: Path, suite: str) -> None:
    assert isinstance(run(suite).exception, UserError)


def test_the_gate_asks_for_a_baseline_and_is_met_once_one_is_blessed(small: Path) -> None:
    without = run("--gate")
    assert without.exit_code == 1
    assert "smallprint eval bless" in " ".join(without.output.split())
    assert run("bless", "--reason", "the first baseline of all").exit_code == 0
    reports = [str(small / name) for name in ("junit.xml", "report.html", "comment.md")]
    met = run("--gate", "--junit", reports[0], "--html", reports[1], "--markdown", reports[2])
    assert met.exit_code == 0, met.output
    assert "The gate is met" in met.output
    assert "2 of them read before" in met.output
    for path in reports:
        assert Path(path).stat().st_size > 500


def test_a_changed_case_is_not_compared_and_the_gate_says_which(small: Path) -> None:
    assert run("bless", "--reason", "the first baseline of all").exit_code == 0
    case = small / "cases" / "fernbank-terms.yml"
    case.write_text(case.read_text().replace('  - "cooks small batches in Duluth, Minnesota"\n', ""))
    evaluated = run("--gate")
    assert evaluated.exit_code == 1
    assert "dataset: 1 case changed (fernbank-terms)" in " ".join(evaluated.output.split())


def test_two_stored_runs_are_compared(small: Path, workspace: Path) -> None:
    for suite in ("dev", "test", "dev"):
        assert run(suite, "--no-variants").exit_code == 0
    runs = workspace / "evals" / "runs"
    dev, test = min(runs.glob("dev-*")), next(iter(runs.glob("test-*")))
    assert "Changed between the two: nothing" in run("compare", str(dev), str(dev)).output
    refused = run("compare", str(dev), str(test)).exception
    assert isinstance(refused, UserError)
    assert "cannot be compared: dataset" in str(refused)


def test_a_stored_run_is_scored_again_without_reading_anything(small: Path, workspace: Path) -> None:
    first = json.loads(run("dev", "--no-variants", "--json").stdout)
    (run_file,) = (workspace / "evals" / "runs").iterdir()
    again = json.loads(run("--kept", str(run_file), "--json").stdout)
    assert again == first
    assert list((workspace / "evals" / "runs").iterdir()) == [run_file]


def test_a_floor_is_lowered_only_with_a_reason(small: Path) -> None:
    assert run("floor", "found_recall", "dev", "0.4").exit_code == 0
    assert isinstance(run("floor", "found_recall", "dev", "0.1").exception, UserError)
    assert run("floor", "found_recall", "dev", "0.3", "--reason", "the gold has grown").exit_code == 0
    assert "the gold has grown" in (small / "gates" / "offline.yml").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bless", "--reason", "because"), "at least 3 words"),
        (("floor", "found_recal", "dev", "0.4"), "no metric is called"),
        (("floor", "found_recall", "train", "0.4"), "use dev or test"),
        (("dev", "--junit", "x.xml"), "add --gate"),
        (("dev", "--no-variants", "--judge", "offline"), "no judge is called"),
        (("compare", "a.json", "b.json"), "cannot be read"),
        (("freeze", "SP-P-000001"), "no workspace here yet"),
    ],
    ids=lambda column: " ".join(column) if isinstance(column, tuple) else "",
)
def test_mistakes_say_what_to_do(small: Path, arguments: tuple[str, ...], words: str) -> None:
    refused = run(*arguments)
    assert isinstance(refused.exception, UserError)
    assert words in str(refused.exception)


def test_approved_records_become_a_suite_of_their_own(small: Path, workspace: Path) -> None:
    workspace.mkdir()
    store = open_store(f"sqlite:///{workspace / 'smallprint.db'}")
    fill(store)
    with store.write() as connection:
        for draft in (REFUND, PRICES):
            word = Decision(kind="approve", draft=draft.id, seen_version=1, by="ada", at=NOW)
            decide_and_write(connection, word)
    store.close()
    assert isinstance(run("freeze", "SP-P-000009").exception, UserError)
    frozen = run("freeze", "SP-P-000001", REFUND.id, PRICES.id)
    assert frozen.exit_code == 0, frozen.exception
    evaluated = run(str(workspace / "evals" / "cases"), "--no-variants", "--json")
    figures = json.loads(evaluated.stdout)
    assert [verdict["category"] for verdict in figures["cases"][0]["verdicts"]] == [
        "cancellation_refund",
        "unilateral_change",
    ]
