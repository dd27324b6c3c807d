"""The language-model analyst: renders windows as prompts, stores answers before use, splits windows cut off."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Literal

import prompts
from classifiers.loop_turns import Work, turn
from classifiers.model.answers import answer_model, read_answer, to_proposal
from classifiers.model.batch_server import ProviderBatches
from classifiers.model.batches import BatchQueue
from classifiers.model.instructions import Instructions, instructions_for
from classifiers.model.llm import Message, Meter, ModelClient, OverBudgetError, Question
from classifiers.model.retry import SPLIT_KINDS, CallFailed
from classifiers.model.tokens import count_tokens
from classifiers.model.windows import Window, cut_windows, split_window
from classifiers.work import Deliver, Job, Outcome, Plan, Traits
from smallprint.errors import ModelStopError, UserError
from smallprint.records import Rejection, Usage
from smallprint.registry import Registry
from smallprint.settings import Settings, workspace_secret

# Estimates before a model has answered, from four real documents answered by a careful reader (docs/decisions/0008).
_OUTPUT_TOKENS_PER_DOCUMENT_TOKEN = 1.3
_EMPTY_ANSWER_TOKENS = 40  # of an answer without provisions
# Once a model's stored answers cover so many document tokens, estimates from them were within 9 % (same decision).
_MIN_MEASURED_TOKENS = 3_000
# Five halvings part one clause from thirty and bound the bill at 63 calls a window (docs/decisions/0009). After two
# answers that were no JSON one halving must do: a shorter answer may be whole, a model that cannot write JSON stays so.
_MAX_SPLITS = 5
_MAX_SPLITS_AFTER_INVALID_JSON = 1
_CHAT_OVERHEAD_TOKENS = 10  # roles and separators around two messages


class ModelAnalyst:
    """A model behind the OpenAI protocol; ``openai:NAME`` and compatible servers, ``azure:NAME``."""

    def __init__(self, name: str, settings: Settings, traits: Traits) -> None:
        _check_settings(name, settings)
        self.name = name
        self.traits = traits
        self.settings = settings
        self._clients = [ModelClient(name, settings)]  # the model's, then the fallback's
        if settings.fallback_model:
            _check_settings(settings.fallback_model, settings)
            self._clients.append(ModelClient(settings.fallback_model, settings))
        self._secret: bytes | None = None

    def go_by_batch(self, announce: Callable[[str], None]) -> None:
        """Ask through the provider's batch service from now on: half the price, answers within a day.

        Args:
            announce: called with a sentence for every batch that is sent or has ended.

        """
        for client in self._clients:
            folder = (
                self.settings.home / "batches" / sha256(f"{client.server} {client.model}".encode()).hexdigest()[:16]
            )
            client.batch_queue = BatchQueue(ProviderBatches(client), folder, announce)
            client.prices = replace(client.prices, multiplier=0.5)

    @property
    def prompt(self) -> str:
        """Name and version of the prompt file."""
        return prompts.load("provisions").id

    @property
    def language(self) -> str:
        """The output language of the settings."""
        return self.settings.language

    def hashes(self, registry: Registry) -> Mapping[Literal["prompt", "schema"], str]:
        """SHA-256 of the static message with the window's template, and of the answer's schema."""
        instructions = self._instructions(registry)
        return {"prompt": instructions.sha256, "schema": instructions.schema_sha256}

    def _instructions(self, registry: Registry) -> Instructions:
        return instructions_for(registry, self.settings.language)

    async def propose(self, job: Job, deliver: Deliver) -> None:
        """Read all windows concurrently, as far as limiter and budget allow; see ``work.Analyst``."""
        self._check_budget(job)
        async with turn(Work.CUT):
            windows = self._windows(job)
        try:
            async with asyncio.TaskGroup() as group:
                for window in windows:
                    group.create_task(self._read_window(job, window, deliver))
        except BaseExceptionGroup as failures:
            raise _failure_to_report(failures) from failures

    def plan(self, job: Job) -> Plan:
        """Tokens of the windows' rendered prompts, and the output to expect for windows of their size.

        The ratios are measured on the model's stored answers where they cover enough text, else on a careful reader's.
        """
        windows = self._windows(job)
        usage = Usage()
        measured = job.answers.tally(self.name)
        is_measured = measured.document_tokens >= _MIN_MEASURED_TOKENS
        input_ratio = measured.input_tokens / measured.asked_tokens if is_measured else 1.0
        output_ratio = (
            measured.output_tokens / measured.document_tokens if is_measured else _OUTPUT_TOKENS_PER_DOCUMENT_TOKEN
        )
        for window in windows:
            messages = self._messages(job, window)
            if job.answers.get(self._answer_key(self.name, job, messages)) is not None:
                usage += Usage(cached_calls=1)
            else:
                tokens = {
                    "input_tokens": round(self._input_tokens(job, messages) * input_ratio),
                    "output_tokens": max(_EMPTY_ANSWER_TOKENS, round(_document_tokens(window) * output_ratio)),
                }
                usage += Usage(calls=1, cost_usd=self._clients[0].prices.cost(**tokens), **tokens)
        return Plan(windows=len(windows), usage=usage)

    async def close(self) -> None:
        """Close the running loop's connections."""
        for client in self._clients:
            await client.close()

    def _windows(self, job: Job) -> tuple[Window, ...]:
        return cut_windows(job.document, job.clauses, budget_tokens=self.settings.window_tokens)

    def _check_budget(self, job: Job) -> None:
        if job.budget.usd is None:
            return
        for client in self._clients:
            if client.prices.cost(input_tokens=1, output_tokens=1) is None:
                raise UserError(
                    f"the price of {client.name} is unknown, so a budget cannot be kept; set it with "
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
        return instructions.tokens + count_tokens(messages[1]["content"]) + _CHAT_OVERHEAD_TOKENS

    def _answer_key(self, model: str, job: Job, messages: list[Message]) -> str:
        """Hash of what makes two questions the same: model, parameters, schema, and the prompt with its input.

        The response mode is not part of it: it changes how the answer is encoded, not what is asked. Nothing here may
        change without need: all answers that were paid for would be asked for again.
        """
        schema = self._instructions(job.registry).schema_sha256
        parts = [model, {"temperature": self.settings.temperature}, schema, messages]
        return sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    async def _read_window(
        self, job: Job, window: Window, deliver: Deliver, spent: Usage | None = None, splits: int = 0
    ) -> None:
        """Deliver one outcome for a window, or one for each part of it when it must be split.

        Args:
            job: the document.
            window: the clauses to read.
            deliver: takes the outcome.
            spent: on attempts at a larger window, billed with this one.
            splits: how many times the window that this one is part of was halved.

        """
        async with turn(Work.PREPARE):
            messages = self._messages(job, window)
        spent = spent or Usage()
        why, max_splits = "", 0
        # A fallback model is asked before a window is split: what one model refuses another may read whole.
        for client in self._clients:
            answer = await self._answer(job, window, messages, client)
            spent += answer.usage
            if answer.over_budget:
                deliver(Outcome(_clause_ids(window), "over_budget", client.name, why=answer.why, usage=spent))
                return
            if answer.body is not None and "split" not in answer.body:
                deliver(replace(_outcome(job, window, client.name, answer.body), usage=spent))
                return
            max_splits = max(max_splits, answer.max_splits)
            why = str(answer.body["split"]) if answer.body else answer.why
        parts = split_window(job.document, job.clauses, window) if splits < max_splits else ()
        if len(parts) < 2:
            deliver(Outcome(_clause_ids(window), "failed", self.name, why=why, usage=spent))
            return
        async with asyncio.TaskGroup() as group:
            for n, part in enumerate(parts):
                group.create_task(self._read_window(job, part, deliver, None if n else spent, splits + 1))

    async def _answer(self, job: Job, window: Window, messages: list[Message], client: ModelClient) -> "_Answer":
        """The stored answer, or a new one, stored before it is returned."""
        key = self._answer_key(client.name, job, messages)
        stored = job.answers.get(key)
        if stored is not None:
            return _Answer(stored, Usage(cached_calls=1))
        answer_type = answer_model(self._instructions(job.registry).categories)
        meter = Meter(client.prices, self._input_tokens(job, messages))
        question = Question(messages, answer_type, meter, job.budget, _expected_output(window), _reask)
        try:
            text = await client.ask(question)
        except OverBudgetError:
            why = f"the budget of ${job.budget.usd:g} is used up"
            return _Answer(None, meter.usage, why=why, over_budget=True)
        except CallFailed as failed:
            if failed.failure.kind not in SPLIT_KINDS:
                return _Answer(None, meter.usage, why=failed.failure.detail, max_splits=0)
            # Stored, so that a rerun splits at once instead of paying for the same cut-off answer.
            body: dict[str, Any] = {"split": failed.failure.detail}
        else:
            if read_answer(text, answer_type) is None:
                why = "the model's answer was not the JSON that was asked for"
                return _Answer(None, meter.usage, why=why, max_splits=_MAX_SPLITS_AFTER_INVALID_JSON)
            body = {"text": text}
        # A window that is split is read again in parts, whose tokens are counted there.
        document_tokens = 0 if "split" in body else _document_tokens(window)
        expected = {"document_tokens": document_tokens, "asked_tokens": meter.expected_input}
        job.answers.put(key, client.name, {**body, "usage": meter.usage.model_dump(), "expected": expected})
        return _Answer(body, meter.usage)


@dataclass(frozen=True)
class _Answer:
    """A stored body, or why there is none, and what the attempts cost."""

    body: dict[str, Any] | None  # {"text": ...}, or {"split": why} for a window to be read in parts
    usage: Usage
    why: str = ""
    over_budget: bool = False
    max_splits: int = _MAX_SPLITS  # halvings after which, with this answer, another is not worth its price


def _failure_to_report(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    """The server's refusal if there is one, else the first failure; the others follow from it."""
    stop, _ = failures.split(ModelStopError)
    leaf: BaseException = stop or failures
    while isinstance(leaf, BaseExceptionGroup):
        leaf = leaf.exceptions[0]
    return leaf


def _check_settings(name: str, settings: Settings) -> None:
    provider = name.partition(":")[0]
    if provider == "azure" and not settings.server_url:
        raise UserError("azure: models need the address of your Azure OpenAI resource; set it with --base-url")
    if provider == "openai" and not settings.server_url and not settings.model_key:
        raise UserError("no API key: set OPENAI_API_KEY, or name a compatible server with --base-url")


def _clause_ids(window: Window) -> tuple[str, ...]:
    return tuple(clause.id for clause in window.clauses)


def _document_tokens(window: Window) -> int:
    return sum(count_tokens(clause.text) for clause in window.clauses)


def _expected_output(window: Window) -> int:
    return max(_EMPTY_ANSWER_TOKENS, round(_document_tokens(window) * _OUTPUT_TOKENS_PER_DOCUMENT_TOKEN))


def _reask(problems: str) -> str:
    return prompts.load("reask").render(problems=problems)


def _outcome(job: Job, window: Window, model: str, body: dict[str, Any]) -> Outcome:
    """An answer's provisions as proposals that cite the document's clause ids."""
    answer_type = answer_model(tuple(job.registry.categories))
    provisions, rejections = read_answer(str(body["text"]), answer_type) or ([], [Rejection(reason="invalid_answer")])
    clause_ids = {n: clause.id for n, clause in window.numbered()}
    return Outcome(
        clauses=_clause_ids(window),
        state="done",
        model=model,
        proposals=tuple(to_proposal(provision, clause_ids) for provision in provisions),
        rejections=tuple(rejections),
    )
