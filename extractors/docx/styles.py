"""Word's styles: what a paragraph or run inherits of outline level, numbering, bold and hidden."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml.etree import _Element as Element

from extractors.docx.numbering import W, integer, value

_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)
_OFF = ("0", "false", "off", "none")


def switch(properties: Element | None, tag: str) -> bool | None:
    """An on/off property: True, False, or None where it is not said."""
    found = properties.find(W + tag) if properties is not None else None
    return None if found is None else found.get(W + "val") not in _OFF


@dataclass(frozen=True)
class Style:
    """One style, and the one it is based on."""

    name: str
    based_on: str | None
    paragraph: Element | None  # w:pPr
    run: Element | None  # w:rPr


@dataclass(frozen=True)
class Styles:
    """The styles of a file by id."""

    by_id: dict[str, Style] = field(default_factory=dict)
    default_paragraph: str | None = None

    def chain(self, style_id: str | None) -> Iterator[tuple[str, Style]]:
        """A style and those it is based on, nearest first; a cycle ends it."""
        seen: set[str] = set()
        while style_id and style_id in self.by_id and style_id not in seen:
            seen.add(style_id)
            yield style_id, self.by_id[style_id]
            style_id = self.by_id[style_id].based_on

    def names(self, style_id: str | None) -> list[str]:
        """The names of a style and its ancestors, in lower case."""
        return [style.name.lower() for _, style in self.chain(style_id)]

    def run_switch(self, style_id: str | None, tag: str) -> bool | None:
        """An on/off run property as a style gives it."""
        return next((on for _, s in self.chain(style_id) if (on := switch(s.run, tag)) is not None), None)

    def heading_level(self, style_id: str | None, direct: Element | None) -> int | None:
        """1-9 for headings by outline level or style name, 1 for a title; None for body text."""
        for properties in (direct, *(style.paragraph for _, style in self.chain(style_id))):
            outline = value(properties, "outlineLvl")
            if outline is not None:
                level = integer(outline, 9)
                return level + 1 if 0 <= level < 9 else None
        for name in self.names(style_id):
            if name == "title":
                return 1
            if found := _HEADING.fullmatch(name):
                return int(found[1])
        return None

    def number(self, style_id: str | None, direct: Element | None) -> tuple[str | None, int | None, str | None]:
        """Number id, level where said, and the id of the style that says so (None: the paragraph itself)."""
        own = direct.find(W + "numPr") if direct is not None else None
        number_id, level = value(own, "numId"), value(own, "ilvl")
        if number_id is not None:
            return number_id, integer(level, 0), None
        for one, style in self.chain(style_id):
            inherited = style.paragraph.find(W + "numPr") if style.paragraph is not None else None
            found = value(inherited, "numId")
            if found is not None:
                said = level if level is not None else value(inherited, "ilvl")
                return found, integer(said, 0) if said is not None else None, one
        return None, None, None


def read_styles(root: Element | None) -> Styles:
    """The styles in styles.xml."""
    if root is None:
        return Styles()
    by_id, default = {}, None
    for element in root.iterfind(W + "style"):
        style_id = element.get(W + "styleId") or ""
        by_id[style_id] = Style(
            name=value(element, "name") or style_id,
            based_on=value(element, "basedOn"),
            paragraph=element.find(W + "pPr"),
            run=element.find(W + "rPr"),
        )
        if element.get(W + "type") == "paragraph" and element.get(W + "default") in ("1", "true"):
            default = style_id
    return Styles(by_id, default)


def numbers_of_styles(styles: Styles) -> dict[str, str]:
    """Style id -> the ``w:num`` id that the style itself names."""
    found = {}
    for style_id, style in styles.by_id.items():
        number_id = value(style.paragraph.find(W + "numPr") if style.paragraph is not None else None, "numId")
        if number_id is not None:
            found[style_id] = number_id
    return found
