"""What kind of file some bytes are, where neither a server nor a name says it."""

import pytest

from extractors.capture.media import detect_media_type
from smallprint.errors import DocumentError

PAGE = "<!doctype html><html><head><title>Terms</title></head><body><p>Fees apply.</p></body></html>"
TEXT = "TERMS OF THE HARBOR\n\nYou agree to pay the fee on the first day of every month.\n"


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(("content", "kind"), [(PAGE, "text/html"), (TEXT, "text/plain")], ids=["a page", "plain text"])
def test_a_kind_is_told_whatever_the_character_set(content: str, kind: str, charset: str) -> None:
    assert detect_media_type(content.encode(charset), declared=None, name="download") == kind


def test_numbers_of_two_bytes_are_no_text() -> None:
    data = b"".join(number.to_bytes(2, "little") for number in range(1, 32)) * 40
    with pytest.raises(DocumentError) as caught:
        detect_media_type(data, declared=None, name="download")
    assert caught.value.code == "unsupported_type"
