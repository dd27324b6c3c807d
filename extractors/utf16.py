"""The byte order of UTF-16 text without a byte order mark."""

_SAMPLE_BYTES = 4096
_MIN_BYTES = 16  # eight characters; less text says nothing about its encoding
# Shares of zero bytes among all bytes, half of which are high bytes. In UTF-16 of Latin letters nearly every high byte
# is zero and hardly any low byte; other encodings of text have no zero bytes. A fifth of the characters may be others.
_MIN_ZEROS_IN_HIGH_BYTES = 0.4
_MAX_ZEROS_IN_LOW_BYTES = 0.05


def unmarked_utf16(data: bytes) -> str | None:
    """``utf-16-le`` or ``utf-16-be`` for text mostly in Latin letters, None for everything else."""
    sample = data[:_SAMPLE_BYTES]
    if len(sample) < _MIN_BYTES:
        return None
    even_zeros, odd_zeros = sample[0::2].count(0), sample[1::2].count(0)
    many, few = len(sample) * _MIN_ZEROS_IN_HIGH_BYTES, len(sample) * _MAX_ZEROS_IN_LOW_BYTES
    if odd_zeros > many and even_zeros < few:
        return "utf-16-le"
    if even_zeros > many and odd_zeros < few:
        return "utf-16-be"
    return None
