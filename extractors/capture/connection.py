"""Connections with one deadline for everything: names, handshakes, headers, informational answers, bodies.

The usual timeouts bound the wait for the next byte. A server that sends a byte of its headers every few seconds, or
``100 Continue`` for ever, never meets them.
"""

import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import httpcore
import httpx


class _TimedStream(httpcore.NetworkStream):
    """A stream whose reads and writes end with the deadline, however many there are."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream, self._deadline = stream, deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """The next bytes."""
        return self._stream.read(max_bytes, _seconds(self._deadline, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send bytes."""
        self._stream.write(buffer, _seconds(self._deadline, timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same stream, encrypted."""
        seconds = _seconds(self._deadline, timeout, httpcore.ConnectTimeout)
        return _TimedStream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._deadline)

    def close(self) -> None:
        """Close it."""
        self._stream.close()

    def get_extra_info(self, info: str) -> object:
        """What the stream below knows."""
        return self._stream.get_extra_info(info)


class TimedBackend(httpcore.NetworkBackend):
    """Opens connections that end with a deadline of ``time.monotonic``."""

    def __init__(self, deadline: float) -> None:
        self._backend, self._deadline = httpcore.SyncBackend(), deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection."""
        seconds = _seconds(self._deadline, timeout, httpcore.ConnectTimeout)
        stream = self._backend.connect_tcp(host, port, seconds, local_address, socket_options)
        return _TimedStream(stream, self._deadline)


def _seconds(deadline: float, timeout: float | None, error: type[Exception]) -> float:
    """What is left of both bounds; raises ``error`` when nothing is."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise error("the deadline of the whole request has passed")
    return left if timeout is None else min(left, timeout)


def deadline_transport(deadline: float) -> httpx.BaseTransport:
    """A transport for one request (and its redirects) that ends with a deadline of ``time.monotonic``."""
    return _DeadlineTransport(deadline)


class _DeadlineTransport(httpx.BaseTransport):
    """httpx over connections of ours."""

    def __init__(self, deadline: float) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(trust_env=False), network_backend=TimedBackend(deadline)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; errors are httpx's."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme, host=request.url.raw_host, port=request.url.port, target=request.url.raw_path
        )
        sent = httpcore.Request(
            request.method, url, headers=request.headers.raw, content=request.stream, extensions=request.extensions
        )
        with _translated():
            response = self._pool.handle_request(sent)
        return httpx.Response(
            status_code=response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    """The body of a response as it arrives."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        with _translated():
            yield from self._response.iter_stream()

    def close(self) -> None:
        """Give the connection back."""
        self._response.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Httpcore's errors as those of httpx, by name."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
        kind = getattr(httpx, type(error).__name__, httpx.TransportError)
        raise kind(str(error)) from error
