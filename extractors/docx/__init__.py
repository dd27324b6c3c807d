"""DOCX to blocks: headings, automatic numbers, tables, text boxes and notes as a reader of the file sees them."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree
from lxml.etree import _Element as Element

from extractors.docx.body import Body, Item, Paragraph, Row
from extractors.docx.numbering import W, read_numbering
from extractors.docx.styles import numbers_of_styles, read_styles
from extractors.layout import Extraction, Options, RawBlock, clean, refuse_oversized
from extractors.line_shapes import continues_sentence, unmarked_heading_level
from smallprint.errors import DocumentError
from smallprint.records import DocumentWarning

_MAX_PART = 64_000_000  # bytes of one uncompressed XML part; the longest real contracts stay under a tenth of it
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_USUAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_DEEPEST = 6


def extract_docx(data: bytes, _options: Options) -> Extraction:
    """Blocks of a Word file; deleted and hidden text is left out, what is left out is said in the warnings.

    Raises:
        DocumentError: ``malformed``, ``encrypted`` or ``too_large``.

    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _extract(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise _malformed(f"the container is damaged ({error})") from error
    except RuntimeError as error:  # zipfile's way to say that a member is encrypted
        raise DocumentError(
            "encrypted", f"the DOCX is encrypted ({error})", advice="save it without a password"
        ) from error


def _malformed(what: str) -> DocumentError:
    return DocumentError(
        "malformed", f"this DOCX cannot be read: {what}", advice="open it in a word processor and save it again"
    )


def _extract(archive: zipfile.ZipFile) -> Extraction:
    names = set(archive.namelist())
    main = next((name for name in ("word/document.xml", "word/document2.xml") if name in names), None)
    if main is None:
        raise _malformed("there is no word/document.xml in it")
    root = _part(archive, main)
    body = root.find(W + "body") if root is not None else None
    if body is None:
        raise _malformed("its main part has no body")
    styles = read_styles(_part(archive, "word/styles.xml"))
    walk = Body(styles, read_numbering(_part(archive, "word/numbering.xml"), numbers_of_styles(styles)))
    items = list(walk.items(body))
    blocks = [*_blocks(items), *_notes(archive, walk)]
    return Extraction(blocks, title=_title(archive, items, blocks), warnings=tuple(_warnings(archive, walk)))


def _part(archive: zipfile.ZipFile, name: str) -> Element | None:
    """One XML part, parsed without entities, DTD or network; None if the file has no such part."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        return None
    if info.file_size > _MAX_PART:
        size = f"{name} unpacks to {info.file_size // 1_000_000} MB, over the limit of {_MAX_PART // 1_000_000} MB"
        raise DocumentError("too_large", size, advice="split the document")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    data = archive.read(info)
    refuse_oversized(data.count(b":p>") + data.count(b":p/>"))
    try:
        return etree.fromstring(data.replace(_STRICT, _USUAL), parser)
    except etree.XMLSyntaxError as error:
        raise _malformed(f"{name} is not well-formed ({error})") from error


def _blocks(items: list[Item]) -> Iterator[RawBlock]:
    declared = 0
    for index, item in enumerate(items):
        if isinstance(item, Row):
            if (row := _row(item)) is not None:
                yield row
            continue
        following = items[index + 1] if index + 1 < len(items) else None
        block = _block(item, following if isinstance(following, Paragraph) else None, declared)
        if item.heading is not None and block.level is not None:
            declared = block.level
        yield block


def _block(item: Paragraph, following: Paragraph | None, declared: int) -> RawBlock:
    prefix = f"{item.number} " if item.number else ""
    text = prefix + item.text.lstrip()
    bold = item.bold + len(prefix) if item.bold else 0
    level = item.heading
    if level is None and item.number != "":
        level = unmarked_heading_level(clean(text), bold=bool(bold) and bold >= len(text.rstrip()), declared=declared)
        if level is not None and item.number and not item.bold and not _opens(item, following):
            level = None
    if level is not None:
        return RawBlock(
            "heading", text, level=min(level, _DEEPEST), bold=bold, generated=len(prefix), anchor=item.anchor
        )
    if item.number is not None:
        return RawBlock("list_item", text, level=item.depth + 1, bold=bold, generated=len(prefix), anchor=item.anchor)
    return RawBlock("paragraph", text, bold=bold, anchor=item.anchor)


def _opens(item: Paragraph, following: Paragraph | None) -> bool:
    """Whether a numbered title has text of its own below it, rather than being one entry of a list."""
    if following is None or continues_sentence(following.text):
        return False
    return following.number is None or following.depth > item.depth


def _row(row: Row) -> RawBlock | None:
    cells: list[str] = []
    generated = 0
    for cell in row.cells:
        lines = [f"{one.number} {one.text.strip()}" if one.number else one.text.strip() for one in cell]
        if not cells and cell and cell[0].number:
            generated = len(cell[0].number) + 1
        if any(lines):
            cells.append("\n".join(lines))
    return RawBlock("table_row", " | ".join(cells), generated=generated) if cells else None


def _notes(archive: zipfile.ZipFile, walk: Body) -> Iterator[RawBlock]:
    """Foot- and endnotes after the text, with the number that their mark shows."""
    parts = {kind: _part(archive, f"word/{kind}s.xml") for kind in {key.split(":")[0] for key in walk.footnotes}}
    notes_by_key: dict[str, list[Element]] = {}
    for kind, root in parts.items():
        for note in root if root is not None else ():
            notes_by_key.setdefault(f"{kind}:{note.get(W + 'id')}", []).append(note)
    counts = dict.fromkeys(parts, 0)
    for key in list(walk.footnotes):
        kind = key.partition(":")[0]
        counts[kind] += 1
        for note in notes_by_key.get(key, ()):
            text = "\n".join(item.text.strip() for item in walk.items(note) if isinstance(item, Paragraph))
            prefix = f"{counts[kind]} "
            yield RawBlock("paragraph", prefix + text.lstrip(), generated=len(prefix))


def _title(archive: zipfile.ZipFile, items: list[Item], blocks: list[RawBlock]) -> str | None:
    shown = next((item.text for item in items if isinstance(item, Paragraph) and item.title), None)
    core = _part(archive, "docProps/core.xml")
    declared = core.findtext("{http://purl.org/dc/elements/1.1/}title") if core is not None else None
    first = next((block.text for block in blocks if block.kind == "heading"), None)
    return next((cleaned for text in (shown, declared, first) if text and (cleaned := clean(text))), None)


def _warnings(archive: zipfile.ZipFile, walk: Body) -> Iterator[DocumentWarning]:
    left_out = walk.left_out
    if left_out["deleted"] or left_out["inserted"]:
        yield DocumentWarning(
            code="tracked_changes",
            detail=f"read as if all changes were accepted: {left_out['inserted']} insertions kept, "
            f"{left_out['deleted']} deletions left out",
        )
    if left_out["hidden"]:
        yield DocumentWarning(code="hidden_text", detail=f"{left_out['hidden']} characters of hidden text left out")
    if left_out["contents"]:
        yield DocumentWarning(code="table_of_contents", detail="a table of contents was left out")
    if walk.footnotes:
        yield DocumentWarning(code="footnotes", detail=f"{len(walk.footnotes)} notes stand after the text")
    lines = sorted({line for name in _margins(archive) if (line := _plain(archive, name))})
    if lines:
        yield DocumentWarning(code="page_furniture", detail="heads and feet left out: " + "; ".join(lines)[:300])


def _margins(archive: zipfile.ZipFile) -> list[str]:
    return [
        name for name in archive.namelist() if name.startswith(("word/header", "word/footer")) and name.endswith(".xml")
    ]


def _plain(archive: zipfile.ZipFile, name: str) -> str:
    root = _part(archive, name)
    return "" if root is None else clean(" ".join(text.text or "" for text in root.iter(W + "t")))
