"""The number or letter that a reader sees before a list item, from list attributes or CSS counters."""

import re
from dataclasses import dataclass, field
from itertools import islice

from extractors.html.parsing import Element
from extractors.html.styles import Declarations, Stylesheet

_STYLE_OF_TYPE = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}
_NUMBER_STYLES = frozenset(
    ("decimal", "decimal-leading-zero", "lower-alpha", "upper-alpha", "lower-roman", "upper-roman", "lower-greek")
)
_STYLE_SYNONYMS = {"lower-latin": "lower-alpha", "upper-latin": "upper-alpha"}
_STYLE_NAME = re.compile(r"(?:lower|upper)-(?:alpha|latin|roman|greek)|decimal(?:-leading-zero)?|\bnone\b")
_BULLET_STYLES = ("disc", "circle", "square")
_ROMAN_NUMERALS = (
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
_MAX_ROMAN = 3999  # the largest that these numerals can write
_TYPED_NUMBER = re.compile(
    r"[(\[]?(\d{1,3}(?:\.\d{1,3}){1,4}(?=[.)\]:\s])|(?:\d{1,3}|[A-Za-z]|[ivxlcIVXLC]{1,6})(?=[.)\]:]))"
)
_COUNTER_AND_VALUE = re.compile(r"([A-Za-z_-][A-Za-z0-9_-]*)(?:\s+(-?\d{1,6}))?")
_CONTENT_PART = re.compile(
    r"\"(?P<double_quoted>[^\"]{0,80})\"|'(?P<single_quoted>[^']{0,80})'"
    r"|counter\(\s*(?P<counter>[A-Za-z_-][\w-]*)\s*(?:,\s*(?P<style>[a-z-]+)\s*)?\)"
    r"|counters\(\s*(?P<counters>[A-Za-z_-][\w-]*)\s*,"
    r"\s*(?:\"(?P<double_separator>[^\"]{0,8})\"|'(?P<single_separator>[^']{0,8})')"
    r"\s*(?:,\s*(?P<counters_style>[a-z-]+)\s*)?\)",
    re.IGNORECASE,
)
_CSS_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_MAX_UNICODE = 0x10FFFF
_MAX_ORDINAL = 100_000  # a larger start or value attribute is ignored
_MAX_CONTENT_PARTS = 20  # strings and counters of one number; the rest is cut off
_MAX_COUNTERS_PER_RULE = 20


def format_ordinal(ordinal: int, style: str) -> str:
    """The ordinal in a CSS list style; decimal where the style cannot write it."""
    style = _STYLE_SYNONYMS.get(style, style)
    if style == "decimal-leading-zero":
        return f"{ordinal:02d}"
    if style.endswith("alpha") and ordinal > 0:
        text = _alphabetic(ordinal, "abcdefghijklmnopqrstuvwxyz")
    elif style == "lower-greek" and ordinal > 0:
        text = _alphabetic(ordinal, "αβγδεζηθικλμνξοπρστυφχψω")
    elif style.endswith("roman") and 0 < ordinal <= _MAX_ROMAN:
        text = _roman(ordinal)
    else:
        return str(ordinal)
    return text.upper() if style.startswith("upper") else text


def _alphabetic(ordinal: int, letters: str) -> str:
    text = ""
    while ordinal > 0:
        ordinal, letter = divmod(ordinal - 1, len(letters))
        text = letters[letter] + text
    return text


def _roman(ordinal: int) -> str:
    text = ""
    for value, numeral in _ROMAN_NUMERALS:
        while ordinal >= value:
            text += numeral
            ordinal -= value
    return text


def repeats_number(text: str, marker: str) -> bool:
    """True if the author typed the number that the list would generate, or a dotted one ("3.2") in its place."""
    match = _TYPED_NUMBER.match(text)
    if not match:
        return False
    typed = match.group(1).lower()
    return "." in typed or typed == marker.strip(" .").rpartition(".")[2].lower()


@dataclass
class ListState:
    """One open ``ol``, ``ul`` or ``menu``: the number of its next item."""

    ordered: bool
    style: str = "decimal"
    next: int = 1
    step: int = 1

    def marker(self, item: Element, style: Declarations) -> str:
        """The item's number and a space, or "" for a bullet; advances the list."""
        declared = _ordinal(item.get("value"))
        ordinal = self.next if declared is None else declared
        self.next = ordinal + self.step
        item_style = _list_style(style, item.get("type"), None) or self.style
        if not self.ordered and item_style not in _NUMBER_STYLES:
            return ""
        if item_style in ("none", *_BULLET_STYLES):
            return ""
        return format_ordinal(ordinal, item_style) + ". "


def open_list(element: Element, style: Declarations) -> ListState:
    """The state of a list element at its start tag."""
    ordered = element.tag == "ol"
    list_style = _list_style(style, element.get("type"), element.get("class")) or ("decimal" if ordered else "disc")
    start = _ordinal(element.get("start"))
    if not ordered:
        return ListState(ordered=False, style=list_style)
    if element.get("reversed") is not None:
        first = sum(1 for child in element if child.tag == "li") if start is None else start
        return ListState(ordered=True, style=list_style, next=first, step=-1)
    return ListState(ordered=True, style=list_style, next=1 if start is None else start)


def _list_style(style: Declarations, type_attribute: str | None, classes: str | None) -> str | None:
    """The CSS list style that declarations, else the type attribute, else class names ask for; None for none."""
    declared = style.get("list-style-type") or style.get("list-style")
    if declared:
        match = _STYLE_NAME.search(declared)
        if match:
            return _STYLE_SYNONYMS.get(match.group(), match.group())
        for bullet in _BULLET_STYLES:
            if bullet in declared:
                return bullet
    if type_attribute:
        return _STYLE_OF_TYPE.get(type_attribute) or (type_attribute if type_attribute in _BULLET_STYLES else None)
    if classes:
        match = _STYLE_NAME.search(classes)
        # "list-none" is a reset that comes before an author's own numbering, so it settles nothing.
        if match and match.group() != "none":
            return _STYLE_SYNONYMS.get(match.group(), match.group())
    return None


def _ordinal(attribute: str | None) -> int | None:
    match = re.match(r"\s{0,8}(-?\d{1,6})", attribute or "")
    if not match:
        return None
    ordinal = int(match.group(1))
    return ordinal if abs(ordinal) <= _MAX_ORDINAL else None


@dataclass
class Counters:
    """CSS counters in document order, with the scopes that nested resets open."""

    sheet: Stylesheet
    scopes: dict[str, list[tuple[Element, int]]] = field(default_factory=dict)  # name -> (owner of the scope, value)

    def enter(self, element: Element) -> str:
        """Apply the element's rules and returns what its ``::before`` writes from counters, or ""."""
        style = self.sheet.of(element)
        self._apply(style, element)
        before = self.sheet.of(element, before=True)
        if not before:
            return ""
        self._apply(before, element)
        content = before.get("content", "")
        return self._generated(content) if "counter" in content else ""

    def leave(self, element: Element) -> None:
        """Close the scopes that the element's children opened."""
        for stack in self.scopes.values():
            while stack and stack[-1][0] is element:
                stack.pop()

    def _apply(self, style: Declarations, element: Element) -> None:
        for name, start in _counter_values(style.get("counter-reset"), default=0):
            owner = element.getparent()
            stack = self.scopes.setdefault(name, [])
            if stack and stack[-1][0] is owner:
                stack.pop()
            stack.append((owner, start))
        for name, increment in _counter_values(style.get("counter-increment"), default=1):
            stack = self.scopes.setdefault(name, [])
            if not stack:
                stack.append((element.getparent(), 0))
            owner, count = stack[-1]
            stack[-1] = (owner, count + increment)

    def _generated(self, content: str) -> str:
        """The text of a ``content`` declaration, followed by a space; "" for nothing to see."""
        text = ""
        for match in islice(_CONTENT_PART.finditer(content), _MAX_CONTENT_PARTS):
            if match["counter"] is not None:
                text += format_ordinal(self._innermost(match["counter"]), (match["style"] or "decimal").lower())
            elif match["counters"] is not None:
                separator = match["double_separator"]
                if separator is None:
                    separator = match["single_separator"] or ""
                counts = [count for _, count in self.scopes.get(match["counters"], [])] or [0]
                style = (match["counters_style"] or "decimal").lower()
                text += separator.join(format_ordinal(count, style) for count in counts)
            else:
                quoted = match["double_quoted"]
                text += _unescape(quoted if quoted is not None else match["single_quoted"] or "")
        return text.strip() + " " if text.strip() else ""

    def _innermost(self, name: str) -> int:
        stack = self.scopes.get(name)
        return stack[-1][1] if stack else 0


def _counter_values(declaration: str | None, *, default: int) -> list[tuple[str, int]]:
    """(counter, number) of each counter in a reset or increment."""
    if not declaration or declaration == "none":
        return []
    pairs = _COUNTER_AND_VALUE.findall(declaration)[:_MAX_COUNTERS_PER_RULE]
    return [(name, int(number) if number else default) for name, number in pairs]


def _unescape(text: str) -> str:
    return _CSS_ESCAPE.sub(lambda match: chr(min(int(match.group(1), 16), _MAX_UNICODE)), text)
