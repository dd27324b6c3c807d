"""The byte order of UTF-16 text that has no mark to tell it by."""

_SAMPLE = 4096  # bytes
_FEWEST = 16
_HIGH, _LOW = 0.4, 0.05  # shares of zero bytes among all: nearly every high byte is zero, hardly any low byte is


def unmarked_utf16(data: bytes) -> str | None:
    """``utf-16-le`` or ``utf-16-be`` for text mostly in Latin letters, None for everything else."""
    head = data[:_SAMPLE]
    if len(head) < _FEWEST:
        return None
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > len(head) * _HIGH and even < len(head) * _LOW:
        return "utf-16-le"
    if even > len(head) * _HIGH and odd < len(head) * _LOW:
        return "utf-16-be"
    return None
