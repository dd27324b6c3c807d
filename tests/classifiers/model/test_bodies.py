"""Answers of a model's server that are packed to burst: refused within bounds, and plain ones read."""

import asyncio
import gzip
import json

import pytest

from classifiers.analysts import choose_analyst
from classifiers.analyze import analyze
from classifiers.model.llm import _sdk_client
from smallprint.errors import ModelStopError
from smallprint.settings import Settings
from tests.drafts import CLAUSES
from tests.drafts import DOCUMENT as TERMS
from tests.extractors.capture.test_hostile_servers import body, server

DOCUMENT = (TERMS, CLAUSES)

ANSWER = {"id": "a", "object": "list", "data": [{"id": "gpt", "object": "model", "created": 0, "owned_by": "us"}]}


async def models(url: str, key: str = "k") -> list[str]:
    client = _sdk_client("openai", Settings(base_url=url.removesuffix("/terms"), api_key=key, timeout=5))
    try:
        return [model.id async for model in client.models.list()]
    finally:
        await client.close()


@pytest.mark.parametrize("packed", ["gzip, gzip", "br"])
def test_an_answer_packed_unasked_is_refused(packed: str):
    bomb = gzip.compress(gzip.compress(b"\0" * 50_000_000))
    with server(body(packed, bomb)) as url, pytest.raises(Exception, match="Connection error") as caught:
        asyncio.run(models(url))
    assert type(caught.value).__name__ == "APIConnectionError"


def test_a_packed_answer_is_read_once():
    data = gzip.compress(json.dumps(ANSWER).encode())

    def answer(connection):
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\n"
            + f"Content-Length: {len(data)}\r\n\r\n".encode()
            + data
        )

    with server(answer) as url:
        assert asyncio.run(models(url)) == ["gpt"]


KEY = "sk-a-key-that-is-secret-0123456789"


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_a_key_that_the_server_repeats_is_starred_wherever_the_pieces_are_cut(size: int):
    data = json.dumps({**ANSWER, "data": [{**ANSWER["data"][0], "id": f"you sent Bearer {KEY}"}]}).encode()

    def answer(connection):
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        connection.sendall(head.encode())
        for start in range(0, len(data), size):
            connection.sendall(data[start : start + size])

    with server(answer) as url:
        (name,) = asyncio.run(models(url, KEY))
    assert name == f"you sent Bearer {'*' * len(KEY)}"


def test_a_refusal_that_repeats_the_key_does_not_show_it():
    data = json.dumps({"error": {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}}).encode()

    def answer(connection):
        head = f"HTTP/1.1 401 No\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        connection.sendall(head.encode() + data)

    with server(answer) as url:
        settings = Settings(model="openai:gpt", base_url=url.removesuffix("/terms"), api_key=KEY, timeout=5)
        with pytest.raises(ModelStopError) as caught:
            asyncio.run(analyze(*DOCUMENT, choose_analyst("openai:gpt", settings)))
    assert "does not accept the API key" in str(caught.value)
    assert KEY not in str(caught.value)


EMPTY = {
    "no choices": {"choices": []},
    "choices that are null": {"choices": None},
    "a choice without a message": {"choices": [{"index": 0, "finish_reason": "stop"}]},
    "nothing at all": {},
}


@pytest.mark.parametrize("reply", EMPTY.values(), ids=EMPTY)
def test_an_answer_without_choices_fails_by_name_and_is_no_crash(reply: dict[str, object]):
    data = json.dumps({"id": "a", "object": "chat.completion", "created": 0, "model": "gpt", **reply}).encode()

    def answer(connection):
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
        connection.sendall(head.encode() + data)

    with server(answer) as url:
        settings = Settings(
            model="openai:gpt", base_url=url.removesuffix("/terms"), api_key=KEY, timeout=5, max_attempts=1
        )
        analysis = asyncio.run(analyze(*DOCUMENT, choose_analyst("openai:gpt", settings)))
    assert {entry.state for entry in analysis.entries} == {"failed"}
    assert all(entry.why for entry in analysis.entries)
