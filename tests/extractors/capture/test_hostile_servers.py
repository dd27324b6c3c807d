"""Servers that pack, drip and never end: a clear reason within the deadline, and never more than the bounds."""

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from extractors.capture.decoding import BodyDecoder
from extractors.capture.url import capture_url
from extractors.layout import Options
from smallprint.errors import DocumentError
from smallprint.settings import Settings


def packed(data: bytes) -> bytes:
    """gzip without the time of day, so that the tests are the same in every process."""
    return gzip.compress(data, mtime=0)


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
DEADLINE = 1.5  # seconds for a capture
SLACK = 1.5  # seconds; a busy machine's


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that reads a request and answers it by writing to the connection itself."""
    listener = socket.create_server(("127.0.0.1", 0))
    stopped = threading.Event()

    def serve() -> None:
        while not stopped.is_set():
            with suppress(OSError):
                connection, _ = listener.accept()
                threading.Thread(target=reply, args=(connection,), daemon=True).start()

    def reply(connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.recv(65536)
            answer(connection)

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/terms"
    stopped.set()
    listener.close()


def failure(url: str) -> DocumentError:
    settings = Settings(fetch_timeout=DEADLINE, fetch_max_bytes=8_000_000)
    with pytest.raises(DocumentError) as caught:
        capture_url(url, settings, Options(allow_private=True, ignore_robots=True))
    return caught.value


def for_ever(piece: bytes, before: bytes = b"", every: float = 0.05) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(before)
        while True:
            connection.sendall(piece)
            time.sleep(every)

    return answer


ENDLESS = {
    "headers that drip": for_ever(b"X", before=b"HTTP/1.1 200 OK\r\nX-Long: "),
    "a new header every moment": for_ever(b"X-A: b\r\n", before=b"HTTP/1.1 200 OK\r\n"),
    "informational answers without end": for_ever(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a status line that drips": for_ever(b"H"),
    "a chunked body that drips": for_ever(b"1\r\na\r\n", before=HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
    "a chunk size that never ends": for_ever(b"0", before=HEAD + b"Transfer-Encoding: chunked\r\n\r\n"),
    "empty deflate blocks": for_ever(
        b"\x00\x00\x00\xff\xff", before=HEAD + b"Content-Encoding: deflate\r\n\r\n" + b"\x78\x9c"
    ),
}


@pytest.mark.parametrize("answer", ENDLESS.values(), ids=ENDLESS)
def test_an_answer_that_never_ends_meets_the_deadline(answer: Callable[[socket.socket], None]):
    with server(answer) as url:
        began = time.monotonic()
        error = failure(url)
        assert time.monotonic() - began < DEADLINE + SLACK
    assert error.code in ("timeout", "unreachable")


def body(encoding: str, data: bytes) -> Callable[[socket.socket], None]:
    head = HEAD + f"Content-Encoding: {encoding}\r\nContent-Length: {len(data)}\r\n\r\n".encode()
    return lambda connection: connection.sendall(head + data)


ZEROS = packed(b"\0" * 60_000_000)
PACKED = {
    "packed three times": ("gzip, gzip, gzip", packed(packed(ZEROS)), "malformed"),
    "an encoding that was not asked for": ("br", b"\x0b\x00\x80", "malformed"),
    "a bomb": ("gzip", ZEROS, "too_large"),
    "cut in the middle": ("gzip", packed(b"<p>Terms</p>" * 1000)[:60], "malformed"),
    "not packed at all": ("gzip", b"<p>Terms</p>", "malformed"),
}


@pytest.mark.parametrize(("encoding", "data", "code"), PACKED.values(), ids=PACKED)
def test_a_body_that_is_packed_wrongly_is_refused(encoding: str, data: bytes, code: str):
    with server(body(encoding, data)) as url:
        error = failure(url)
    assert error.code in (code, "decompression_bomb")


PAGE = b"<!doctype html><html><body><h1>Terms</h1><p>You agree to these terms.</p></body></html>"


PACKINGS = {
    "plain": ("identity", PAGE),
    "gzip": ("gzip", packed(PAGE)),
    "deflate": ("deflate", zlib.compress(PAGE)),
    "deflate without its header": ("deflate", zlib.compress(PAGE)[2:-4]),
    "gzip in capitals": ("GZIP", packed(PAGE)),
}


@pytest.mark.parametrize(("encoding", "data"), PACKINGS.values(), ids=PACKINGS)
def test_a_packed_page_arrives_whole(encoding: str, data: bytes):
    with server(body(encoding, data)) as url:
        _, read = capture_url(url, Settings(fetch_timeout=10), Options(allow_private=True, ignore_robots=True))
    assert read == PAGE


def test_no_more_is_decompressed_than_the_bound_allows():
    decoder = BodyDecoder("gzip", max_bytes=1_000_000)
    with pytest.raises(DocumentError):
        list(decoder.feed(ZEROS))
    assert decoder.decoded_bytes <= 2_000_000
