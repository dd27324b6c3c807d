"""Bytes of a page -> text, without trusting what the server or the page says about its encoding."""

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
# <meta charset=x>, <meta http-equiv content="...; charset=x"> and <?xml encoding="x"?>, all within the first bytes.
_DECLARED = re.compile(rb"(?:charset|encoding)\s{0,8}=\s{0,8}[\"']?\s{0,8}([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_DECLARED_WITHIN = 4096  # bytes; browsers look at 1024, but banners of comments push the declaration down
_SAMPLE = 200_000  # bytes for guessing
# Labels that browsers read as another encoding (WHATWG Encoding Standard, "Names and labels").
_AS_BROWSERS_DO = {
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
            return _strip(data[len(mark) :].decode(encoding, "replace"), encoding)
    wide = unmarked_utf16(data)
    if wide:
        return _strip(data.decode(wide, "replace"), wide)
    declared = _declared(data)
    if declared and declared.startswith("iso2022") and b"\x1b" in data:
        # Escape-coded Japanese and Korean is valid ASCII, so it must come before the UTF-8 test.
        return _strip(data.decode(declared, "replace"), declared)
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass  # the common case is handled; what follows decides how to read the rest
    if _mostly_utf8(data):
        return _strip(data.decode("utf-8", "replace"), "utf-8")
    if declared and declared != "utf-8":
        try:
            return data.decode(declared), ()
        except UnicodeDecodeError:
            return _strip(data.decode(declared, "replace"), declared)
    guessed = _guess(data)
    return _strip(data.decode(guessed, "replace"), guessed)


def _strip(text: str, encoding: str) -> tuple[str, tuple[DocumentWarning, ...]]:
    broken = text.count("\ufffd")
    if not broken:
        return text, ()
    detail = f"{broken} byte sequences are not valid {encoding} and were replaced"
    return text, (DocumentWarning(code="broken_encoding", detail=detail),)


def _declared(data: bytes) -> str | None:
    for match in _DECLARED.finditer(data[:_DECLARED_WITHIN]):
        label = match.group(1).decode("ascii").lower()
        label = _AS_BROWSERS_DO.get(label, label)
        try:
            name = codecs.lookup(label).name
        except LookupError:
            continue
        # A page that says UTF-16 in ASCII letters is not UTF-16.
        return "utf-8" if name.startswith(("utf-16", "utf-32")) else name.replace("iso2022_", "iso2022")
    return None


def _mostly_utf8(data: bytes) -> bool:
    """True if multi-byte sequences are far more often right than wrong, as in a page with a few pasted bytes."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond_ascii = sum(1 for character in text if character > "\x7f") - broken
    return beyond_ascii > broken * 5


def _guess(data: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    return best.encoding if best else "windows-1252"
