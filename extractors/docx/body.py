"""The body of a Word file in reading order: paragraphs with their resolved numbers, tables, text boxes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import QName
from lxml.etree import _Element as Element

from extractors.docx.numbering import Numbering, W
from extractors.docx.styles import Styles, switch
from extractors.layout import clean
from extractors.line_shapes import is_number

_THROUGH = frozenset(
    (
        "hyperlink",
        "ins",
        "moveTo",
        "smartTag",
        "sdt",
        "sdtContent",
        "bdo",
        "dir",
        "customXml",
        "ruby",
        "rubyBase",
        "oMath",
        "oMathPara",
    )
)
_GONE = frozenset(("del", "moveFrom"))
_LEFT_OUT_FIELDS = ("TOC", "PAGE", "NUMPAGES", "INDEX", "TC", "XE")
_SPACES = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-"}


@dataclass(frozen=True)
class Paragraph:
    """One paragraph as a reader sees it."""

    text: str
    number: str | None = None  # as printed; "" for a bullet, None where the paragraph is not numbered
    depth: int = 0  # numbering level from 0
    heading: int | None = None  # level by style or outline
    bold: int = 0  # leading characters
    title: bool = False  # set in the "Title" style
    anchor: str | None = None


@dataclass(frozen=True)
class Row:
    """One row of a table; each cell is a list of paragraphs."""

    cells: tuple[tuple[Paragraph, ...], ...]


Item = Paragraph | Row


def local(element: Element) -> str:
    """An element's name without its namespace; empty for comments and processing instructions."""
    return QName(element).localname if isinstance(element.tag, str) else ""


@dataclass
class _Runs:
    """What one paragraph's runs come to."""

    parts: list[tuple[str, bool]] = field(default_factory=list)  # text, bold
    boxes: list[Element] = field(default_factory=list)  # w:txbxContent
    anchor: str | None = None

    @property
    def text(self) -> str:
        return "".join(text for text, _ in self.parts)

    @property
    def bold(self) -> int:
        length, seen = 0, False
        for text, bold in self.parts:
            if text.strip() and not bold and (seen or not is_number(text)):
                break
            seen = seen or (bold and bool(text.strip()))
            length += len(text)
        return len(self.text[:length].rstrip()) if seen else 0


@dataclass
class Body:
    """One walk over document.xml; counts what it leaves out in ``left_out``."""

    styles: Styles
    numbering: Numbering
    left_out: Counter[str] = field(default_factory=Counter)
    footnotes: list[str] = field(default_factory=list)  # ids in the order of their marks
    _fields: list[str] = field(default_factory=list)  # instructions of the open complex fields
    _results: list[bool] = field(default_factory=list)  # whether each has reached its result

    def items(self, parent: Element) -> Iterator[Item]:
        """Paragraphs and rows below ``parent`` in order."""
        for child in parent:
            name = local(child)
            if name == "p":
                yield from self._paragraph(child)
            elif name == "tbl":
                yield from self._table(child)
            elif name == "sdt" and _is_contents(child):
                self.left_out["contents"] += 1
            elif name in _THROUGH:
                yield from self.items(child)
            elif name in _GONE:
                self.left_out["deleted"] += 1
            elif name == "AlternateContent" and len(child):
                yield from self.items(child[0])

    def _table(self, table: Element) -> Iterator[Item]:
        rows = []
        for row in table.iterfind(W + "tr"):
            properties = row.find(W + "trPr")
            if properties is not None and properties.find(W + "del") is not None:
                self.left_out["deleted"] += 1
                continue
            cells = (cell for child in row for cell in ([child] if local(child) == "tc" else child.iter(W + "tc")))
            rows.append(Row(tuple(tuple(_flat(self.items(cell))) for cell in cells)))
        if all(len(row.cells) <= 1 for row in rows):  # a frame around ordinary text
            for row in rows:
                for cell in row.cells:
                    yield from cell
        else:
            yield from rows

    def _paragraph(self, element: Element) -> Iterator[Item]:
        properties = element.find(W + "pPr")
        named = properties.find(W + "pStyle") if properties is not None else None
        style = named.get(W + "val") if named is not None else self.styles.default_paragraph
        runs = _Runs()
        self._walk(element, style, runs)
        names = self.styles.names(style)
        if any(name.startswith("toc ") or name == "table of figures" for name in names[:1]):
            self.left_out["contents"] += bool(runs.text.strip())
            return
        mark = properties.find(W + "rPr") if properties is not None else None
        removed = mark is not None and (mark.find(W + "del") is not None or bool(switch(mark, "vanish")))
        if not (removed and not runs.text.strip()):
            number, depth = self._number(style, properties)
            if clean(runs.text):
                yield Paragraph(
                    text=runs.text,
                    number=number,
                    depth=depth,
                    heading=self.styles.heading_level(style, properties),
                    bold=runs.bold,
                    title="title" in names,
                    anchor=runs.anchor,
                )
        for box in runs.boxes:
            yield from self.items(box)

    def _number(self, style: str | None, properties: Element | None) -> tuple[str | None, int]:
        number_id, level, by = self.styles.number(style, properties)
        if number_id is None or number_id == "0":
            return None, 0
        if by is not None:
            tied = self.numbering.level_of_style(number_id, style or by)
            level = (
                tied if tied is not None else self.numbering.level_of_style(number_id, by) if level is None else level
            )
        return self.numbering.advance(number_id, level or 0), level or 0

    def _walk(self, parent: Element, style: str | None, runs: _Runs) -> None:
        for child in parent:
            name = local(child)
            if name == "r":
                self._run(child, style, runs)
            elif name == "fldSimple":
                if not _is_left_out(child.get(W + "instr") or ""):
                    self._walk(child, style, runs)
            elif name in _GONE:
                self.left_out["deleted"] += 1
            elif name in _THROUGH:
                self.left_out["inserted"] += name in ("ins", "moveTo")
                self._walk(child, style, runs)
            elif name == "bookmarkStart":
                runs.anchor = runs.anchor or _bookmark(child)
            elif name == "AlternateContent" and len(child):
                self._walk(child[0], style, runs)

    def _run(self, run: Element, style: str | None, runs: _Runs) -> None:
        properties = run.find(W + "rPr")
        named = properties.find(W + "rStyle") if properties is not None else None
        character = named.get(W + "val") if named is not None else None

        def on(tag: str) -> bool:
            said = (switch(properties, tag), self.styles.run_switch(character, tag), self.styles.run_switch(style, tag))
            return next((value for value in said if value is not None), False)

        text = "".join(self._piece(child, runs) for child in run)
        if not text or any(done and _is_left_out(name) for name, done in zip(self._fields, self._results, strict=True)):
            return
        if on("vanish"):
            self.left_out["hidden"] += len(clean(text))
            return
        runs.parts.append((text, on("b")))

    def _piece(self, child: Element, runs: _Runs) -> str:
        name = local(child)
        if name == "fldChar":
            self._field(child.get(W + "fldCharType") or "")
        elif name == "instrText" and self._fields and not self._results[-1]:
            self._fields[-1] += child.text or ""
        elif name == "t":
            return child.text or ""
        elif name == "br":
            return " " if child.get(W + "type") in ("page", "column") else "\n"
        elif name == "sym":
            return _symbol(child)
        elif name in ("footnoteReference", "endnoteReference"):
            self.footnotes.append(f"{name[:-9]}:{child.get(W + 'id')}")
        elif name in ("drawing", "pict", "object", "AlternateContent"):
            chosen = child[0] if name == "AlternateContent" and len(child) else child
            runs.boxes.extend(box for box in chosen.iter(W + "txbxContent") if not _inside_box(box, chosen))
        return _SPACES.get(name, "")

    def _field(self, kind: str) -> None:
        if kind == "begin":
            self._fields.append("")
            self._results.append(False)
        elif kind == "separate" and self._results:
            self._results[-1] = True
        elif kind == "end" and self._fields:
            self._fields.pop()
            self._results.pop()


def _flat(items: Iterator[Item]) -> Iterator[Paragraph]:
    for item in items:
        if isinstance(item, Paragraph):
            yield item
        else:
            for cell in item.cells:
                yield from cell


def _is_left_out(instruction: str) -> bool:
    word = instruction.split(maxsplit=1)[:1]
    return bool(word) and word[0].upper() in _LEFT_OUT_FIELDS


def _is_contents(tag: Element) -> bool:
    gallery = tag.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and "contents" in (gallery.get(W + "val") or "").lower()


def _inside_box(box: Element, top: Element) -> bool:
    for ancestor in box.iterancestors():
        if ancestor is top:
            return False
        if local(ancestor) == "txbxContent":
            return True
    return False


def _bookmark(element: Element) -> str | None:
    name = element.get(W + "name") or ""
    return name if name and not name.startswith("_") else None


def _symbol(element: Element) -> str:
    """A character of a symbol font; those of private use mean nothing outside their font."""
    try:
        code = int(element.get(W + "char") or "", 16)
    except ValueError:
        return ""
    return chr(code) if 0x20 <= code < 0xD800 else ""
