"""What to do when a model call fails: one table from the kind of failure to the action, for every server.

| kind | recognized by | action |
|---|---|---|
| busy | 429 | wait as long as Retry-After says, else back off; the limiter slows down |
| transient | 408, 409, 5xx, time-out, broken connection | wait as long as Retry-After says, else back off |
| invalid | an answer that does not meet the schema | ask once more and say what is wrong; then keep the valid parts |
| too_long | cut off at the token limit; prompt over the context length | split the window |
| refused | a refusal or a content filter | split the window, so that the rest is read |
| mode | a 4xx or 5xx that names the response format or tools | use the next response mode, if the choice is ours |
| parameter | a 400 that names temperature or max_tokens | send the parameter as this model takes it |
| stop | 401, 402, 403, 404, an exhausted quota | stop the run and say what to fix |
| rejected | any other 4xx | the window fails with the server's message |
"""

import random
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Literal

Kind = Literal["busy", "transient", "invalid", "too_long", "refused", "mode", "parameter", "stop", "rejected"]

RETRIED_KINDS: frozenset[Kind] = frozenset({"busy", "transient"})
SPLIT_KINDS: frozenset[Kind] = frozenset({"too_long", "refused"})

# The first wait is the OpenAI SDK's. The bounds are not measured: longer waits would look like a run that hangs.
_FIRST_BACKOFF_SECONDS = 0.5
_MAX_BACKOFF_SECONDS = 30.0
_MAX_RETRY_AFTER_SECONDS = 120.0


@dataclass(frozen=True)
class Failure:
    """One failed attempt: its kind, the reason in words, and the seconds that the server asks us to wait."""

    kind: Kind
    detail: str
    retry_after: float | None = None


class CallFailed(Exception):  # noqa: N818 -- an outcome that the analyst handles, no bug
    """A call has failed and is not tried again; ``failure`` says why."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.detail)
        self.failure = failure


def wait_before(failure: Failure, attempt: int, *, jitter: float | None = None) -> float:
    """Seconds to wait after the given attempt (from 1): what the server asks for, else doubling from half a second.

    Args:
        failure: its kind is in ``RETRIED_KINDS``.
        attempt: how many attempts have been made.
        jitter: 0-1, so that the calls of a burst do not come back together; default: random.

    """
    spread = random.random() if jitter is None else jitter  # noqa: S311 -- spreads load, guards nothing
    if failure.retry_after is not None:
        return min(failure.retry_after, _MAX_RETRY_AFTER_SECONDS) + 0.1 * spread
    backoff: float = min(_MAX_BACKOFF_SECONDS, _FIRST_BACKOFF_SECONDS * 2.0 ** (attempt - 1))
    return backoff * (0.75 + 0.5 * spread)


def retry_after(headers: dict[str, str], now: float) -> float | None:
    """Seconds that the server asks us to wait: ``retry-after-ms``, or ``Retry-After`` in seconds or as a date.

    Args:
        headers: of the response, names in lower case.
        now: Unix time, to which a date is compared.

    """
    milliseconds = _number(headers.get("retry-after-ms"))
    if milliseconds is not None:
        return max(0.0, milliseconds / 1000)
    value = headers.get("retry-after")
    seconds = _number(value)
    if seconds is not None:
        return max(0.0, seconds)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now) if value else None
    except ValueError:
        return None


def _number(value: str | None) -> float | None:
    try:
        number = float(value) if value else None
    except ValueError:
        return None
    return number if number is not None and number < float("inf") else None


_MODE_TERMS = ("response_format", "json_schema", "json_object", "tool_choice", "tools", "function call", "grammar")
_PARAMETER_TERMS = ("max_tokens", "max_completion_tokens", "temperature")
_LENGTH_TERMS = ("context_length", "context length", "context size", "maximum context", "too many tokens", "too long")
_QUOTA_TERMS = ("insufficient_quota", "billing", "credit balance")


def kind_of_status(status: int, message: str) -> Kind:
    """The kind of failure that an HTTP status and the server's message (error code and text) mean."""
    message = message.lower()

    def mentions(terms: tuple[str, ...]) -> bool:
        return any(term in message for term in terms)

    if status == 429:
        return "stop" if mentions(_QUOTA_TERMS) else "busy"
    if status in (401, 402, 403, 404):
        return "stop"
    if status == 413 or (status in (400, 422, 500) and mentions(_LENGTH_TERMS)):
        return "too_long"
    if mentions(_MODE_TERMS) and status not in (502, 503, 504):
        return "mode"
    if status in (400, 422) and mentions(_PARAMETER_TERMS):
        return "parameter"
    if status in (408, 409) or status >= 500:
        return "transient"
    return "rejected"


def advice(failure: Failure, server: str, model: str) -> str:
    """One sentence on a failure of the kind "stop" that says what to fix."""
    detail = failure.detail
    if detail.startswith("HTTP 401"):
        names = "check OPENAI_API_KEY, or SMALLPRINT_API_KEY for a server of --base-url"
        return f"{server} does not accept the API key; {names} ({detail})"
    if detail.startswith("HTTP 404"):
        return f"{server} has no model {model!r} or no such address; check --model and --base-url ({detail})"
    if detail.startswith("HTTP 403"):
        return f"this API key may not use {model!r} at {server}; check the key's permissions ({detail})"
    return f"the account at {server} has no quota left; check its billing, then resume the run ({detail})"
