"""The judge over real HTTP: its figure, its agreement with people, and what becomes of answers that are none."""

import asyncio
import json
import re

import pytest

from classifiers.model.llm import ModelClient
from classifiers.work import Budget, MemoryAnswers
from evals.judging import Judge, claims_of, judge_run, people_judgments, report_lines
from smallprint.settings import Settings
from tests.evals.factory import case, case_run, draft, run_of, sentences
from tests.fakes import FakeServer, Fault

TEXT = "\n\n".join(sentences(3))
_CLAIM = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
TRUTH = {claim: said for asked, people in people_judgments() for claim, said in zip(asked.claims, people, strict=True)}


def run():
    of = case("kestrel", TEXT)
    made = draft(of, 0, 30, impact="You cannot go to court. You pay for all kettles.")
    return run_of([case_run(of, [made])])


def answering(says):
    """A server that answers each statement as ``says`` does."""

    def fault(_number: int, request) -> Fault:
        claims = [(int(n), claim) for n, claim in _CLAIM.findall(request.messages[-1]["content"])]
        body = {"claims": [{"number": n, "supported": says(claim), "why": "so it reads"} for n, claim in claims]}
        return Fault(body=lambda _text: json.dumps(body))

    return FakeServer(faults=fault)


def judged(server: FakeServer, answers: MemoryAnswers | None = None):
    settings = Settings(base_url=server.base_url, api_key="x", model="openai:fake", max_attempts=1)
    client = ModelClient("openai:fake", settings)

    async def go():
        try:
            return await judge_run(run(), Judge(client, answers or MemoryAnswers(), Budget(), b"secret"))
        finally:
            await client.close()

    return asyncio.run(go())


def test_every_sentence_of_a_summary_is_asked_with_its_passage() -> None:
    (asked,) = claims_of(run().cases[0])
    assert asked.claims == ("Disputes go elsewhere.", "You cannot go to court.", "You pay for all kettles.")
    assert TEXT.splitlines()[0] in asked.passage


def test_the_figure_stands_beside_the_agreement_with_people() -> None:
    with answering(lambda claim: TRUTH.get(claim, "kettles" not in claim)) as server:
        report = judged(server)
    assert (report.claims, report.supported) == (3, pytest.approx(2 / 3))
    assert (report.agreement, report.kappa, report.people) == (1.0, 1.0, len(TRUTH))
    assert [one.claim for one in report.unsupported] == ["You pay for all kettles."]
    lines = report_lines(report, splits=["dev"])
    assert "finds 66.7% of 3 statements supported" in lines[0]
    assert f"agrees with people on 100.0% of {len(TRUTH)} statements (kappa 1.00)" in lines[1]
    assert report_lines(report, splits=["test"]) == lines[:2]


def test_a_judge_that_says_yes_to_everything_is_shown_to_be_worth_nothing() -> None:
    with answering(lambda _claim: True) as server:
        report = judged(server)
    assert report.supported == 1.0
    assert report.agreement == pytest.approx(sum(TRUTH.values()) / len(TRUTH))
    assert report.kappa == 0.0


def test_answers_are_paid_for_once() -> None:
    answers = MemoryAnswers()
    with answering(lambda _claim: True) as server:
        first = judged(server, answers)
        calls = server.calls
        again = judged(server, answers)
        assert server.calls == calls
    assert first.usage.calls == calls
    assert again.usage.calls == 0
    assert again.supported == first.supported


def test_what_is_no_answer_is_counted_and_said() -> None:
    with FakeServer(faults=lambda _n, _request: Fault(body=lambda _text: "All is well.")) as server:
        report = judged(server)
    assert (report.claims, report.unanswered) == (0, 3)
    assert report.agreement == 0.0
    assert "3 without an answer" in report_lines(report, splits=[])[0]
