"""The number or letter that a reader sees before a list item, from list attributes or CSS counters."""

import re
from dataclasses import dataclass, field
from itertools import islice

from extractors.html.parsing import Element
from extractors.html.styles import Declarations, Stylesheet

_BY_TYPE = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_STYLES = frozenset(
    ("decimal", "decimal-leading-zero", "lower-alpha", "upper-alpha", "lower-roman", "upper-roman", "lower-greek")
)
_SAME = {"lower-latin": "lower-alpha", "upper-latin": "upper-alpha"}
_STYLE_WORD = re.compile(r"(?:lower|upper)-(?:alpha|latin|roman|greek)|decimal(?:-leading-zero)?|\bnone\b")
_BULLETS = ("disc", "circle", "square")
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_OWN_NUMBER = re.compile(
    r"[(\[]?(\d{1,3}(?:\.\d{1,3}){1,4}(?=[.)\]:\s])|(?:\d{1,3}|[A-Za-z]|[ivxlcIVXLC]{1,6})(?=[.)\]:]))"
)
_COUNTER_PAIR = re.compile(r"([A-Za-z_-][A-Za-z0-9_-]*)(?:\s+(-?\d{1,6}))?")
_CONTENT = re.compile(
    r"\"([^\"]{0,80})\"|'([^']{0,80})'"
    r"|counter\(\s*([A-Za-z_-][\w-]*)\s*(?:,\s*([a-z-]+)\s*)?\)"
    r"|counters\(\s*([A-Za-z_-][\w-]*)\s*,\s*(?:\"([^\"]{0,8})\"|'([^']{0,8})')\s*(?:,\s*([a-z-]+)\s*)?\)",
    re.IGNORECASE,
)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_MAX_ORDINAL = 100_000
_PARTS = 20  # strings and counters of one number


def written(ordinal: int, style: str) -> str:
    """The ordinal in a CSS list style; decimal where the style cannot write it."""
    style = _SAME.get(style, style)
    if style == "decimal-leading-zero":
        return f"{ordinal:02d}"
    if style.endswith("alpha") and ordinal > 0:
        text = _alphabetic(ordinal, "abcdefghijklmnopqrstuvwxyz")
    elif style == "lower-greek" and ordinal > 0:
        text = _alphabetic(ordinal, "αβγδεζηθικλμνξοπρστυφχψω")
    elif style.endswith("roman") and 0 < ordinal < 4000:
        text = _roman(ordinal)
    else:
        return str(ordinal)
    return text.upper() if style.startswith("upper") else text


def _alphabetic(ordinal: int, letters: str) -> str:
    text = ""
    while ordinal > 0:
        ordinal, rest = divmod(ordinal - 1, len(letters))
        text = letters[rest] + text
    return text


def _roman(ordinal: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        while ordinal >= value:
            text += letters
            ordinal -= value
    return text


def repeats_number(text: str, marker: str) -> bool:
    """True if the author typed the number that the list would generate, or a dotted one ("3.2") in its place."""
    match = _OWN_NUMBER.match(text)
    if not match:
        return False
    own = match.group(1).lower()
    return "." in own or own == marker.strip(" .").rpartition(".")[2].lower()


@dataclass
class ListState:
    """One open ``ol``, ``ul`` or ``menu``: what its next item is called."""

    ordered: bool
    style: str = "decimal"
    next: int = 1
    step: int = 1

    def marker(self, item: Element, style: Declarations) -> str:
        """The item's number and a space, or "" for a bullet; advances the list."""
        own = _ordinal(item.get("value"))
        ordinal = self.next if own is None else own
        self.next = ordinal + self.step
        kind = _named(style.get("list-style-type") or style.get("list-style"), item.get("type"), None) or self.style
        if not self.ordered and kind not in _STYLES:
            return ""
        if kind in ("none", *_BULLETS):
            return ""
        return written(ordinal, kind) + ". "


def open_list(element: Element, style: Declarations) -> ListState:
    """The state of a list element at its start tag."""
    ordered = element.tag == "ol"
    kind = _named(
        style.get("list-style-type") or style.get("list-style"), element.get("type"), element.get("class")
    ) or ("decimal" if ordered else "disc")
    start = _ordinal(element.get("start"))
    if not ordered:
        return ListState(ordered=False, style=kind)
    if element.get("reversed") is not None:
        first = sum(1 for child in element if child.tag == "li") if start is None else start
        return ListState(ordered=True, style=kind, next=first, step=-1)
    return ListState(ordered=True, style=kind, next=1 if start is None else start)


def _named(style: str | None, kind: str | None, classes: str | None) -> str | None:
    if style:
        match = _STYLE_WORD.search(style)
        if match:
            return _SAME.get(match.group(), match.group())
        for bullet in _BULLETS:
            if bullet in style:
                return bullet
    if kind:
        return _BY_TYPE.get(kind) or (kind if kind in _BULLETS else None)
    if classes:
        match = _STYLE_WORD.search(classes)
        # "list-none" is a reset that comes before an author's own numbering, so it settles nothing.
        if match and match.group() != "none":
            return _SAME.get(match.group(), match.group())
    return None


def _ordinal(text: str | None) -> int | None:
    match = re.match(r"\s{0,8}(-?\d{1,6})", text or "")
    if not match:
        return None
    value = int(match.group(1))
    return value if abs(value) <= _MAX_ORDINAL else None


@dataclass
class Counters:
    """CSS counters in document order, with the scopes that nested resets open."""

    sheet: Stylesheet
    scopes: dict[str, list[tuple[Element, int]]] = field(default_factory=dict)  # name -> (owner of the scope, value)

    def enter(self, element: Element) -> str:
        """Applies the element's rules and returns what its ``::before`` writes from counters, or ""."""
        style = self.sheet.of(element)
        self._apply(style, element)
        before = self.sheet.of(element, before=True)
        if not before:
            return ""
        self._apply(before, element)
        content = before.get("content", "")
        return self._written(content) if "counter" in content else ""

    def leave(self, element: Element) -> None:
        """Closes the scopes that the element's children opened."""
        for stack in self.scopes.values():
            while stack and stack[-1][0] is element:
                stack.pop()

    def _apply(self, style: Declarations, element: Element) -> None:
        for name, value in _pairs(style.get("counter-reset"), 0):
            owner = element.getparent()
            stack = self.scopes.setdefault(name, [])
            if stack and stack[-1][0] is owner:
                stack.pop()
            stack.append((owner, value))
        for name, value in _pairs(style.get("counter-increment"), 1):
            stack = self.scopes.setdefault(name, [])
            if not stack:
                stack.append((element.getparent(), 0))
            owner, before = stack[-1]
            stack[-1] = (owner, before + value)

    def _written(self, content: str) -> str:
        text = ""
        for match in islice(_CONTENT.finditer(content), _PARTS):
            double, single, one, style, many, glue_double, glue_single, many_style = match.groups()
            if one is not None:
                text += written(self._value(one), (style or "decimal").lower())
            elif many is not None:
                glue = glue_double if glue_double is not None else (glue_single or "")
                values = [value for _, value in self.scopes.get(many, [])] or [0]
                text += glue.join(written(value, (many_style or "decimal").lower()) for value in values)
            else:
                text += _unescape(double if double is not None else single or "")
        return text.strip() + " " if text.strip() else ""

    def _value(self, name: str) -> int:
        stack = self.scopes.get(name)
        return stack[-1][1] if stack else 0


def _pairs(value: str | None, default: int) -> list[tuple[str, int]]:
    if not value or value == "none":
        return []
    return [(name, int(number) if number else default) for name, number in _COUNTER_PAIR.findall(value)[:20]]


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(min(int(match.group(1), 16), 0x10FFFF)), text)
