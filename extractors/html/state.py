"""Text that a page carries as data for its scripts: JSON state, structured data, HTML inside script strings.

Many pages are drawn by scripts from data that is in the page all along. The data is read as such, never run: JSON
values are walked in order, HTML strings are taken as they are, rich-text trees become the elements they stand for.
"""

import json
import re
from collections.abc import Iterator
from html import escape

from extractors.html.parsing import Element
from extractors.html.rich_text import is_rich, to_html

MAX_SCRIPT = 20_000_000  # characters of one script that we look into
_MAX_NODES = 400_000  # JSON values looked at per script
_MAX_DEPTH = 400  # nesting of JSON values; deeper ones are left out
_MAX_STARTS = 400  # places in one script where JSON may begin
_LONG = 80  # characters from which a string can be a paragraph
_UNIT = 200  # characters from which a string is more than a label of the user interface
_START = re.compile(r"(?:=|\(|:|return)\s{0,20}(?=[\[{\"])")
_MARKUP = re.compile(r"<(?:p|h[1-6]|li|div|br|section|article|table)\b[^<>]{0,2000}>", re.IGNORECASE)
_TITLE_KEYS = ("title", "heading", "headline", "header", "question", "label", "name")
_SCRIPT_TYPES = ("", "module", "text/javascript", "application/javascript")


def text_state(root: Element) -> str | None:
    """HTML made of the script data that holds most text, or None if none holds the text of a document."""
    best, best_size = None, 0
    for value in _values(root):
        parts: list[str] = []
        size, units = _collect(value, parts)
        # Labels of a user interface are many short strings; a document is mostly long ones.
        if units >= size * 0.5 and size > best_size:
            best, best_size = "".join(parts), size
    return f"<html><body><main>{best}</main></body></html>" if best else None


def _values(root: Element) -> Iterator[object]:
    """Every JSON value of the page's scripts, and the markup kept for readers without scripts."""
    stream: list[str] = []
    for script in root.iter("script"):
        text = script.text
        if not text or not _LONG <= len(text) <= MAX_SCRIPT:
            continue
        kind = (script.get("type") or "").lower()
        values = [_load(text)] if "json" in kind else _values_in_code(text) if kind in _SCRIPT_TYPES else ()
        for value in values:
            if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str):
                stream.append(value[1])  # one chunk of a text that the server sends in several scripts
            else:
                yield value
    if stream:
        yield "".join(stream)
    for element in root.iter("noscript", "template"):
        if len(element):
            yield _inner_html(element)


def _inner_html(element: Element) -> str:
    from lxml import etree

    return "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)


def _load(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None  # not JSON, or nested beyond reason: this script holds no text for us
    return value


def _values_in_code(text: str) -> Iterator[object]:
    """JSON values that stand after "=", "(", ":" or "return" in a script."""
    decoder = json.JSONDecoder()
    at, budget = 0, len(text) * 4 + 1_000_000
    for _ in range(_MAX_STARTS):
        match = _START.search(text, at)
        if not match or budget < 0:
            return
        at = match.end()
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            budget -= error.pos - at if isinstance(error, json.JSONDecodeError) else len(text)
            continue  # code, not JSON: look further on
        if end - at >= _LONG:
            yield _load(value) if isinstance(value, str) and value[:1] in ("[", "{") else value
        at = end


def _collect(value: object, parts: list[str]) -> tuple[int, int]:
    """Appends HTML for what reads like text; returns its characters, and those in strings long enough for prose."""
    size = units = seen = 0
    known: set[int] = set()
    stack: list[tuple[object, int]] = [(value, 0)]
    while stack and seen < _MAX_NODES:
        node, depth = stack.pop()
        seen += 1
        html = ""
        if isinstance(node, str):
            html = _as_html(node, known)
            size += len(node) if html else 0
            units += len(node) if html and len(node) >= _UNIT else 0
        elif isinstance(node, dict):
            html = to_html(node) if is_rich(node) else ""
            size += len(html)
            units += len(html)
            if not html:
                title = _title(node)
                html = f"<h3>{escape(title)}</h3>" if title else ""
                node = list(node.values())
        if isinstance(node, list) and depth < _MAX_DEPTH:
            stack.extend((child, depth + 1) for child in reversed(node))
        parts.append(html)
    return size, units


def _as_html(text: str, known: set[int]) -> str:
    if len(text) < _LONG or hash(text) in known:
        return ""
    if _MARKUP.search(text, 0, 5000):
        known.add(hash(text))
        return f"<div>{text}</div>"
    if not _is_prose(text):
        return ""
    known.add(hash(text))
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())


def _is_prose(text: str) -> bool:
    sample = text[:2000]
    letters = sum(character.isalpha() or character in " ,.'’" for character in sample)
    spaces = sample.count(" ")
    wide = sum(character > "\u2e80" for character in sample)
    return letters > len(sample) * 0.85 and (spaces > len(sample) / 12 or wide > len(sample) * 0.5)


def _title(node: dict[str, object]) -> str:
    """A short title in a node that also holds long text."""
    for key in _TITLE_KEYS:
        title = node.get(key)
        if isinstance(title, str) and 2 < len(title.strip()) <= 120 and not title.startswith(("http", "/")):
            others = (value for name, value in node.items() if name != key)
            if any((isinstance(value, str) and len(value) >= _LONG) or is_rich(value) for value in others):
                return title.strip()
    return ""
