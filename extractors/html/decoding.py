"""Bytes of a page -> text, without trusting the encoding that the server or the page declares."""

import codecs
import re

from extractors.utf16 import unmarked_utf16
from smallprint.records import DocumentWarning

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_MIN_VALID_RATIO = 5  # valid to broken characters beyond ASCII in a UTF-8 page with some broken bytes; chosen by eye
# <meta charset=x>, <meta http-equiv content="...; charset=x"> and <?xml encoding="x"?>, all within the first bytes.
_ENCODING_LABEL = re.compile(rb"(?:charset|encoding)\s{0,8}=\s{0,8}[\"']?\s{0,8}([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_DECLARED_WITHIN_BYTES = 4096  # browsers look at 1024, but long comments can push the declaration down
_MAX_SAMPLE_BYTES = 200_000  # from which the encoding is guessed; the cost grows with it
# Labels that browsers read as another encoding (WHATWG Encoding Standard, "Names and labels").
_BROWSER_ENCODINGS = {
    "iso-8859-1": "windows-1252",
    "latin1": "windows-1252",
    "latin-1": "windows-1252",
    "us-ascii": "windows-1252",
    "ascii": "windows-1252",
    "iso-8859-9": "windows-1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
}


def decode(data: bytes) -> tuple[str, tuple[DocumentWarning, ...]]:
    """The page's text, and a warning where bytes had to be replaced.

    A byte order mark decides; else valid UTF-8 is UTF-8 whatever the page declares; else the declared encoding if
    it fits; else mostly valid UTF-8 with its broken bytes replaced; else the best guess.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _with_warning(data[len(mark) :].decode(encoding, "replace"), encoding)
    utf16 = unmarked_utf16(data)
    if utf16:
        return _with_warning(data.decode(utf16, "replace"), utf16)
    declared = _declared_encoding(data)
    if declared and declared.startswith("iso2022") and b"\x1b" in data:
        # Escape-coded Japanese and Korean is valid ASCII, so it must come before the UTF-8 test.
        return _with_warning(data.decode(declared, "replace"), declared)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass  # not clean UTF-8: the steps below decide
    if _mostly_utf8(data):
        return _with_warning(data.decode("utf-8", "replace"), "utf-8")
    if declared and declared != "utf-8":
        try:
            return data.decode(declared), ()
        except UnicodeDecodeError:
            return _with_warning(data.decode(declared, "replace"), declared)
    guess = _guess_encoding(data)
    return _with_warning(data.decode(guess, "replace"), guess)


def _with_warning(text: str, encoding: str) -> tuple[str, tuple[DocumentWarning, ...]]:
    broken = text.count("\ufffd")
    if not broken:
        return text, ()
    detail = f"{broken} byte sequences are not valid {encoding} and were replaced"
    return text, (DocumentWarning(code="broken_encoding", detail=detail),)


def _declared_encoding(data: bytes) -> str | None:
    """The Python name of the first known encoding that the page declares, read as browsers read it."""
    for match in _ENCODING_LABEL.finditer(data[:_DECLARED_WITHIN_BYTES]):
        label = match.group(1).decode("ascii").lower()
        label = _BROWSER_ENCODINGS.get(label, label)
        try:
            name = codecs.lookup(label).name
        except LookupError:
            continue
        # A page that declares UTF-16 in ASCII letters is not UTF-16.
        return "utf-8" if name.startswith(("utf-16", "utf-32")) else name.replace("iso2022_", "iso2022")
    return None


def _mostly_utf8(data: bytes) -> bool:
    """True if multi-byte sequences are far more often valid than not, as in a page with a few pasted bytes."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond_ascii = sum(1 for character in text if character > "\x7f") - broken
    return beyond_ascii > broken * _MIN_VALID_RATIO


def _guess_encoding(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_MAX_SAMPLE_BYTES]).best()
    return best.encoding if best else "windows-1252"
