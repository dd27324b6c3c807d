"""Media types of bytes without a name or header that tells."""

import pytest

from extractors.capture.media import detect_media_type
from smallprint.errors import DocumentError

PAGE = "<!doctype html><html><head><title>Terms</title></head><body><p>Fees apply.</p></body></html>"
TEXT = "TERMS OF THE HARBOR\n\nYou agree to pay the fee on the first day of every month.\n"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("content", "media_type"), [(PAGE, "text/html"), (TEXT, "text/plain")], ids=["a page", "plain text"]
)
def test_the_media_type_is_detected_in_every_character_set(content: str, media_type: str, charset: str) -> None:
    assert detect_media_type(content.encode(charset), declared=None, name="download") == media_type


def test_two_byte_numbers_are_not_taken_for_utf_16() -> None:
    data = b"".join(number.to_bytes(2, "little") for number in range(1, 32)) * 40
    with pytest.raises(DocumentError) as caught:
        detect_media_type(data, declared=None, name="download")
    assert caught.value.code == "unsupported_type"
