"""The client through which every model call goes, over the OpenAI protocol.

SDK retries are off: every failure is classified by ``sdk_failures`` and handled here by the table in ``retry``. Every
attempt goes through the loop's limiter and the budget, and is counted by instructor's hooks whether or not it succeeds.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import instructor
import openai
from instructor.core.exceptions import IncompleteOutputException, InstructorRetryException
from instructor.core.hooks import Hooks
from instructor.processing.function_calls import response_schema
from openai.types.chat import ChatCompletion

from classifiers.model.answers import Wire
from classifiers.model.batches import BatchQueue
from classifiers.model.bodies import body_hook
from classifiers.model.limiter import Limiter, limiter_for
from classifiers.model.pricing import Prices
from classifiers.model.responses import answer_text, refusal, token_counts
from classifiers.model.retry import RETRIED_KINDS, CallFailed, Failure, advice, wait_before
from classifiers.model.sdk_failures import failure_of_batch_line, failure_of_call, failure_of_request
from classifiers.model.server_capabilities import Mode, RequestOptions, ServerCapabilities, capabilities_of
from classifiers.work import Budget
from smallprint.errors import ModelStopError
from smallprint.records import Usage
from smallprint.settings import Settings

# Failures are reported by us; the SDKs' own log lines, which quote whole prompts, would only repeat them.
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
    response: Any = None  # of the last attempt, as the SDK returns it

    def hooks(self) -> Hooks:
        """Hooks that count every attempt and the tokens of every response."""
        hooks = Hooks()
        hooks.on("completion:kwargs", self._count_attempt)
        hooks.on("completion:response", self._count_response)
        return hooks

    def _count_attempt(self, *_args: Any, **_kwargs: Any) -> None:  # noqa: ANN401 -- instructor's signature
        self.response = None
        self.usage += Usage(calls=1)

    def _count_response(self, response: Any) -> None:  # noqa: ANN401 -- whatever the server sent
        self.response = response
        counts = token_counts(response, self.expected_input)
        self.usage += Usage(**counts, cost_usd=self.prices.cost(**counts))


@dataclass(frozen=True)
class Question:
    """What one call asks, the form of its answer, and what it may cost.

    Attributes:
        messages: the conversation, its static part first.
        answer_type: the schema that the answer must meet.
        meter: counts attempts, tokens and cost, whether or not an answer comes.
        budget: asked before every attempt.
        expected_output: tokens, reserved in budget and limiter.
        reask: makes the message of the second attempt from what is wrong with the first answer.

    """

    messages: list[Message]
    answer_type: type[Wire]
    meter: Meter
    budget: Budget
    expected_output: int
    reask: Callable[[str], str]


class ModelClient:
    """Asks one model on one server; connections and limiters belong to the event loop that is running."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.batch_queue: BatchQueue | None = None  # where it is set, calls go by batch
        self.provider, _, self.model = name.partition(":")
        self.name = name
        self.settings = settings
        self.server_name = settings.server_url or self.provider  # as messages call it
        self.server = settings.server_url or f"{self.provider} at its own address"
        self.prices = Prices(
            model=self.model,
            provider=self.provider if self.provider == "azure" or not settings.server_url else None,
            base_url=settings.server_url,
            input_price=settings.input_price,
            output_price=settings.output_price,
        )
        self._sdk_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, openai.AsyncOpenAI] = WeakKeyDictionary()
        self.capabilities: ServerCapabilities = capabilities_of(
            self.server, self.model, settings.response_mode, custom_address=settings.server_url is not None
        )

    @property
    def sdk(self) -> openai.AsyncOpenAI:
        """The running loop's SDK client, built on first use."""
        loop = asyncio.get_running_loop()
        if loop not in self._sdk_clients:
            self._sdk_clients[loop] = _sdk_client(self.provider, self.settings)
        return self._sdk_clients[loop]

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
        if self.batch_queue is not None:
            await self.batch_queue.close()
        sdk = self._sdk_clients.pop(asyncio.get_running_loop(), None)
        if sdk is not None:
            await sdk.close()

    async def ask(self, question: Question) -> str:
        """The model's answer as JSON text: one that meets the schema, or the second where neither of two does.

        Raises:
            CallFailed: there is no answer; the failure's kind says whether a smaller window may help.
            OverBudgetError: the budget is used up.
            ModelStopError: the server refuses us for good.

        """
        reasked = False
        attempts = 0
        current = question
        while True:
            attempts += 1
            options, failure = await self.attempt(current)
            if failure is None:
                return answer_text(question.meter.response)
            if failure.kind == "stop":
                raise ModelStopError(advice(failure, self.server_name, self.model))
            if failure.kind == "invalid":
                if reasked:
                    return answer_text(question.meter.response)
                reasked = True
                current = _with_problems(question, failure.detail)
            elif not await self._prepare_retry(failure, options, attempts):
                raise CallFailed(failure)

    async def _prepare_retry(self, failure: Failure, options: RequestOptions, attempts: int) -> bool:
        """Do what the table in ``retry`` says; False when another attempt makes no sense."""
        if failure.kind == "mode":
            return self._next_mode(options.mode, failure)
        if failure.kind == "parameter" and attempts < self.settings.max_attempts:
            return self.capabilities.learn(failure.detail, options.parameters)
        if failure.kind not in RETRIED_KINDS or attempts >= self.settings.max_attempts:
            return False
        pause = wait_before(failure, attempts)
        if failure.kind == "busy":
            self.limiter.slow_down(pause)
        await asyncio.sleep(pause)
        return True

    def _next_mode(self, failed: Mode, failure: Failure) -> bool:
        """Drop a response mode that the server does not know; another call may have dropped it already."""
        modes = self.capabilities.modes
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
        """Names of the models that the server lists, or why it lists none; one request without limiter and budget."""
        try:
            async with asyncio.timeout(self.settings.timeout):
                return tuple([model.id async for model in self.sdk.models.list()])
        except TimeoutError:
            return Failure("transient", f"no answer within {self.settings.timeout:g} seconds")
        except (openai.APIError, ValueError, AttributeError, TypeError) as error:
            unreadable = Failure("rejected", "the list of models is not what the protocol asks for")
            return failure_of_request(error) or unreadable

    async def attempt(self, question: Question, mode: Mode | None = None) -> tuple[RequestOptions, Failure | None]:
        """One call within limiter and budget, and the options it was sent with; without failure its answer is valid.

        Mode and parameters are chosen when the call may start: by then earlier calls may have learned better ones.
        """
        meter, budget = question.meter, question.budget
        input_tokens, output_tokens = meter.expected_input, question.expected_output
        # Calls by batch are bounded by the provider, and their hours of waiting must not hold a slot.
        async with nullcontext() if self.batch_queue else self.limiter.slot(input_tokens + output_tokens):
            expected_cost = self.prices.cost(input_tokens=input_tokens, output_tokens=output_tokens) or 0.0
            if not budget.reserve(expected_cost):
                raise OverBudgetError
            cost_before = meter.usage.cost_usd or 0.0
            parameters = self.capabilities.parameters(self.settings.max_output_tokens, self.settings.temperature)
            options = RequestOptions(mode or self.capabilities.modes[0], parameters)
            try:
                return options, await self._call(question, options)
            finally:
                budget.settle(expected_cost, (meter.usage.cost_usd or 0.0) - cost_before)

    async def _call(self, question: Question, options: RequestOptions) -> Failure | None:
        meter = question.meter
        create: Any = instructor.patch(create=self._send, mode=_INSTRUCTOR_MODES[options.mode])
        try:
            async with asyncio.timeout(None if self.batch_queue else self.settings.timeout):
                await create(
                    response_model=_prepared(question.answer_type),
                    max_retries=0,
                    strict=False,
                    hooks=meter.hooks(),
                    model=self.model,
                    messages=question.messages,
                    **options.parameters,
                )
        except TimeoutError:
            return Failure("transient", f"no answer within {self.settings.timeout:g} seconds")
        except (InstructorRetryException, IncompleteOutputException) as error:
            return failure_of_call(error, meter.response)
        refused = refusal(meter.response)
        if refused:
            return Failure("refused", refused)
        self.limiter.speed_up()
        return None

    async def _send(self, **kwargs: Any) -> Any:  # noqa: ANN401 -- the SDK's own types
        """The SDK's call with the provider's strict decoding on, which instructor leaves off."""
        if "tools" in kwargs:
            kwargs["tools"] = [{**tool, "function": {**tool["function"], "strict": True}} for tool in kwargs["tools"]]
        response_format = kwargs.get("response_format")
        if isinstance(response_format, dict) and "json_schema" in response_format:
            strict_schema = {**response_format["json_schema"], "strict": True}
            kwargs["response_format"] = {**response_format, "json_schema": strict_schema}
        if self.batch_queue is None:
            return await self.sdk.chat.completions.create(**kwargs)
        reply = await self.batch_queue.ask(kwargs)
        if reply.status != 200:
            raise CallFailed(failure_of_batch_line(reply.status, reply.body.get("error")))
        return ChatCompletion.model_validate(reply.body)

    async def classify_errors(self, request: Awaitable[T]) -> T:
        """The response to a request to another endpoint of the server, the SDK's errors turned into ours.

        Raises:
            CallFailed: it failed; the failure's kind says whether another try may help.
            ModelStopError: the server refuses us for good.

        """
        try:
            return await request
        except openai.APIError as error:
            failure = failure_of_request(error) or Failure("rejected", str(error)[:300])
            if failure.kind == "stop":
                raise ModelStopError(advice(failure, self.server_name, self.model)) from error
            raise CallFailed(failure) from error


@cache
def _prepared(answer_type: type[Wire]) -> type[Wire]:
    """The answer's type as instructor needs it, built once: instructor would build class and schema for every call."""
    return cast("type[Wire]", response_schema(answer_type))


def _sdk_client(provider: str, settings: Settings) -> openai.AsyncOpenAI:
    key = settings.model_key.get_secret_value() if settings.model_key else "none"
    client = openai.DefaultAsyncHttpxClient(timeout=settings.timeout, event_hooks={"response": [body_hook(key)]})
    if provider == "azure":
        return openai.AsyncAzureOpenAI(
            azure_endpoint=settings.server_url or "",
            api_version=settings.api_version or "2024-10-21",
            api_key=key,
            max_retries=0,
            timeout=settings.timeout,
            http_client=client,
        )
    return openai.AsyncOpenAI(
        api_key=key, base_url=settings.server_url, max_retries=0, timeout=settings.timeout, http_client=client
    )


def _with_problems(question: Question, problems: str) -> Question:
    """The question followed by the model's answer and what is wrong with it."""
    answer = answer_text(question.meter.response) or "(empty)"
    followup = [{"role": "assistant", "content": answer}, {"role": "user", "content": question.reask(problems)}]
    return replace(question, messages=[*question.messages, *followup])
