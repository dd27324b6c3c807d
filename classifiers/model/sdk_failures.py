"""Errors that openai and instructor raise, classified into the kinds of failure that ``retry`` has a rule for."""

import time
from typing import Any

import openai
from instructor.core.exceptions import IncompleteOutputException, ResponseParsingError
from pydantic import ValidationError

from classifiers.model.answers import describe
from classifiers.model.responses import refusal
from classifiers.model.retry import CallFailed, Failure, kind_of_status, retry_after
from smallprint.errors import ModelStopError

_MAX_MESSAGE_CHARS = 300  # of a server's message that is shown and stored; chosen to fit a line or two


def failure_of_call(error: Exception, response: Any) -> Failure:  # noqa: ANN401 -- whatever the server sent
    """Classify what instructor raised; its cause is the SDK's error, or that of reading the answer.

    Raises:
        ModelStopError: the cause is one.
        Exception: the error itself, where it is not about the call.

    """
    refused = refusal(response)
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
    if isinstance(cause, ResponseParsingError | ValueError | AttributeError | TypeError | LookupError) and response:
        return Failure("invalid", "the answer is not the JSON object that was asked for")
    failure = failure_of_request(cause)
    if failure is None:
        raise error
    return failure


def failure_of_request(cause: BaseException | None) -> Failure | None:
    """Classify what the SDK raised; None for an error that is not about the connection or the server's reply."""
    if isinstance(cause, openai.APIStatusError):
        return _failure_of_status(cause)
    if isinstance(cause, openai.APITimeoutError):
        return Failure("transient", "the server did not answer in time")
    if isinstance(cause, openai.APIError | ValueError):
        return Failure("transient", f"the connection failed: {str(cause)[:200]}")
    return None


def failure_of_batch_line(status: int, error: object) -> Failure:
    """Classify the error of one line of a batch's results."""
    fields = error if isinstance(error, dict) else {}
    message = f"{fields.get('code') or ''} {fields.get('message') or ''}".strip()
    return Failure(kind_of_status(status, message), f"HTTP {status}: {message[:_MAX_MESSAGE_CHARS]}")


def _failure_of_status(error: openai.APIStatusError) -> Failure:
    body_message = error.body.get("message") if isinstance(error.body, dict) else None
    message = f"{error.code or ''} {body_message or error.message}"
    headers = {name.lower(): value for name, value in error.response.headers.items()}
    return Failure(
        kind_of_status(error.status_code, message),
        f"HTTP {error.status_code}: {message.strip()[:_MAX_MESSAGE_CHARS]}",
        retry_after(headers, time.time()),
    )
