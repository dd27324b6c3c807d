"""Bodies of answers, decompressed by us within bounds: a model's server is as hostile as any."""

from collections.abc import AsyncIterator
from typing import Protocol

import httpx2

from extractors.capture.decoding import BodyDecoder

# A full answer of 16,000 tokens is below 100 kB; a batch's results are some megabytes.
MAX_ANSWER_BYTES = 200_000_000


class _Chunks(Protocol):
    """What an SDK's response streams."""

    def __aiter__(self) -> AsyncIterator[bytes]: ...

    async def aclose(self) -> None: ...


async def bound_body(response: httpx2.Response) -> None:
    """A response hook: the body is decompressed once, at most to so many bytes, and by nobody else afterwards.

    Raises:
        DocumentError: for an encoding that was not asked for, or for several; the SDK reports a connection error.

    """
    decoder = BodyDecoder(response.headers.get("content-encoding"), MAX_ANSWER_BYTES)
    response.headers.pop("content-encoding", None)
    stream = response.stream
    if isinstance(stream, httpx2.AsyncByteStream):
        response.stream = _BoundedStream(stream, decoder)


class _BoundedStream(httpx2.AsyncByteStream):
    """The decompressed body as it arrives."""

    def __init__(self, stream: _Chunks, decoder: BodyDecoder) -> None:
        self._stream, self._decoder = stream, decoder

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._stream:
            for part in self._decoder.feed(piece):
                yield part
        self._decoder.finish()

    async def aclose(self) -> None:
        """Give the connection back."""
        await self._stream.aclose()
