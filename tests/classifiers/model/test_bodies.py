"""Answers of a model's server that are packed to burst: refused within bounds, and plain ones read."""

import asyncio
import gzip
import json

import pytest

from classifiers.model.llm import _sdk_client
from smallprint.settings import Settings
from tests.extractors.capture.test_hostile_servers import body, server

ANSWER = {"id": "a", "object": "list", "data": [{"id": "gpt", "object": "model", "created": 0, "owned_by": "us"}]}


async def models(url: str) -> list[str]:
    client = _sdk_client("openai", Settings(base_url=url.removesuffix("/terms"), api_key="k", timeout=5))
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
