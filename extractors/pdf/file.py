"""Opening a PDF safely: passwords, damage and bombs end in a clear error, whatever the libraries below raise."""

import io
import logging
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

from smallprint.errors import DocumentError

PlumberPdf: TypeAlias = Any  # pdfplumber publishes no types
_MAX_STREAM = 256_000_000  # bytes that one stream may unpack to; a large color scan is a tenth of it
_PIECE_BYTES = 64_000  # of a packed stream that are unpacked at a time
_BEGINNING_BYTES = 4_000_000  # of what a stream unpacks to, in which a further packed stream is looked for
_MAX_CHAIN = 6  # filters packed into one another
_STREAM = re.compile(rb"stream\r?\n")

logging.getLogger("pdfminer").setLevel(logging.CRITICAL)  # it narrates every oddity of a file


@contextmanager
def open_pdf(data: bytes, password: str | None = None) -> Iterator[PlumberPdf]:
    """A pdfplumber PDF over ``data``, closed at the end.

    Raises:
        DocumentError: ``encrypted``, ``malformed`` or ``too_large``.

    """
    import pdfplumber

    refuse_bombs(data)
    with reading("the file"):
        pdf = pdfplumber.open(io.BytesIO(data), password=password or "")
    with reading("the page tree"):
        pages = pdf.pages  # pdf.close() walks them too, so a broken tree is left to the garbage collector
    try:
        if not pages:
            raise DocumentError("malformed", "this PDF has no pages", advice="fetch or export it again")
        yield pdf
    finally:
        pdf.close()


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn whatever the PDF libraries raise into a DocumentError that says in short what they said."""
    try:
        yield
    except DocumentError:
        raise
    except Exception as error:
        if _is_password(error):
            raise DocumentError(
                "encrypted",
                "this PDF is encrypted and the password is missing or wrong",
                advice="give it with --password",
            ) from error
        said = " ".join(f"{type(error).__name__}: {error}".split())[:160]
        raise DocumentError(
            "malformed", f"{what} cannot be read as PDF ({said})", advice="fetch or export the file again"
        ) from error


def _is_password(error: BaseException) -> bool:
    """Pdfplumber wraps pdfminer's errors, so the cause may be an argument of what is raised."""
    chain = [error, error.__cause__, error.__context__, *error.args]
    return any("Password" in type(one).__name__ or "Encryption" in type(one).__name__ for one in chain if one)


def refuse_bombs(data: bytes) -> None:
    """Unpack the beginning of each deflated stream and stop where one grows beyond reason.

    Raises:
        DocumentError: ``too_large``.

    """
    for found in _STREAM.finditer(data):
        if data[found.end() : found.end() + 1] not in (
            b"\x78",
            b"\x58",
            b"\x48",
            b"\x68",
            b"\x08",
            b"\x18",
            b"\x28",
            b"\x38",
        ):
            continue
        _refuse_bomb(data, found.end())


def _refuse_bomb(data: bytes, start: int) -> None:
    packed = memoryview(data)[start:]
    for _ in range(_MAX_CHAIN):
        size, beginning = _unpacked(packed)
        if size > _MAX_STREAM:
            raise DocumentError(
                "too_large",
                f"a stream of this PDF unpacks to over {_MAX_STREAM // 1_000_000} MB",
                advice="split the file",
            )
        if beginning[:1] != b"\x78":
            return
        packed = memoryview(beginning)


def _unpacked(packed: memoryview) -> tuple[int, bytes]:
    """How large a stream unpacks, up to the limit, and its first megabytes."""
    unpacker = zlib.decompressobj()
    size, beginning = 0, b""
    try:
        for start in range(0, len(packed), _PIECE_BYTES):  # in pieces: zlib copies what it has not read yet
            piece: bytes | memoryview = packed[start : start + _PIECE_BYTES]
            while piece and size <= _MAX_STREAM:
                chunk = unpacker.decompress(piece, _BEGINNING_BYTES)
                size += len(chunk)
                if len(beginning) < _BEGINNING_BYTES:
                    beginning += chunk
                piece = unpacker.unconsumed_tail
            if unpacker.eof or size > _MAX_STREAM:
                break
    except zlib.error:
        return size, beginning
    return size, beginning
