"""What kind of file some bytes are: told from the bytes, from names and headers only where the bytes are silent."""

import io
import re
import zipfile
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from extractors.utf16 import unmarked_utf16
from smallprint.errors import DocumentError

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_READABLE = "readable types are HTML, PDF, DOCX, Markdown and plain text"
_SIGNATURES = {
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"\xd0\xcf\x11\xe0": "an old Word, Excel or PowerPoint file",
    b"\x1f\x8b": "a gzip archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"\x7fELF": "a program",
    b"MZ\x90": "a program",
    b"{\\rtf": "an RTF file",
}
_BY_SUFFIX = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "text/html",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".txt": "text/plain",
    ".text": "text/plain",
    ".pdf": "application/pdf",
    ".docx": _DOCX,
}
SUFFIXES = frozenset(_BY_SUFFIX)
_HTML_START = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|div|section|article|main|p|h[1-6])[\s>/]", re.IGNORECASE
)


def detect_media_type(data: bytes, *, declared: str | None, name: str) -> str:
    """A key of EXTRACTORS for these bytes.

    Raises:
        DocumentError: ``unsupported_type`` with what the bytes seem to be.

    """
    head = data[:4096]
    if _is_pdf(head):
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(data)
    for signature, what in _SIGNATURES.items():
        if head.startswith(signature):
            raise DocumentError("unsupported_type", f"this is {what}", advice=_READABLE)
    suffix = PurePosixPath(urlsplit(name).path if "://" in name else name.replace("\\", "/")).suffix.lower()
    plain = (declared or "").split(";")[0].strip().lower()
    if suffix == ".pdf" or (plain == "application/pdf" and not _HTML_START.search(_ascii(head))):
        raise DocumentError("malformed", "the file is named a PDF but does not start like one", advice="fetch it again")
    if _is_binary(head):
        raise DocumentError("unsupported_type", "this is a binary file of unknown type", advice=_READABLE)
    if _HTML_START.search(_ascii(head)) and suffix not in (".md", ".markdown", ".txt"):
        return "text/html"
    return _by_name(plain, suffix)


def _is_pdf(head: bytes) -> bool:
    """PDF readers accept the mark anywhere in the first 1,024 bytes; a page that speaks of it is no PDF."""
    before, mark, _ = head[:1024].partition(b"%PDF-")
    return bool(mark) and not _HTML_START.search(_ascii(before))


def _by_name(declared: str, suffix: str) -> str:
    if suffix in (".md", ".markdown", ".txt", ".text"):
        return _BY_SUFFIX[suffix]
    if suffix == ".docx":
        raise DocumentError("malformed", "the file is named a DOCX but is not a ZIP archive", advice="export it again")
    if declared in ("text/html", "application/xhtml+xml", "text/markdown", "text/plain"):
        return declared
    return _BY_SUFFIX.get(suffix, "text/plain")


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise DocumentError(
            "malformed", f"the ZIP container is damaged ({error})", advice="fetch or export it again"
        ) from error
    if "word/document.xml" in names:
        return _DOCX
    raise DocumentError("unsupported_type", "this is a ZIP archive without a Word document in it", advice=_READABLE)


def _ascii(head: bytes) -> bytes:
    # UTF-16 text shows its ASCII once the zero bytes are gone.
    return head.replace(b"\x00", b"") if _is_utf16(head) else head


def _is_utf16(head: bytes) -> bool:
    return head[:2] in (b"\xff\xfe", b"\xfe\xff") or unmarked_utf16(head) is not None


def _is_binary(head: bytes) -> bool:
    """Many control bytes, and no UTF-16 that explains zero bytes."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    shown = _ascii(head)
    controls = sum(1 for byte in shown if byte < 9 or 13 < byte < 32)
    return controls > len(shown) * 0.05
