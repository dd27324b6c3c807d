"""The judge over real HTTP: its figure, its agreement with people, and answers that are not in the right form."""

import asyncio
import json
import re

import pytest

from classifiers.model.llm import ModelClient
from classifiers.work import Budget, MemoryAnswers
from evals.judging import Judge, claims_of, judge_run, people_judgments, report_lines
from smallprint.settings import Settings
from tests.evals.factory import make_case, make_case_run, make_draft, make_run, make_sentences
from tests.fakes import FakeServer, Fault

TEXT = "\n\n".join(make_sentences(3))
_CLAIM = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
TRUTH = {
    claim: supported
    for summary, people in people_judgments()
    for claim, supported in zip(summary.claims, people, strict=True)
}


def run():
    case = make_case("kestrel", TEXT)
    draft = make_draft(case, 0, 30, impact="You cannot go to court. You pay for all kettles.")
    return make_run([make_case_run(case, [draft])])


def server_that(supports):
    """A server that finds a statement supported where ``supports`` returns True for it."""

    def fault(_number: int, request) -> Fault:
        claims = [(int(n), claim) for n, claim in _CLAIM.findall(request.messages[-1]["content"])]
        body = {"claims": [{"number": n, "supported": supports(claim), "why": "so it reads"} for n, claim in claims]}
        return Fault(body=lambda _text: json.dumps(body))

    return FakeServer(faults=fault)


def report_of(server: FakeServer, answers: MemoryAnswers | None = None):
    settings = Settings(base_url=server.base_url, api_key="x", model="openai:fake", max_attempts=1)
    client = ModelClient("openai:fake", settings)

    async def ask():
        try:
            return await judge_run(run(), Judge(client, answers or MemoryAnswers(), Budget(), b"secret"))
        finally:
            await client.close()

    return asyncio.run(ask())


def test_every_sentence_of_a_summary_is_judged_with_its_passage() -> None:
    (summary,) = claims_of(run().cases[0])
    assert summary.claims == ("Disputes go elsewhere.", "You cannot go to court.", "You pay for all kettles.")
    assert TEXT.splitlines()[0] in summary.passage


def test_the_report_has_the_agreement_with_people_beside_its_figure() -> None:
    with server_that(lambda claim: TRUTH.get(claim, "kettles" not in claim)) as server:
        report = report_of(server)
    assert (report.claims, report.supported) == (3, pytest.approx(2 / 3))
    assert (report.agreement, report.kappa, report.people) == (1.0, 1.0, len(TRUTH))
    assert [unsupported.claim for unsupported in report.unsupported] == ["You pay for all kettles."]
    lines = report_lines(report, splits=["dev"])
    assert "finds 66.7% of 3 statements supported" in lines[0]
    assert f"agrees with people on 100.0% of {len(TRUTH)} statements (kappa 1.00)" in lines[1]
    assert report_lines(report, splits=["test"]) == lines[:2]


def test_a_judge_that_supports_everything_has_kappa_zero() -> None:
    with server_that(lambda _claim: True) as server:
        report = report_of(server)
    assert report.supported == 1.0
    assert report.agreement == pytest.approx(sum(TRUTH.values()) / len(TRUTH))
    assert report.kappa == 0.0


def test_answers_are_paid_for_once() -> None:
    answers = MemoryAnswers()
    with server_that(lambda _claim: True) as server:
        first = report_of(server, answers)
        calls = server.calls
        again = report_of(server, answers)
        assert server.calls == calls
    assert first.usage.calls == calls
    assert again.usage.calls == 0
    assert again.supported == first.supported


def test_answers_in_the_wrong_form_are_counted_as_missing() -> None:
    with FakeServer(faults=lambda _n, _request: Fault(body=lambda _text: "All is well.")) as server:
        report = report_of(server)
    assert (report.claims, report.unanswered) == (0, 3)
    assert report.agreement == 0.0
    assert "3 without an answer" in report_lines(report, splits=[])[0]
