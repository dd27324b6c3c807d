"""The one caller of language models over the OpenAI protocol, and the only file that imports openai and instructor.

SDK retries are off: every failure is classed by ``retry`` and acted on here. Every attempt passes the loop's limiter
and the budget, and is counted through instructor's hooks, whatever becomes of it.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import instructor
import openai
from instructor.core.exceptions import IncompleteOutputException, InstructorRetryException, ResponseParsingError
from instructor.core.hooks import Hooks
from instructor.processing.function_calls import response_schema
from openai.types.chat import ChatCompletion
from pydantic import ValidationError

from classifiers.model.answers import Wire, describe
from classifiers.model.batches import BatchDesk
from classifiers.model.dialect import Dialect, Mode, Sent, dialect_of
from classifiers.model.limiter import Limiter, limiter_for
from classifiers.model.pricing import Prices
from classifiers.model.retry import WAITS, CallFailed, Failure, advice, kind_of_status, retry_after, wait_before
from classifiers.model.tokens import count_tokens
from classifiers.work import Budget
from smallprint.errors import ModelStopError
from smallprint.records import Usage
from smallprint.settings import Settings

# Failures are classed and reported here; the SDKs' own lines, which quote whole prompts, would only repeat them.
for _name in ("instructor", "openai", "httpx", "httpx2"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)

Message = dict[str, str]
T = TypeVar("T")

_INSTRUCTOR_MODES = {
    "tools": instructor.Mode.TOOLS,
    "json_schema": instructor.Mode.JSON_SCHEMA,
    "json": instructor.Mode.JSON,
}


class OverBudgetError(Exception):
    """The budget does not allow another call."""


@dataclass
class Meter:
    """What the attempts of one question have cost so far, fed by instructor's hooks."""

    prices: Prices
    expected_input: int  # tokens, for servers that report none
    usage: Usage = field(default_factory=Usage)
    response: Any = None  # the last one, as the SDK gives it

    def hooks(self) -> Hooks:
        """Hooks that count every attempt and the tokens of every response."""
        hooks = Hooks()
        hooks.on("completion:kwargs", self._asked)
        hooks.on("completion:response", self._answered)
        return hooks

    def _asked(self, *_args: Any, **_kwargs: Any) -> None:  # noqa: ANN401 -- instructor's signature
        self.response = None
        self.usage += Usage(calls=1)

    def _answered(self, response: Any) -> None:  # noqa: ANN401 -- whatever the server sent
        self.response = response
        self.usage += self._usage_of(response)

    def _usage_of(self, response: Any) -> Usage:  # noqa: ANN401 -- whatever the server sent
        said = getattr(response, "usage", None)
        details = getattr(said, "prompt_tokens_details", None)
        counts = {
            "input_tokens": getattr(said, "prompt_tokens", None) or self.expected_input,
            "cached_input_tokens": getattr(details, "cached_tokens", None) or 0,
            "output_tokens": getattr(said, "completion_tokens", None) or count_tokens(raw_text(response)),
        }
        return Usage(**counts, cost_usd=self.prices.cost(**counts))


@dataclass(frozen=True)
class Question:
    """One window's call, with what bounds and bills it.

    Attributes:
        messages: the conversation, static part first.
        form: what the answer must meet.
        meter: counts attempts, tokens and cost, whether or not an answer comes.
        budget: asked before every attempt.
        expected_output: tokens, for budget and limiter.
        reask: turns what is wrong with an answer into the words of the second question.

    """

    messages: list[Message]
    form: type[Wire]
    meter: Meter
    budget: Budget
    expected_output: int
    reask: Callable[[str], str]


def raw_text(response: Any) -> str:  # noqa: ANN401 -- whatever the server sent
    """The JSON text of a response, from the tool call or the message; empty where there is none."""
    choices = getattr(response, "choices", None)
    message = getattr(choices[0], "message", None) if choices else None
    calls = getattr(message, "tool_calls", None)
    if calls and getattr(calls[0], "function", None):
        return str(calls[0].function.arguments or "")
    return str(getattr(message, "content", None) or "")


class Caller:
    """Asks one model on one server; clients and limiters belong to the event loop that is running."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.desk: BatchDesk | None = None  # set: calls go by batch, at half price
        self.provider, _, self.model = name.partition(":")
        self.name = name
        self.settings = settings
        self.where = settings.base_url or self.provider
        self.server = settings.base_url or f"{self.provider} at its own address"
        known = {"openai": "openai", "azure": "azure"}[self.provider]
        self.prices = Prices(
            model=self.model,
            provider=known if self.provider == "azure" or not settings.base_url else None,
            base_url=settings.base_url,
            input_price=settings.input_price,
            output_price=settings.output_price,
        )
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, openai.AsyncOpenAI] = WeakKeyDictionary()
        self.dialect: Dialect = dialect_of(
            self.server, self.model, settings.response_mode, own_address=settings.base_url is not None
        )

    @property
    def client(self) -> openai.AsyncOpenAI:
        """The running loop's client, built on first use."""
        loop = asyncio.get_running_loop()
        if loop not in self._clients:
            self._clients[loop] = _client(self.provider, self.settings)
        return self._clients[loop]

    @property
    def limiter(self) -> Limiter:
        """The running loop's limiter for this server."""
        return limiter_for(
            self.server,
            in_flight=self.settings.concurrency,
            requests_per_minute=self.settings.requests_per_minute,
            tokens_per_minute=self.settings.tokens_per_minute,
        )

    async def close(self) -> None:
        """Close the running loop's connections."""
        if self.desk is not None:
            await self.desk.close()
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.close()

    async def ask(self, question: Question) -> str:
        """The model's answer as JSON text: it meets the form, or is what the model gave after one re-ask.

        Raises:
            CallFailed: no answer to be had; the failure's kind says whether a smaller window may help.
            OverBudgetError: the budget is used up.
            ModelStopError: the server refuses us for good.

        """
        asked_again = False
        attempt = 0
        asking = question
        while True:
            attempt += 1
            sent, failure = await self.attempt(asking)
            if failure is None:
                return raw_text(question.meter.response)
            if failure.kind == "stop":
                raise ModelStopError(advice(failure, self.where, self.model))
            if failure.kind == "invalid":
                if asked_again:
                    return raw_text(question.meter.response)
                asked_again = True
                asking = _with_problems(question, failure.detail)
            elif not await self._mended(failure, sent, attempt):
                raise CallFailed(failure)

    async def _mended(self, failure: Failure, sent: Sent, attempt: int) -> bool:
        """Do what the table in ``retry`` says; False when another attempt makes no sense."""
        if failure.kind == "mode":
            return self._next_mode(sent.mode, failure)
        if failure.kind == "parameter" and attempt < self.settings.max_attempts:
            return self.dialect.learn(failure.detail, sent.parameters)
        if failure.kind not in WAITS or attempt >= self.settings.max_attempts:
            return False
        pause = wait_before(failure, attempt)
        if failure.kind == "busy":
            self.limiter.slow_down(pause)
        await asyncio.sleep(pause)
        return True

    def _next_mode(self, failed: Mode, failure: Failure) -> bool:
        """Leave a response mode that the server does not know; other calls may have left it already."""
        modes = self.dialect.modes
        if modes[0] != failed:
            return True
        if len(modes) == 1:
            raise ModelStopError(
                f"{self.server} does not take the response mode {failed} ({failure.detail}); "
                "choose another one with SMALLPRINT_RESPONSE_MODE (tools, json_schema, json)"
            )
        modes.pop(0)
        return True

    async def served_models(self) -> tuple[str, ...] | Failure:
        """Names of the models that the server lists, or why it lists none; one request, outside limiter and budget."""
        try:
            async with asyncio.timeout(self.settings.timeout):
                return tuple([model.id async for model in self.client.models.list()])
        except TimeoutError:
            return Failure("transient", f"no answer within {self.settings.timeout:g} seconds")
        except (openai.APIError, ValueError, AttributeError, TypeError) as error:
            return _api_failure(error) or Failure("rejected", "the list of models is not what the protocol asks for")

    async def attempt(self, question: Question, mode: Mode | None = None) -> tuple[Sent, Failure | None]:
        """One call within limiter and budget, and how it was sent; no failure means that its answer meets the form.

        Mode and parameters are chosen once the call may go out: calls before it may have taught us better ones.
        """
        meter, budget = question.meter, question.budget
        tokens_in = meter.expected_input
        # A batch has the provider's own bounds, and takes its time.
        async with nullcontext() if self.desk else self.limiter.slot(tokens_in + question.expected_output):
            expected = self.prices.cost(input_tokens=tokens_in, output_tokens=question.expected_output) or 0.0
            if not budget.reserve(expected):
                raise OverBudgetError
            before = meter.usage.cost_usd or 0.0
            parameters = self.dialect.parameters(self.settings.max_output_tokens, self.settings.temperature)
            sent = Sent(mode or self.dialect.modes[0], parameters)
            try:
                return sent, await self._call(question, sent)
            finally:
                budget.settle(expected, (meter.usage.cost_usd or 0.0) - before)

    async def _call(self, question: Question, sent: Sent) -> Failure | None:
        meter = question.meter
        create: Any = instructor.patch(create=self._send, mode=_INSTRUCTOR_MODES[sent.mode])
        try:
            async with asyncio.timeout(None if self.desk else self.settings.timeout):
                await create(
                    response_model=_prepared(question.form),
                    max_retries=0,
                    strict=False,
                    hooks=meter.hooks(),
                    model=self.model,
                    messages=question.messages,
                    **sent.parameters,
                )
        except TimeoutError:
            return Failure("transient", f"no answer within {self.settings.timeout:g} seconds")
        except (InstructorRetryException, IncompleteOutputException) as error:
            return _failure(error, meter.response)
        refused = _refusal(meter.response)
        if refused:
            return Failure("refused", refused)
        self.limiter.went_well()
        return None

    async def _send(self, **kwargs: Any) -> Any:  # noqa: ANN401 -- the SDK's own types
        """The SDK's call, with the provider's constrained decoding switched on, which instructor leaves off."""
        if "tools" in kwargs:
            kwargs["tools"] = [{**tool, "function": {**tool["function"], "strict": True}} for tool in kwargs["tools"]]
        form = kwargs.get("response_format")
        if isinstance(form, dict) and "json_schema" in form:
            kwargs["response_format"] = {**form, "json_schema": {**form["json_schema"], "strict": True}}
        if self.desk is None:
            return await self.client.chat.completions.create(**kwargs)
        reply = await self.desk.ask(kwargs)
        if reply.status != 200:
            raise CallFailed(_said_failure(reply.status, reply.body.get("error")))
        return ChatCompletion.model_validate(reply.body)

    async def guarded(self, call: Awaitable[T]) -> T:
        """A request to another endpoint of the server, its failures classed.

        Raises:
            CallFailed: it failed; the kind says whether another try may help.
            ModelStopError: the server refuses us for good.

        """
        try:
            return await call
        except openai.APIError as error:
            failure = _api_failure(error) or Failure("rejected", str(error)[:300])
            if failure.kind == "stop":
                raise ModelStopError(advice(failure, self.where, self.model)) from error
            raise CallFailed(failure) from error


@cache
def _prepared(form: type[Wire]) -> type[Wire]:
    """The form as instructor wants it, made once: left to itself it makes a new class, and its schema, every call."""
    return cast("type[Wire]", response_schema(form))


def _client(provider: str, settings: Settings) -> openai.AsyncOpenAI:
    key = settings.api_key.get_secret_value() if settings.api_key else "none"
    if provider == "azure":
        return openai.AsyncAzureOpenAI(
            azure_endpoint=settings.base_url or "",
            api_version=settings.api_version or "2024-10-21",
            api_key=key,
            max_retries=0,
            timeout=settings.timeout,
        )
    return openai.AsyncOpenAI(api_key=key, base_url=settings.base_url, max_retries=0, timeout=settings.timeout)


def _with_problems(question: Question, problems: str) -> Question:
    """The second question: the answer as it was, and what is wrong with it."""
    said = raw_text(question.meter.response) or "(empty)"
    more = [{"role": "assistant", "content": said}, {"role": "user", "content": question.reask(problems)}]
    return replace(question, messages=[*question.messages, *more])


def _refusal(response: Any) -> str | None:  # noqa: ANN401 -- whatever the server sent
    choices = getattr(response, "choices", None)
    if not choices:
        return None
    refusal = getattr(getattr(choices[0], "message", None), "refusal", None)
    if refusal:
        return f"the model refused: {str(refusal)[:200]}"
    return "the provider's content filter stopped the answer" if choices[0].finish_reason == "content_filter" else None


def _failure(error: Exception, response: Any) -> Failure:  # noqa: ANN401 -- whatever the server sent
    """Class what instructor raised; the cause is the SDK's error, or the reader's."""
    refused = _refusal(response)
    if refused:
        return Failure("refused", refused)
    if isinstance(error, IncompleteOutputException):
        return Failure("too_long", "the answer was cut off at the token limit")
    cause = error.__cause__
    if isinstance(cause, ModelStopError):
        raise cause
    if isinstance(cause, CallFailed):
        return cause.failure
    if isinstance(cause, ValidationError):
        return Failure("invalid", describe(cause))
    if isinstance(cause, ResponseParsingError | ValueError | AttributeError | TypeError) and response is not None:
        return Failure("invalid", "the answer is not the JSON object that was asked for")
    failure = _api_failure(cause)
    if failure is None:
        raise error
    return failure


def _said_failure(status: int, said: object) -> Failure:
    """Class the error of one line of a batch's results."""
    told = said if isinstance(said, dict) else {}
    words = f"{told.get('code') or ''} {told.get('message') or ''}".strip()
    return Failure(kind_of_status(status, words), f"HTTP {status}: {words[:300]}")


def _api_failure(cause: BaseException | None) -> Failure | None:
    """Class what the SDK raised; None for what is no failure of the wire."""
    if isinstance(cause, openai.APIStatusError):
        return _status_failure(cause)
    if isinstance(cause, openai.APITimeoutError):
        return Failure("transient", "the server did not answer in time")
    if isinstance(cause, openai.APIError | ValueError):
        return Failure("transient", f"the connection failed: {str(cause)[:200]}")
    return None


def _status_failure(error: openai.APIStatusError) -> Failure:
    said = error.body.get("message") if isinstance(error.body, dict) else None
    words = f"{error.code or ''} {said or error.message}"
    headers = {name.lower(): value for name, value in error.response.headers.items()}
    return Failure(
        kind_of_status(error.status_code, words),
        f"HTTP {error.status_code}: {words.strip()[:300]}",
        retry_after(headers, time.time()),
    )
