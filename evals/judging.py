"""A model judges whether the sentences of summaries are supported by their passages; people are the measure of it.

Numbers and names are checked without a model (scorers/prose.py). ``judgments.yml`` holds judgments of people; the
judge's agreement with them is printed beside its figures.
"""

import asyncio
import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import yaml

from classifiers.model.answers import Wire
from classifiers.model.llm import Meter, ModelClient, OverBudgetError, Question
from classifiers.model.retry import CallFailed
from classifiers.model.tokens import count_tokens
from classifiers.work import Answers, Budget
from evals.results import CaseRun, Run
from evals.scorers.levels import quadratic_kappa
from evals.scorers.metric import ratio
from evals.scorers.prose import sources
from evals.statistics import interval
from prompts import load as load_prompt
from smallprint.records import Noun, Usage

_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_EXPECTED_OUTPUT = 200  # tokens that the budget reserves for an answer; an estimate for five statements with reasons


class JudgedClaim(Wire):
    """The judge's verdict on one statement."""

    number: int
    supported: bool
    why: str = ""


class Judgment(Wire):
    """The judge's answer on one passage."""

    claims: list[JudgedClaim]


class PassageClaims(Noun):
    """A passage and the statements that a summary makes about it."""

    passage: str
    claims: tuple[str, ...]


class UnsupportedClaim(Noun):
    """A statement that the judge does not find supported by its passage."""

    case: str
    split: str
    claim: str
    why: str


class JudgeReport(Noun):
    """The share of statements of a run that a judge finds supported, and the judge's agreement with people."""

    judge: str
    claims: int
    supported: float
    low: float
    high: float
    unanswered: int  # statements that the judge gave no answer on
    unsupported: tuple[UnsupportedClaim, ...]
    people: int  # statements judged by people
    agreement: float  # share of them on which the judge agrees
    kappa: float  # Cohen's kappa: agreement beyond chance
    usage: Usage


class Judge:
    """Asks one model; answers are stored, so that the same question is paid for once."""

    def __init__(self, client: ModelClient, answers: Answers, budget: Budget, secret: bytes) -> None:
        self.client, self.answers, self.budget, self.secret = client, answers, budget, secret
        self.prompt = load_prompt("judge")
        self.usage = Usage()

    async def judge(self, summary: PassageClaims) -> tuple[JudgedClaim | None, ...]:
        """A judgment for each statement; None where the model gave none or could not be asked.

        Raises:
            ModelStopError: the model's server refuses every further call.

        """
        mark = sha256(self.secret + summary.passage.encode()).hexdigest()[:16]
        numbered = "\n".join(f"[{n}] {' '.join(claim.split())}" for n, claim in enumerate(summary.claims, 1))
        text = self.prompt.render(mark=mark, passage=summary.passage, claims=numbered)
        key = sha256(f"judge\n{self.client.name}\n{self.prompt.sha256}\n{text}".encode()).hexdigest()
        stored = self.answers.get(key)
        if stored is None:
            stored = await self._ask(text)
            if stored is None:
                return (None,) * len(summary.claims)
            self.answers.put(key, self.client.name, stored)
        judged = {claim.number: claim for claim in Judgment.model_validate_json(stored["text"]).claims}
        return tuple(judged.get(n) for n in range(1, len(summary.claims) + 1))

    async def _ask(self, text: str) -> dict[str, str] | None:
        meter = Meter(self.client.prices, count_tokens(text))
        messages = [{"role": "user", "content": text}]
        question = Question(messages, Judgment, meter, self.budget, _EXPECTED_OUTPUT, _reask)
        try:
            answer = await self.client.ask(question)
            Judgment.model_validate_json(answer)
        except (CallFailed, OverBudgetError, ValueError):
            return None  # reported as unanswered
        finally:
            self.usage += meter.usage
        return {"text": answer}


def _reask(problems: str) -> str:
    return f"Your answer was not in the form asked for: {problems}. Answer again, for every number."


def claims_of(run: CaseRun) -> list[PassageClaims]:
    """The sentences of every draft's summary, with the passage that the draft cites."""
    clauses = {clause.id: clause for clause in run.case.clauses}
    return [
        PassageClaims(
            passage="\n".join(dict.fromkeys(sources(draft, clauses))),
            claims=tuple(
                sentence
                for text in (draft.what_it_is, draft.consumer_impact)
                for sentence in _SENTENCE.split(text.strip())
                if sentence
            ),
        )
        for draft in run.drafts
    ]


def people_judgments() -> list[tuple[PassageClaims, tuple[bool, ...]]]:
    """Passages with statements, and whether people found each of them supported."""
    rows = yaml.safe_load((Path(__file__).parent / "judgments.yml").read_text(encoding="utf-8"))
    return [
        (
            PassageClaims(passage=row["passage"], claims=tuple(claim["text"] for claim in row["claims"])),
            tuple(bool(claim["supported"]) for claim in row["claims"]),
        )
        for row in rows
    ]


async def judge_run(run: Run, judge: Judge) -> JudgeReport:
    """Judge every summary of a run, and measure the judge against people.

    Raises:
        ModelStopError: the model's server refuses every further call.

    """
    counts, unsupported, unanswered = [], [], 0
    for case_run in run.cases:
        summaries = claims_of(case_run)
        judgments = await asyncio.gather(*(judge.judge(summary) for summary in summaries))
        pairs = [
            (claim, judged)
            for summary, judged_claims in zip(summaries, judgments, strict=True)
            for claim, judged in zip(summary.claims, judged_claims, strict=True)
        ]
        answered = [(claim, judged) for claim, judged in pairs if judged is not None]
        unanswered += len(pairs) - len(answered)
        counts.append((sum(judged.supported for _, judged in answered), len(answered)))
        unsupported += [
            UnsupportedClaim(case=case_run.case.id, split=case_run.case.split, claim=claim, why=judged.why)
            for claim, judged in answered
            if not judged.supported
        ]
    agreement, kappa, people = await _agreement(judge)
    figure = interval(
        np.array(counts, dtype=float).reshape(-1, 2), lambda c: ratio(c[..., 0], c[..., 1]), lambda c: c[..., 1]
    )
    return JudgeReport(
        judge=judge.client.name,
        claims=int(figure.support),
        supported=figure.value,
        low=figure.low,
        high=figure.high,
        unanswered=unanswered,
        unsupported=tuple(unsupported),
        people=people,
        agreement=agreement,
        kappa=kappa,
        usage=judge.usage,
    )


async def _agreement(judge: Judge) -> tuple[float, float, int]:
    """The judge's agreement with people, Cohen's kappa (1960), and the number of statements.

    A statement without an answer counts as disagreement.
    """
    judged_by_people = people_judgments()
    judgments = await asyncio.gather(*(judge.judge(summary) for summary, _ in judged_by_people))
    table = np.zeros((2, 2))
    for (_, people), judged_claims in zip(judged_by_people, judgments, strict=True):
        for person, judged in zip(people, judged_claims, strict=True):
            table[int(person), int(judged.supported) if judged is not None else int(not person)] += 1
    # With two classes, quadratic weights give the unweighted kappa.
    return float(np.trace(table) / table.sum()), float(quadratic_kappa(table)), int(table.sum())


def report_lines(report: JudgeReport, *, splits: Sequence[str]) -> list[str]:
    """The report as lines: the figure, the agreement with people, and the unsupported statements of these splits."""
    supported = f"The judge {report.judge} finds {report.supported:.1%} of {report.claims} statements supported"
    bounds = "" if np.isnan(report.low) else f" [{report.low:.1%}, {report.high:.1%}]"
    missing = f"; {report.unanswered} without an answer" if report.unanswered else ""
    people = f"{report.agreement:.1%} of {report.people} statements (kappa {report.kappa:.2f})"
    return [
        f"{supported} by their passages{bounds}{missing}",
        f"It agrees with people on {people}",
        *(f"  {claim.case}: {claim.claim} ({claim.why})" for claim in report.unsupported if claim.split in splits),
    ]
