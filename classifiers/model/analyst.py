"""The language-model analyst: windows to prompts, answers stored before use, cut-off windows split."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any, Literal

import prompts
from classifiers.model.answers import answer_model, read_answer, to_proposal
from classifiers.model.batch_server import ProviderBatches
from classifiers.model.batches import BatchDesk
from classifiers.model.instructions import Instructions, instructions_for
from classifiers.model.llm import Caller, Message, Meter, OverBudgetError, Question
from classifiers.model.retry import SPLITS, CallFailed
from classifiers.model.tokens import count_tokens
from classifiers.model.windows import Window, cut_windows, split_window
from classifiers.turns import Piece, turn
from classifiers.work import Deliver, Job, Outcome, Plan
from smallprint.errors import ModelStopError, UserError
from smallprint.records import Rejection, Usage
from smallprint.registry import Registry
from smallprint.settings import Settings, workspace_secret

# Output tokens for one token of the document, from real documents answered by a careful reader (docs/decisions/0008).
_OUTPUT_PER_INPUT = 1.3
_ENOUGH_SEEN = 3_000  # document tokens after which a model's own answers say more
_OUTPUT_AT_LEAST = 40  # tokens of an answer without provisions
_MOST_SPLITS = 5  # halvings of one window: enough to part one clause from thirty, and an end to the bill
_MOST_SPLITS_UNREAD = 1  # where two answers were no JSON: a shorter one may be, but a model that cannot stays unable


class ModelAnalyst:
    """A model behind the OpenAI protocol; ``openai:NAME`` and compatible servers, ``azure:NAME``."""

    def __init__(self, name: str, settings: Settings) -> None:
        _check(name, settings)
        self.name = name
        self.settings = settings
        self._callers = [Caller(name, settings)]
        if settings.fallback_model:
            _check(settings.fallback_model, settings)
            self._callers.append(Caller(settings.fallback_model, settings))
        self._secret: bytes | None = None

    def go_by_batch(self, tell: Callable[[str], None]) -> None:
        """Ask through the provider's batch service from now on: half the price, answers within a day.

        Args:
            tell: told in a sentence of every batch that is sent or has ended.

        """
        for caller in self._callers:
            place = sha256(f"{caller.server} {caller.model}".encode()).hexdigest()[:16]
            caller.desk = BatchDesk(ProviderBatches(caller), self.settings.home / "batches" / place, tell)
            caller.prices = replace(caller.prices, share=0.5)

    @property
    def prompt(self) -> str:
        """Name and version of the prompt file."""
        return prompts.load("provisions").id

    @property
    def language(self) -> str:
        """As set."""
        return self.settings.language

    def hashes(self, registry: Registry) -> Mapping[Literal["prompt", "schema"], str]:
        """SHA-256 of the static message with the window's template, and of the schema on the wire."""
        instructions = self._instructions(registry)
        return {"prompt": instructions.sha256, "schema": instructions.schema_sha256}

    def _instructions(self, registry: Registry) -> Instructions:
        return instructions_for(registry, self.settings.language)

    async def propose(self, job: Job, deliver: Deliver) -> None:
        """Read all windows at once, as far as limiter and budget allow; see ``work.Analyst``."""
        self._check_budget(job)
        async with turn(Piece.CUT):
            windows = self._windows(job)
        try:
            async with asyncio.TaskGroup() as group:
                for window in windows:
                    group.create_task(self._read(job, window, deliver))
        except BaseExceptionGroup as failures:
            raise _first(failures) from failures

    def plan(self, job: Job) -> Plan:
        """The windows' rendered prompts counted, and the output that their size lets expect.

        Where the model's answers to some pages are stored, by what they took; else by what a careful reader writes.
        """
        windows = self._windows(job)
        usage = Usage()
        seen = job.answers.tally(self.name)
        known = seen.document_tokens >= _ENOUGH_SEEN
        input_ratio = seen.input_tokens / seen.asked_tokens if known else 1.0
        output_ratio = seen.output_tokens / seen.document_tokens if known else _OUTPUT_PER_INPUT
        for window in windows:
            messages = self._messages(job, window)
            if job.answers.get(self._key(self.name, job, messages)) is not None:
                usage += Usage(cached_calls=1)
            else:
                used = {
                    "input_tokens": round(self._input_tokens(job, messages) * input_ratio),
                    "output_tokens": max(_OUTPUT_AT_LEAST, round(_size(window) * output_ratio)),
                }
                usage += Usage(calls=1, cost_usd=self._callers[0].prices.cost(**used), **used)
        return Plan(windows=len(windows), usage=usage)

    async def close(self) -> None:
        """Close the running loop's connections."""
        for caller in self._callers:
            await caller.close()

    def _windows(self, job: Job) -> tuple[Window, ...]:
        return cut_windows(job.document, job.clauses, budget_tokens=self.settings.window_tokens)

    def _check_budget(self, job: Job) -> None:
        if job.budget.usd is None:
            return
        for caller in self._callers:
            if caller.prices.cost(input_tokens=1, output_tokens=1) is None:
                raise UserError(
                    f"the price of {caller.name} is unknown, so a budget cannot be kept; say it with "
                    "SMALLPRINT_INPUT_PRICE and SMALLPRINT_OUTPUT_PRICE (USD a million tokens)"
                )

    def _messages(self, job: Job, window: Window) -> list[Message]:
        if self._secret is None:
            self._secret = workspace_secret(self.settings)
        instructions = self._instructions(job.registry)
        return [
            {"role": "system", "content": instructions.text},
            {"role": "user", "content": instructions.window_message(job, window, self._secret)},
        ]

    def _input_tokens(self, job: Job, messages: list[Message]) -> int:
        instructions = self._instructions(job.registry)
        return instructions.tokens + count_tokens(messages[1]["content"]) + 10

    def _key(self, model: str, job: Job, messages: list[Message]) -> str:
        """What makes two questions the same: model, parameters, schema, and the rendered prompt with its input.

        The response mode is not part of it: it changes how the answer travels, not what is asked.
        """
        schema = self._instructions(job.registry).schema_sha256
        parts = [model, {"temperature": self.settings.temperature}, schema, messages]
        return sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    async def _read(
        self, job: Job, window: Window, deliver: Deliver, spent: Usage | None = None, splits: int = 0
    ) -> None:
        """Deliver one outcome for a window, or for each part of it when it must be split.

        Args:
            job: the document.
            window: the clauses to read.
            deliver: takes the outcome.
            spent: on attempts at a larger window, billed with this one.
            splits: how many larger windows this one is part of.

        """
        async with turn(Piece.PREPARE):
            messages = self._messages(job, window)
        spent = spent or Usage()
        why, most = "", 0
        # A fallback model is asked before a window is split: what one model refuses another may read whole.
        for caller in self._callers:
            answered = await self._answer(job, window, messages, caller)
            spent += answered.usage
            if answered.over_budget:
                deliver(Outcome(_ids(window), "over_budget", caller.name, why=answered.why, usage=spent))
                return
            if answered.body is not None and "split" not in answered.body:
                deliver(replace(_outcome(job, window, caller.name, answered.body), usage=spent))
                return
            most = max(most, answered.most_splits)
            why = str(answered.body["split"]) if answered.body else answered.why
        parts = split_window(job.document, job.clauses, window) if splits < most else ()
        if len(parts) < 2:
            deliver(Outcome(_ids(window), "failed", self.name, why=why, usage=spent))
            return
        async with asyncio.TaskGroup() as group:
            for n, part in enumerate(parts):
                group.create_task(self._read(job, part, deliver, None if n else spent, splits + 1))

    async def _answer(self, job: Job, window: Window, messages: list[Message], caller: Caller) -> "_Answered":
        """The stored answer, or a new one, stored before it is returned."""
        key = self._key(caller.name, job, messages)
        stored = job.answers.get(key)
        if stored is not None:
            return _Answered(stored, usage=Usage(cached_calls=1))
        form = answer_model(self._instructions(job.registry).categories)
        meter = Meter(caller.prices, self._input_tokens(job, messages))
        try:
            text = await caller.ask(Question(messages, form, meter, job.budget, _expected_output(window), _reask))
        except OverBudgetError:
            why = f"the budget of ${job.budget.usd:g} is used up"
            return _Answered(None, usage=meter.usage, over_budget=True, why=why)
        except CallFailed as failed:
            if failed.failure.kind not in SPLITS:
                return _Answered(None, usage=meter.usage, why=failed.failure.detail, most_splits=0)
            # Kept, so that a rerun splits at once instead of paying for the same cut-off answer.
            body: dict[str, Any] = {"split": failed.failure.detail}
        else:
            if read_answer(text, form) is None:
                why = "the model's answer was not the JSON that was asked for"
                return _Answered(None, usage=meter.usage, why=why, most_splits=_MOST_SPLITS_UNREAD)
            body = {"text": text}
        # A window that is split is read again in parts: its size counts there.
        size = 0 if "split" in body else _size(window)
        expected = {"document_tokens": size, "asked_tokens": meter.expected_input}
        job.answers.put(key, caller.name, {**body, "usage": meter.usage.model_dump(), "expected": expected})
        return _Answered(body, usage=meter.usage)


class _Answered:
    """A body to use, or why there is none, and what the attempts cost."""

    def __init__(
        self,
        body: dict[str, Any] | None,
        *,
        usage: Usage,
        why: str = "",
        over_budget: bool = False,
        most_splits: int = _MOST_SPLITS,
    ) -> None:
        self.body, self.usage, self.why, self.over_budget = body, usage, why, over_budget
        self.most_splits = most_splits  # halvings after which this answer makes no further one worth while


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """The failure to report: the server's refusal if there is one, else the first; the others are its echoes."""
    stop, _ = failures.split(ModelStopError)
    leaf: BaseException = stop or failures
    while isinstance(leaf, BaseExceptionGroup):
        leaf = leaf.exceptions[0]
    return leaf


def _check(name: str, settings: Settings) -> None:
    provider = name.partition(":")[0]
    if provider == "azure" and not settings.base_url:
        raise UserError("azure: models need the address of your Azure OpenAI resource; say it with --base-url")
    if provider == "openai" and not settings.base_url and not settings.api_key:
        raise UserError("no API key: set OPENAI_API_KEY, or name a compatible server with --base-url")


def _ids(window: Window) -> tuple[str, ...]:
    return tuple(clause.id for clause in window.clauses)


def _size(window: Window) -> int:
    return sum(count_tokens(clause.text) for clause in window.clauses)


def _expected_output(window: Window) -> int:
    return max(_OUTPUT_AT_LEAST, round(_size(window) * _OUTPUT_PER_INPUT))


def _reask(problems: str) -> str:
    return prompts.load("reask").render(problems=problems)


def _outcome(job: Job, window: Window, model: str, body: dict[str, Any]) -> Outcome:
    """An answer's provisions as proposals in the document's clause ids."""
    form = answer_model(tuple(job.registry.categories))
    provisions, rejections = read_answer(str(body["text"]), form) or ([], [Rejection(reason="invalid_answer")])
    numbers = {n: clause.id for n, clause in window.numbered()}
    return Outcome(
        clauses=_ids(window),
        state="done",
        model=model,
        proposals=tuple(to_proposal(provision, numbers) for provision in provisions),
        rejections=tuple(rejections),
    )
