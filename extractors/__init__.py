"""Source -> snapshot -> document -> clauses: everything between a file or URL and text that can be cited."""

from collections.abc import Callable
from importlib import import_module

from extractors.capture.media import detect_media_type
from extractors.layout import Extraction, Options, assemble
from smallprint.errors import DocumentError
from smallprint.records import Document

# media type -> "module:function" and extractor version; modules load on first use because their libraries are heavy.
EXTRACTORS: dict[str, tuple[str, str]] = {
    "text/html": ("extractors.html:extract_html", "html/1"),
    "application/xhtml+xml": ("extractors.html:extract_html", "html/1"),
    "application/pdf": ("extractors.pdf:extract_pdf", "pdf/1"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (
        "extractors.docx:extract_docx",
        "docx/1",
    ),
    "text/markdown": ("extractors.markdown:extract_markdown", "markdown/1"),
    "text/plain": ("extractors.text:extract_text", "text/1"),
}


def extract(
    data: bytes,
    *,
    source: str,
    media_type: str | None = None,
    language: str | None = None,
    options: Options | None = None,
) -> Document:
    """The document in ``data``.

    Args:
        data: the snapshot's bytes.
        source: file name or URL, for messages and for telling Markdown from plain text.
        media_type: as declared by a server or a manifest; believed only where the bytes do not say otherwise.
        language: ISO 639-1 where the user knows it, else it is detected.
        options: password, OCR and the like.

    Raises:
        DocumentError: the bytes are empty, encrypted, malformed, scanned without a text layer, of an unsupported
            type, or hold no readable text.

    """
    from dataclasses import replace
    from hashlib import sha256

    if not data:
        raise DocumentError("empty", "the file is empty (0 bytes)", advice="fetch or export it again")
    kind = detect_media_type(data, declared=media_type, name=source)
    where, version = EXTRACTORS[kind]
    extraction = _load(where)(data, replace(options or Options(), source=source))
    text, blocks = assemble(extraction.blocks)
    if not text.strip():
        raise DocumentError("no_text", "no readable text was found", advice="check that this is the right file")
    return Document(
        source=source,
        media_type=kind,
        sha256=sha256(data).hexdigest(),
        title=extraction.title,
        language=language or extraction.language or _detect_language(text),
        extractor=version,
        text=text,
        blocks=blocks,
        warnings=tuple(extraction.warnings),
        page_count=extraction.page_count,
    )


def _load(where: str) -> Callable[[bytes, Options], Extraction]:
    module, function = where.split(":")
    found: Callable[[bytes, Options], Extraction] = getattr(import_module(module), function)
    return found


def _detect_language(text: str) -> str | None:
    from extractors.language import detect_language

    return detect_language(text)
