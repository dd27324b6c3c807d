"""Bodies of answers: decompressed by us within bounds, and without our key where a server repeats it.

A model's server is as hostile as any. What it says stands in messages, in logs and in the store of answers.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

import httpx2

from extractors.capture.decoding import BodyDecoder

# A full answer of 16,000 tokens is below 100 kB; a batch's results are some megabytes.
MAX_ANSWER_BYTES = 200_000_000
MIN_KEY_LENGTH = 8  # characters; "none" and "ollama" are what servers without keys are given


class _Chunks(Protocol):
    """What an SDK's response streams."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None: ...


def body_hook(key: str) -> Callable[[httpx2.Response], Awaitable[None]]:
    """A response hook for an SDK's client: the body is decompressed once, within bounds, and never holds the key.

    Args:
        key: what the client authenticates with; one below ``MIN_KEY_LENGTH`` is no secret and is left alone.

    """

    async def bound_body(response: httpx2.Response) -> None:
        """Raises DocumentError for an encoding that was not asked for; the SDK reports a connection error."""
        decoder = BodyDecoder(response.headers.get("content-encoding"), MAX_ANSWER_BYTES)
        response.headers.pop("content-encoding", None)
        stream = response.stream
        if isinstance(stream, httpx2.AsyncByteStream):
            secret = key.encode() if len(key) >= MIN_KEY_LENGTH else b""
            response.stream = _BoundedStream(stream, decoder, secret)

    return bound_body


class _BoundedStream(httpx2.AsyncByteStream):
    """The decompressed body as it arrives, stars in place of the key."""

    def __init__(self, stream: _Chunks, decoder: BodyDecoder, secret: bytes) -> None:
        self._stream, self._decoder, self._secret = stream, decoder, secret

    async def __aiter__(self) -> AsyncIterator[bytes]:
        held = b""  # the end of what came, which may be the key's beginning
        async for piece in self._stream:
            for part in self._decoder.feed(piece):
                if not self._secret:
                    yield part
                    continue
                text = (held + part).replace(self._secret, b"*" * len(self._secret))
                cut = max(0, len(text) - len(self._secret) + 1)
                held = text[cut:]
                yield text[:cut]
        self._decoder.finish()
        yield held

    async def aclose(self) -> None:
        """Give the connection back."""
        await self._stream.aclose()
