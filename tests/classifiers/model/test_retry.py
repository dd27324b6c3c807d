"""From a status and the server's message to the kind of failure, and how long to wait before the next attempt."""

import pytest

from classifiers.model.retry import Failure, kind_of_status, retry_after, wait_before

KINDS = [
    (429, "rate_limit_exceeded Rate limit reached", "busy"),
    (429, "insufficient_quota You exceeded your current quota", "stop"),
    (429, "Your credit balance is too low", "stop"),
    (401, "invalid_api_key", "stop"),
    (402, "payment required", "stop"),
    (403, "country not supported", "stop"),
    (404, "model_not_found", "stop"),
    (408, "request timeout", "transient"),
    (409, "conflict", "transient"),
    (500, "internal error", "transient"),
    (502, "bad gateway", "transient"),
    (503, "overloaded; tools are busy", "transient"),
    (529, "overloaded_error", "transient"),
    (413, "request entity too large", "too_long"),
    (400, "context_length_exceeded: maximum context length is 8192 tokens", "too_long"),
    (500, "the request exceeds the available context size", "too_long"),
    (400, "response_format json_schema is not supported", "mode"),
    (422, "unknown field: tool_choice", "mode"),
    (500, "failed to parse grammar", "mode"),
    (400, "Unsupported parameter: 'max_tokens'", "parameter"),
    (400, "Unsupported value: 'temperature'", "parameter"),
    (400, "messages must not be empty", "rejected"),
    (451, "unavailable for legal reasons", "rejected"),
]


@pytest.mark.parametrize(
    ("status", "message", "kind"), KINDS, ids=[f"{status} with {message} is {kind}" for status, message, kind in KINDS]
)
def test_status_and_message_give_the_kind_of_failure(status: int, message: str, kind: str) -> None:
    assert kind_of_status(status, message) == kind


NOW = 1_700_000_000.0  # 14 November 2023, 22:13:20 UTC
HEADERS = {
    "seconds": ({"retry-after": "7"}, 7.0),
    "a fraction of a second": ({"retry-after": "0.25"}, 0.25),
    "milliseconds come first": ({"retry-after-ms": "1500", "retry-after": "2"}, 1.5),
    "a date": ({"retry-after": "Tue, 14 Nov 2023 22:13:50 GMT"}, 30.0),
    "a date in the past": ({"retry-after": "Tue, 14 Nov 2023 22:00:00 GMT"}, 0.0),
    "nothing": ({}, None),
    "nonsense": ({"retry-after": "soon"}, None),
    "a negative number": ({"retry-after": "-3"}, 0.0),
    "an infinite number": ({"retry-after": "inf"}, None),
}


@pytest.mark.parametrize(("headers", "seconds"), HEADERS.values(), ids=HEADERS)
def test_retry_after_headers_are_read_in_seconds(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


WAITS = [
    ("the first wait is half a second", Failure("transient", ""), 1, 0.5),
    ("each wait doubles", Failure("transient", ""), 4, 4.0),
    ("no wait is longer than half a minute", Failure("busy", ""), 20, 30.0),
    ("the server's wait overrides ours", Failure("busy", "", retry_after=9.0), 1, 9.05),
    ("a wait of a day is cut to two minutes", Failure("busy", "", retry_after=86_400.0), 1, 120.05),
]


@pytest.mark.parametrize(("failure", "attempt", "seconds"), [row[1:] for row in WAITS], ids=[row[0] for row in WAITS])
def test_waits_grow_and_are_bounded(failure: Failure, attempt: int, seconds: float) -> None:
    assert wait_before(failure, attempt, jitter=0.5) == pytest.approx(seconds)


def test_calls_that_failed_together_are_retried_apart() -> None:
    failure = Failure("busy", "", retry_after=1.0)
    assert wait_before(failure, 1, jitter=0.0) < wait_before(failure, 1, jitter=1.0)
