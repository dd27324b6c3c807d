"""Source -> snapshot -> document -> clauses: everything between a file or URL and text that can be cited."""

from collections.abc import Callable
from importlib import import_module

from extractors.capture.media import detect_media_type
from extractors.layout import Extraction, Options, assemble
from smallprint.errors import DocumentError
from smallprint.records import Document

# Media type -> "module:function" and the extractor's version. Modules are imported on first use: their libraries are
# slow to import.
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
        source: file name or URL, for messages and to distinguish Markdown from plain text.
        media_type: as declared by a server or a manifest; used only where the bytes do not show another type.
        language: ISO 639-1, if the user knows it; detected otherwise.
        options: password, OCR and the like.

    Raises:
        DocumentError: the bytes are empty, encrypted, malformed, scanned without a text layer, of an unsupported
            type, or hold no readable text.

    """
    from dataclasses import replace
    from hashlib import sha256

    if not data:
        raise DocumentError("empty", "the file is empty (0 bytes)", advice="fetch or export it again")
    detected_type = detect_media_type(data, declared=media_type, name=source)
    function_path, version = EXTRACTORS[detected_type]
    extraction = _load(function_path)(data, replace(options or Options(), source=source))
    text, blocks = assemble(extraction.blocks)
    if not text.strip():
        raise DocumentError("no_text", "no readable text was found", advice="check that this is the right file")
    return Document(
        source=source,
        media_type=detected_type,
        sha256=sha256(data).hexdigest(),
        title=extraction.title,
        language=language or extraction.language or _detect_language(text),
        extractor=version,
        text=text,
        blocks=blocks,
        warnings=tuple(extraction.warnings),
        page_count=extraction.page_count,
    )


def _load(function_path: str) -> Callable[[bytes, Options], Extraction]:
    module, function = function_path.split(":")
    extractor: Callable[[bytes, Options], Extraction] = getattr(import_module(module), function)
    return extractor


def _detect_language(text: str) -> str | None:
    from extractors.language import detect_language

    return detect_language(text)
