"""Every command as a user calls it: what it prints where, what it writes, how it ends, and its JSON shape by shape."""

import csv
import json
from importlib.metadata import version
from pathlib import Path

import pytest

from classifiers.analysts import ANALYSTS
from smallprint.settings import Settings
from tests.app import shapes
from tests.app.conftest import Smallprint
from tests.fakes import FakeServer

# -- help and mistakes


def test_help_lists_the_commands(smallprint: Smallprint) -> None:
    completed = smallprint("--help")
    assert completed.code == 0
    for command in ("demo", "read", "run", "extract", "status", "export", "doctor"):
        assert f"│ {command} " in completed.out


@pytest.mark.parametrize("command", ["demo", "read", "run", "extract", "status", "export", "doctor"])
def test_each_commands_help_has_an_example_to_copy(smallprint: Smallprint, command: str) -> None:
    completed = smallprint(command, "--help")
    assert completed.code == 0
    assert f"$ smallprint {command}" in completed.out
    assert "<bool>" not in completed.out


def test_help_states_the_defaults_that_hold(smallprint: Smallprint, workspace: Path) -> None:
    completed = " ".join(smallprint("run", "--help").out.replace("│", " ").split())
    settings = Settings(_env_file=None)
    assert f"SMALLPRINT_TIMEOUT, else {settings.timeout:g}." in completed
    assert f"SMALLPRINT_CONCURRENCY, else {settings.concurrency}." in completed
    assert f"SMALLPRINT_MODEL, else {settings.model}." in completed


def test_help_names_every_analyst(smallprint: Smallprint) -> None:
    completed = " ".join(smallprint("run", "--help").out.replace("│", " ").split())
    for factory in ANALYSTS.values():
        assert factory.form in completed


def test_the_version_is_that_of_the_package(smallprint: Smallprint) -> None:
    assert smallprint("--version").out == f"smallprint {version('smallprint')}\n"


MISTAKES = [
    ("an unknown command", ("frobnicate",), "No such command 'frobnicate'; see 'smallprint --help'"),
    ("an unknown option", ("run", "x", "--fast"), "No such option: --fast"),
    ("a missing argument", ("read",), "Missing argument 'FILE|URL'; see 'smallprint read --help'"),
    ("a file that is not there", ("read", "nope.html"), "nope.html: no such file"),
    ("a folder given to read", ("read", "policies"), "policies is a folder; 'smallprint run policies' reads"),
    ("a language in words", ("extract", "policies/terms.md", "--language", "English"), "two-letter code"),
    ("nothing to run", ("run",), "name at least one file, URL, folder or manifest, or --resume"),
    ("nothing to resume", ("run", "--resume"), "no run has work left"),
    ("a model that nobody knows", ("read", "policies/terms.md", "-m", "gpt"), "no model is called 'gpt'"),
    ("a model without a key", ("run", "policies", "-m", "openai:x"), "no API key: set OPENAI_API_KEY"),
    ("an unknown run", ("status", "20260101-000000-ffff"), "there is no run 20260101-000000-ffff"),
    ("nothing exported yet", ("export", "-o", "d.csv"), "there is no workspace here yet"),
    (
        "a word for a number",
        ("run", "policies", "--budget", "five"),
        "Invalid value for '--budget': Input should be a valid number",
    ),
    ("a timeout of nothing", ("read", "policies/terms.md", "--timeout", "0"), "--timeout: input should be greater"),
    ("no call at a time", ("run", "policies", "--concurrency", "0"), "--concurrency: input should be greater"),
    ("a negative budget", ("run", "policies", "--budget", "-1"), "--budget"),
]


@pytest.mark.parametrize(("arguments", "line"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES])
@pytest.mark.usefixtures("policies")
def test_a_mistake_is_one_line_and_exit_code_2(smallprint: Smallprint, arguments: tuple[str, ...], line: str) -> None:
    completed = smallprint(*arguments)
    assert completed.code == 2
    assert completed.out == ""
    assert completed.err.startswith("smallprint: ")
    assert completed.err.count("\n") == 1
    assert line in completed.err


def test_an_invalid_setting_is_named_by_its_variable(smallprint: Smallprint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMALLPRINT_TIMEOUT", "soon")
    completed = smallprint("status")
    assert (completed.code, completed.err.count("\n")) == (2, 1)
    assert "SMALLPRINT_TIMEOUT: input should be a valid number" in completed.err


# -- extract and read


def test_extract_prints_the_clauses(smallprint: Smallprint, policies: Path) -> None:
    completed = smallprint("extract", str(policies / "terms.md"))
    assert completed.code == 0
    assert "Thank you for boiling with us." in completed.out


@pytest.mark.parametrize("name", ["terms.md", "privacy.html"])
def test_extract_json_tiles_the_text(smallprint: Smallprint, policies: Path, name: str) -> None:
    completed = smallprint("extract", str(policies / name), "--json")
    document = shapes.Document.model_validate_json(completed.out)
    end = 0
    for clause in document.clauses:
        assert document.text[end : clause.start].strip() == ""
        end = clause.end
    assert document.text[end:].strip() == ""


def test_read_names_the_analyst_and_accounts_for_every_clause(smallprint: Smallprint, policies: Path) -> None:
    completed = smallprint("read", str(policies / "terms.md"))
    assert completed.code == 0
    assert "offline analyst" in completed.out
    assert "rules on this machine, not a language model" in completed.out
    assert "“You waive any right to bring or take part in a class action" in completed.out
    assert "100.0% of the text covered" in completed.out


@pytest.mark.parametrize("name", ["terms.md", "privacy.html"])
def test_read_json_quotes_only_what_the_document_says(smallprint: Smallprint, policies: Path, name: str) -> None:
    completed = smallprint("read", str(policies / name), "--json")
    assert (completed.code, completed.err) == (0, "")
    reading = shapes.Read.model_validate_json(completed.out)
    assert isinstance(reading.document, shapes.Document)
    assert reading.drafts
    for draft in reading.drafts:
        assert draft.provenance.model == "offline"
        for evidence in draft.evidence:
            assert reading.document.text[evidence.start : evidence.end] == evidence.text
    ledger = reading.ledger
    assert ledger.analyzed + ledger.nothing_found + ledger.failed + ledger.over_budget == ledger.clauses


def test_read_json_can_leave_the_text_out(smallprint: Smallprint, policies: Path) -> None:
    completed = smallprint("read", str(policies / "terms.md"), "--json", "--no-text")
    assert isinstance(shapes.Read.model_validate_json(completed.out).document, shapes.DocumentWithoutText)
    assert "text" not in json.loads(completed.out)["document"]


def test_reading_offline_leaves_no_workspace_behind(smallprint: Smallprint, policies: Path, workspace: Path) -> None:
    smallprint("read", str(policies / "terms.md"))
    assert not workspace.exists()


def test_a_broken_document_is_one_line_and_exit_code_1(smallprint: Smallprint, workspace: Path) -> None:
    (workspace.parent / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    completed = smallprint("read", "broken.pdf")
    assert (completed.code, completed.out, completed.err.count("\n")) == (1, "", 1)
    assert "cannot be read as PDF" in completed.err


def test_a_document_in_a_language_without_rules_counts_as_failed(smallprint: Smallprint, workspace: Path) -> None:
    words = "Wir können diese Bedingungen jederzeit ohne Vorankündigung ändern. " * 5
    (workspace.parent / "agb.md").write_text(f"# Bedingungen\n\n{words}\n")
    completed = smallprint("read", "agb.md", "--language", "de")
    assert completed.code == 1
    why = "clauses were not analyzed: the offline analyst has no rules for the language 'de'"
    assert why in " ".join(completed.err.split())


# -- run, status, export


def test_a_folder_becomes_a_run_that_status_and_export_show(
    smallprint: Smallprint, policies: Path, workspace: Path
) -> None:
    (policies / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    (policies / "notes.xlsx").write_bytes(b"no document")
    ran = smallprint("run", "policies")
    assert ran.code == 1
    assert "1 document could not be read:" in ran.out
    assert "2 of 3 documents" in ran.out
    assert "100.0% covered" in ran.out
    assert "offline analyst" in ran.out
    for name in ("terms.md", "privacy.html", "broken.pdf"):
        assert name in ran.err

    listed = shapes.Status.model_validate_json(smallprint("status", "--json").out)
    (run,) = listed.runs
    assert (run.documents, run.done, run.failed_documents, run.state) == (3, 2, 1, "finished")
    assert run.ledger.failed == run.ledger.over_budget == 0
    whole = shapes.Status.model_validate_json(smallprint("status", run.run, "--json").out)
    places = {Path(document.location).name: document for document in whole.runs[0].places or ()}
    assert places["broken.pdf"].error is not None
    assert places["broken.pdf"].error.code == "malformed"
    assert places["terms.md"].drafts >= 1
    assert "broken.pdf" in smallprint("status", run.run).out

    assert smallprint("export", "-o", "drafts.jsonl").code == 0
    lines = (workspace.parent / "drafts.jsonl").read_text().splitlines()
    rows = [shapes.ExportedDraft.model_validate_json(line) for line in lines]
    assert len(rows) == run.drafts
    texts = {document.document: Path(document.location) for document in places.values()}
    for row in rows:
        extracted = shapes.Document.model_validate_json(smallprint("extract", row.document.url, "--json").out)
        assert texts[row.document.id] == Path(row.document.url)
        for evidence in row.evidence:
            assert extracted.text[evidence.start : evidence.end] == evidence.text

    assert smallprint("export", "-o", "drafts.csv").code == 0
    with (workspace.parent / "drafts.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["id"] for row in csv.DictReader(file)] == [row.id for row in rows]
    streamed = smallprint("export", "-o", "-", "--format", "jsonl")
    assert streamed.out.splitlines() == lines
    nothing = smallprint("export", "-o", "approved.csv", "--status", "approved")
    assert (nothing.code, (workspace.parent / "approved.csv").exists()) == (1, False)


def test_run_json_prints_the_run_and_nothing_else(smallprint: Smallprint, policies: Path) -> None:
    completed = smallprint("run", str(policies), "--json")
    (run,) = shapes.Status.model_validate_json(completed.out).runs
    assert (completed.code, run.done, len(run.places or ())) == (0, 2, 2)


def test_status_before_any_run_says_how_to_begin(smallprint: Smallprint, workspace: Path) -> None:
    completed = smallprint("status")
    assert completed.code == 0
    assert "No runs in" in completed.out
    assert "smallprint demo" in completed.out
    assert not workspace.exists()


def test_a_manifests_mistake_names_its_row_before_anything_runs(
    smallprint: Smallprint, policies: Path, workspace: Path
) -> None:
    (policies / "all.csv").write_text("entity,path\nKestrel,terms.md\nKestrel,gone.md\n")
    completed = smallprint("run", str(policies / "all.csv"))
    assert (completed.code, completed.err.count("\n")) == (2, 1)
    assert "all.csv:3: path: there is no file" in completed.err
    assert not workspace.exists()


def test_the_demo_shows_drafts_with_proof_and_where_to_look_next(smallprint: Smallprint) -> None:
    completed = smallprint("demo")
    assert completed.code == 0
    for word in ("nothing is sent anywhere", "offline analyst", "“", "characters", "law ", "agency ", "https://"):
        assert word in completed.out
    assert "7 of 7 documents" in completed.out
    assert "Where to look next" in completed.out
    assert "smallprint export -o drafts.csv" in completed.out


# -- a model behind the OpenAI protocol


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMALLPRINT_INPUT_PRICE", "1")
    monkeypatch.setenv("SMALLPRINT_OUTPUT_PRICE", "2")


@pytest.mark.usefixtures("priced")
def test_a_dry_run_prices_the_plan_and_sends_nothing(smallprint: Smallprint, policies: Path) -> None:
    with FakeServer() as server:
        completed = smallprint("run", str(policies), "-m", "openai:fake", "--base-url", server.base_url, "--dry-run")
    assert completed.code == 0
    assert server.requests == []
    assert "Plan for 2 of 2 documents with openai:fake: 2 calls, 0 already stored" in completed.out
    assert "Nothing was sent." in completed.out


@pytest.mark.usefixtures("priced")
def test_a_run_over_budget_is_resumed_without_paying_twice(smallprint: Smallprint, policies: Path) -> None:
    with FakeServer() as server:
        model = ("-m", "openai:fake", "--base-url", server.base_url)
        first = smallprint("run", str(policies), *model, "--budget", "0.000001", "--concurrency", "1")
        assert first.code == 1
        assert "the budget of $1e-06 is used up" in first.out
        assert "'smallprint run --resume' works on those alone" in first.out
        paid = len(server.requests)
        resumed = smallprint("run", "--resume")
        assert resumed.code == 0
        assert "Resuming run" in resumed.err
        again = smallprint("run", str(policies), *model)
    assert again.code == 0
    assert len(server.requests) == 2
    assert paid == 1
    assert "2 answers from the store" in again.out
    assert "Read by openai:fake." in again.out


def test_a_server_that_refuses_stops_the_run_in_one_line(smallprint: Smallprint, policies: Path) -> None:
    with FakeServer(api_key="right") as server:
        completed = smallprint("run", str(policies), "-m", "openai:fake", "--base-url", server.base_url)
    assert completed.code == 2
    assert completed.err.count("\n") == 1
    assert "does not accept the API key" in completed.err
    assert "'smallprint run --resume' goes on" in completed.err


def test_read_with_a_model_keeps_what_it_paid_for(smallprint: Smallprint, policies: Path) -> None:
    with FakeServer() as server:
        arguments = ("read", str(policies / "terms.md"), "-m", "openai:fake", "--base-url", server.base_url, "--json")
        first = shapes.Read.model_validate_json(smallprint(*arguments).out)
        second = shapes.Read.model_validate_json(smallprint(*arguments).out)
    assert (first.usage.calls, second.usage.calls, second.usage.cached_calls) == (1, 0, 1)
    assert [draft.id for draft in first.drafts] == [draft.id for draft in second.drafts]


# -- doctor


def test_doctor_reports_that_the_offline_analyst_is_ready(smallprint: Smallprint) -> None:
    completed = smallprint("doctor")
    assert completed.code == 0
    for what in ("packages", "registry", "workspace", "offline analyst"):
        assert what in completed.out


def test_doctor_probes_a_models_server(smallprint: Smallprint) -> None:
    with FakeServer(modes=("json_schema", "json")) as server:
        completed = smallprint("doctor", "-m", "openai:fake", "--base-url", server.base_url)
        lost = smallprint("doctor", "-m", "openai:gone", "--base-url", server.base_url)
    assert completed.code == 0
    assert "JSON schema: works" in completed.out
    assert lost.code == 1
    assert "FAIL" in lost.out
