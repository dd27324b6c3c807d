"""The media type of a file: from its bytes, and from its name and headers only where the bytes do not decide."""

import io
import re
import zipfile
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from extractors.utf16 import unmarked_utf16
from smallprint.errors import DocumentError

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_READABLE_TYPES = "readable types are HTML, PDF, DOCX, Markdown and plain text"
_UNREADABLE_SIGNATURES = {
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
_TYPE_OF_SUFFIX = {
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
_HEAD_BYTES = 4096  # of a file that are looked at
_PDF_MARK_WITHIN_BYTES = 1024  # as PDF readers accept it
_MAX_CONTROL_SHARE = 0.05  # of control bytes in text; chosen by eye
SUFFIXES = frozenset(_TYPE_OF_SUFFIX)
_HTML_START = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|title|meta|div|section|article|main|p|h[1-6])[\s>/]", re.IGNORECASE
)


def detect_media_type(data: bytes, *, declared: str | None, name: str) -> str:
    """A key of EXTRACTORS for these bytes.

    Raises:
        DocumentError: ``unsupported_type`` with what the bytes seem to be.

    """
    head = data[:_HEAD_BYTES]
    if _is_pdf(head):
        return "application/pdf"
    if head.startswith(b"PK\x03\x04"):
        return _type_of_zip(data)
    for signature, description in _UNREADABLE_SIGNATURES.items():
        if head.startswith(signature):
            raise DocumentError("unsupported_type", f"this is {description}", advice=_READABLE_TYPES)
    suffix = PurePosixPath(urlsplit(name).path if "://" in name else name.replace("\\", "/")).suffix.lower()
    declared_type = (declared or "").split(";")[0].strip().lower()
    if suffix == ".pdf" or (declared_type == "application/pdf" and not _HTML_START.search(_ascii(head))):
        raise DocumentError("malformed", "the file is named a PDF but does not start like one", advice="fetch it again")
    if _is_binary(head):
        raise DocumentError("unsupported_type", "this is a binary file of unknown type", advice=_READABLE_TYPES)
    if _HTML_START.search(_ascii(head)) and suffix not in (".md", ".markdown", ".txt"):
        return "text/html"
    return _type_of_text(declared_type, suffix)


def likely_media_type(location: str) -> str:
    """The type that a file name or URL suggests, before there are bytes to look at."""
    try:
        path = urlsplit(location).path if "://" in location else location
    except ValueError:  # brackets that hold no address; capturing it will say so
        path = ""
    return _TYPE_OF_SUFFIX.get(PurePosixPath(path).suffix.lower(), "text/html")


def _is_pdf(head: bytes) -> bool:
    """Whether the PDF mark is near the start; a page that only mentions it is no PDF."""
    before, mark, _ = head[:_PDF_MARK_WITHIN_BYTES].partition(b"%PDF-")
    return bool(mark) and not _HTML_START.search(_ascii(before))


def _type_of_text(declared: str, suffix: str) -> str:
    """The type of bytes that are text but not HTML by their looks."""
    if suffix in (".md", ".markdown", ".txt", ".text"):
        return _TYPE_OF_SUFFIX[suffix]
    if suffix == ".docx":
        raise DocumentError("malformed", "the file is named a DOCX but is not a ZIP archive", advice="export it again")
    if declared in ("text/html", "application/xhtml+xml", "text/markdown", "text/plain"):
        return declared
    return _TYPE_OF_SUFFIX.get(suffix, "text/plain")


def _type_of_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile as error:
        raise DocumentError(
            "malformed", f"the ZIP container is damaged ({error})", advice="fetch or export it again"
        ) from error
    if "word/document.xml" in names:
        return _DOCX
    raise DocumentError(
        "unsupported_type", "this is a ZIP archive without a Word document in it", advice=_READABLE_TYPES
    )


def _ascii(head: bytes) -> bytes:
    """The bytes with those of UTF-16 reduced to ASCII, so that one pattern matches both."""
    return head.replace(b"\x00", b"") if _is_utf16(head) else head


def _is_utf16(head: bytes) -> bool:
    return head[:2] in (b"\xff\xfe", b"\xfe\xff") or unmarked_utf16(head) is not None


def _is_binary(head: bytes) -> bool:
    """Whether there are many control bytes, zero bytes of UTF-16 aside."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return False
    text = _ascii(head)
    controls = sum(1 for byte in text if byte < 9 or 13 < byte < 32)
    return controls > len(text) * _MAX_CONTROL_SHARE
