"""Reports: the page, the comment, JUnit and JSON, and that hostile text stays text in each."""

import json
import re
from xml.etree import ElementTree as ET

import pytest

from evals.comparing import compare
from evals.gate import Check, GateResult
from evals.reports.html import html
from evals.reports.json import scores_json
from evals.reports.junit import junit
from evals.reports.markdown import markdown
from evals.scoring import score
from tests.evals.factory import (
    GRAVE,
    MILD,
    make_case,
    make_case_run,
    make_draft,
    make_gold,
    make_run,
    make_sentences,
    right_draft,
    span_of,
)

HOSTILE = "<script>alert('x')</script> | `rm` \x0b and ]]> & \"quotes\" of kettle 9 stand here"
LINES = [*make_sentences(6), HOSTILE.replace("\x0b", "")]
TEXT = "\n\n".join(LINES)


@pytest.fixture(scope="module")
def run():
    provisions = [
        make_gold(1, TEXT, LINES[0]),
        make_gold(2, TEXT, LINES[1], "venue", MILD),
        make_gold(3, TEXT, LINES[2], "data_sale"),
        make_gold(4, TEXT, LINES[3], "ai_training"),
    ]
    case = make_case("kestrel", TEXT, provisions, negatives=[span_of(TEXT, LINES[4])])
    hostile = make_draft(case, TEXT.index(LINES[6]), len(TEXT), "other", MILD).model_copy(update={"title": HOSTILE})
    drafts = [
        right_draft(case, provisions[0]),
        right_draft(case, provisions[1], factors=GRAVE),
        right_draft(case, provisions[2], category="data_sharing"),
        hostile,
    ]
    return make_run([make_case_run(case, drafts, error=f"broke on {HOSTILE}")])


@pytest.fixture(scope="module")
def before(run):
    """A run that found the fourth provision and missed the first."""
    case_run = run.cases[0]
    drafts = (right_draft(case_run.case, case_run.case.provisions[3]), *case_run.drafts[1:])
    return run.model_copy(update={"cases": (case_run.model_copy(update={"drafts": drafts}),)})


@pytest.fixture(scope="module")
def gate():
    checks = (
        Check(kind="floor", name="found_recall.dev", passed=False, message=f"too low {HOSTILE}", details=(HOSTILE,)),
        Check(kind="leak", name="leaks", passed=True, message="none"),
    )
    return GateResult(checks=checks)


def test_junit_is_xml_that_separates_failures_from_errors(run, gate) -> None:
    root = ET.fromstring(junit(run, gate))  # noqa: S314 -- our own output
    suites = {suite.get("name"): suite for suite in root}
    assert (suites["floor"].get("failures"), suites["leak"].get("failures")) == ("1", "0")
    assert suites["documents"].get("errors") == "1"
    assert "too low" in suites["floor"].find("testcase/failure").get("message")


def test_the_page_is_one_file_without_scripts_or_links(run, before, gate) -> None:
    page = html(run, score(run), gate, compare(score(run), score(before)))
    assert "<script" not in page
    assert not re.search(r'(?:src|href)="|url\(|@import|https?://', page)
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("right", LINES[0]),
        ("level", LINES[1]),
        ("category", LINES[2]),
        ("missed", LINES[3]),
        ("nothing", LINES[4]),
    ],
)
def test_the_page_marks_each_outcome_in_the_text(run, kind: str, words: str) -> None:
    page = html(run, score(run), None, None)
    assert re.search(rf'<mark class="{kind}" title="[^"]+">{re.escape(words)}</mark>', page)


def test_the_page_shows_before_and_after(run, before, gate) -> None:
    page = html(run, score(run), gate, compare(score(run), score(before)))
    assert "The gate is not met" in page
    assert "too low" in page
    rows = re.findall(r"<tr><td>kestrel</td><td>(p\d)</td>.*?</tr>", page, re.DOTALL)
    assert sorted(rows) == ["p1", "p4"]


def test_the_comment_has_verdict_figures_and_changes_in_whole_tables(run, before, gate) -> None:
    comment = markdown(run, score(run), gate, compare(score(run), score(before)))
    assert comment.startswith("### Evals of gold by fake: gate not met, 1 checks failed")
    assert "<script" not in comment
    assert "| kestrel | p4 | ai_training, high | ai_training, high | missed (worse) |" in comment
    rows = [line for line in comment.splitlines() if line.startswith("| Passages")]
    assert rows
    assert {line.count("|") for line in rows} == {4}


def test_json_has_every_part_and_no_nan(run, before, gate) -> None:
    document = scores_json(run, score(run), gate, compare(score(run), score(before)))
    text = json.dumps(document, allow_nan=False)
    assert json.loads(text)["metrics"]["dev"]["found_recall"] == {
        "title": "Passages found, recall",
        "better": "higher",
        "value": 0.75,
        "low": None,
        "high": None,
        "support": 4.0,
        "documents": 1,
    }
    assert document["gate"]["met"] is False
    assert document["cases"][0]["spurious"][0]["why"] == "unlisted"
