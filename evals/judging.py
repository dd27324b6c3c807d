"""A second opinion on summaries: a model judges each sentence against its passage, and is itself judged against people.

Numbers and names are checked without any model (scorers/prose.py); this one reads. How far it can be believed is its
agreement with the judgments of people in ``judgments.yml``, which stands beside every figure of it.
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
_EXPECTED_OUTPUT = 200  # tokens


class JudgedClaim(Wire):
    """One statement as the judge sees it."""

    number: int
    supported: bool
    why: str = ""


class Judgment(Wire):
    """The judge's answer on one passage."""

    claims: list[JudgedClaim]


class Asked(Noun):
    """A passage and the statements made of it."""

    passage: str
    claims: tuple[str, ...]


class Unsupported(Noun):
    """A statement that the judge does not find in its passage."""

    case: str
    split: str
    claim: str
    why: str


class JudgeReport(Noun):
    """What a judge says of a run, and how far it agrees with people."""

    judge: str
    claims: int
    supported: float
    low: float
    high: float
    unanswered: int  # statements that it gave no answer on
    unsupported: tuple[Unsupported, ...]
    people: int  # statements judged by people
    agreement: float  # share of them on which it says the same
    kappa: float  # Cohen's, the same beyond chance
    usage: Usage


class Judge:
    """Asks one model; answers are kept, so that the same question is paid for once."""

    def __init__(self, client: ModelClient, answers: Answers, budget: Budget, secret: bytes) -> None:
        self.client, self.answers, self.budget, self.secret = client, answers, budget, secret
        self.prompt = load_prompt("judge")
        self.usage = Usage()

    async def judge(self, asked: Asked) -> tuple[JudgedClaim | None, ...]:
        """A judgment for each statement; None where the model gave none or could not be asked.

        Raises:
            ModelStopError: the model's server refuses us for good.

        """
        mark = sha256(self.secret + asked.passage.encode()).hexdigest()[:16]
        numbered = "\n".join(f"[{n}] {' '.join(claim.split())}" for n, claim in enumerate(asked.claims, 1))
        text = self.prompt.render(mark=mark, passage=asked.passage, claims=numbered)
        key = sha256(f"judge\n{self.client.name}\n{self.prompt.sha256}\n{text}".encode()).hexdigest()
        stored = self.answers.get(key)
        if stored is None:
            stored = await self._ask(text)
            if stored is None:
                return (None,) * len(asked.claims)
            self.answers.put(key, self.client.name, stored)
        given = {one.number: one for one in Judgment.model_validate_json(stored["text"]).claims}
        return tuple(given.get(n) for n in range(1, len(asked.claims) + 1))

    async def _ask(self, text: str) -> dict[str, str] | None:
        meter = Meter(self.client.prices, count_tokens(text))
        messages = [{"role": "user", "content": text}]
        question = Question(messages, Judgment, meter, self.budget, _EXPECTED_OUTPUT, _reask)
        try:
            answer = await self.client.ask(question)
            Judgment.model_validate_json(answer)
        except (CallFailed, OverBudgetError, ValueError):
            return None  # counted as unanswered, and shown
        finally:
            self.usage += meter.usage
        return {"text": answer}


def _reask(problems: str) -> str:
    return f"Your answer was not in the form asked for: {problems}. Answer again, for every number."


def claims_of(run: CaseRun) -> list[Asked]:
    """The sentences of every draft's summary with the passage that it cites."""
    clauses = {clause.id: clause for clause in run.case.clauses}
    return [
        Asked(
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


def by_people() -> list[tuple[Asked, tuple[bool, ...]]]:
    """The passages and statements that people judged."""
    rows = yaml.safe_load((Path(__file__).parent / "judgments.yml").read_text(encoding="utf-8"))
    return [
        (
            Asked(passage=row["passage"], claims=tuple(one["text"] for one in row["claims"])),
            tuple(bool(one["supported"]) for one in row["claims"]),
        )
        for row in rows
    ]


async def judge_run(run: Run, judge: Judge) -> JudgeReport:
    """Judge every summary of a run, and the judge itself.

    Raises:
        ModelStopError: the model's server refuses us for good.

    """
    counts, unsupported, unanswered = [], [], 0
    for one in run.cases:
        asked = claims_of(one)
        given = await asyncio.gather(*(judge.judge(some) for some in asked))
        pairs = [
            (claim, said)
            for some, all_ in zip(asked, given, strict=True)
            for claim, said in zip(some.claims, all_, strict=True)
        ]
        answered = [(claim, said) for claim, said in pairs if said is not None]
        unanswered += len(pairs) - len(answered)
        counts.append((sum(said.supported for _, said in answered), len(answered)))
        unsupported += [
            Unsupported(case=one.case.id, split=one.case.split, claim=claim, why=said.why)
            for claim, said in answered
            if not said.supported
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
    """How often the judge says what people say, Cohen's kappa (1960), statements; no answer disagrees."""
    known = by_people()
    given = await asyncio.gather(*(judge.judge(asked) for asked, _ in known))
    table = np.zeros((2, 2))
    for (_, people), said in zip(known, given, strict=True):
        for person, one in zip(people, said, strict=True):
            table[int(person), int(one.supported) if one is not None else int(not person)] += 1
    # With two classes the quadratic weights are those of the plain kappa.
    return float(np.trace(table) / table.sum()), float(quadratic_kappa(table)), int(table.sum())


def said_of(report: JudgeReport, *, splits: Sequence[str]) -> list[str]:
    """The report as lines: the figure, how far to believe it, the statements in question of these splits."""
    found = f"The judge {report.judge} finds {report.supported:.1%} of {report.claims} statements supported"
    bounds = "" if np.isnan(report.low) else f" [{report.low:.1%}, {report.high:.1%}]"
    missing = f"; {report.unanswered} without an answer" if report.unanswered else ""
    people = f"{report.agreement:.1%} of {report.people} statements (kappa {report.kappa:.2f})"
    return [
        f"{found} by their passages{bounds}{missing}",
        f"It agrees with people on {people}",
        *(f"  {one.case}: {one.claim} ({one.why})" for one in report.unsupported if one.split in splits),
    ]
