"""The body of a response, decompressed by us: one encoding, with a bound on what comes out of every byte.

An HTTP library decompresses as many encodings as a server names, each after the other: 300 bytes packed three times
come out as gigabytes before anybody can look at their number.
"""

import zlib
from collections.abc import Iterator

from smallprint.errors import DocumentError

ACCEPT_ENCODING = "gzip, deflate"
MAX_COMPRESSION = 200  # decompressed bytes for one compressed byte; text rarely exceeds 20
COMPRESSION_FROM_BYTES = 5_000_000  # decompressed size below which no ratio does harm
_CHUNK_BYTES = 1_000_000  # decompressed at once
_GZIP_OR_ZLIB, _RAW_DEFLATE = 47, -15  # of zlib's window bits: with a header that it detects; without one


class BodyDecoder:
    """Decompresses a body as it arrives.

    Args:
        encoding: the response's Content-Encoding; None or "identity" for a plain body.
        max_bytes: bound on the decompressed size.

    Raises:
        DocumentError: ``malformed`` for an encoding that was not asked for, for several, or for data that does not
            decompress; ``too_large`` and ``decompression_bomb`` beyond the bounds.

    """

    def __init__(self, encoding: str | None, max_bytes: int) -> None:
        self.encoding = (encoding or "").strip().casefold()
        self.max_bytes = max_bytes
        self.received_bytes = self.decoded_bytes = 0
        if self.encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise DocumentError("malformed", f"the server packed the page as {self.encoding!r}, unasked")
        self._plain = self.encoding in ("", "identity")
        self._decompressor = None if self._plain else zlib.decompressobj(_GZIP_OR_ZLIB)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The decompressed parts of a further piece of the body."""
        first, self.received_bytes = self.received_bytes == 0, self.received_bytes + len(data)
        if self._decompressor is None:
            yield self._counted(data)
            return
        pending = data
        while pending and not self._decompressor.eof:
            try:
                part = self._decompressor.decompress(pending, _CHUNK_BYTES)
            except zlib.error as error:
                if not (first and self.encoding == "deflate" and self.decoded_bytes == 0):
                    raise DocumentError("malformed", f"the page does not decompress ({error})") from error
                # Some servers send deflate without its header.
                self._decompressor, first = zlib.decompressobj(_RAW_DEFLATE), False
                continue
            pending = self._decompressor.unconsumed_tail
            if part:
                yield self._counted(part)
            elif not pending:
                return

    def finish(self) -> None:
        """The body has ended; raises DocumentError where its compressed data has not."""
        if self._decompressor is not None and self.received_bytes and not self._decompressor.eof:
            raise DocumentError("malformed", "the page ends in the middle of its compressed data", transient=True)

    def _counted(self, part: bytes) -> bytes:
        self.decoded_bytes += len(part)
        if self.decoded_bytes > self.max_bytes:
            raise DocumentError(
                "too_large",
                f"the page has more than {self.max_bytes:,} bytes",
                advice="raise SMALLPRINT_FETCH_MAX_BYTES if that is right",
            )
        if (
            self._decompressor is not None
            and self.decoded_bytes > COMPRESSION_FROM_BYTES
            and self.decoded_bytes > MAX_COMPRESSION * self.received_bytes
        ):
            raise DocumentError("decompression_bomb", "the page decompresses to many times its size; it is not read")
        return part
