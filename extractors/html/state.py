"""Text that a page carries as data for its scripts: JSON state, structured data, HTML inside script strings.

Many pages are drawn by scripts from data that is in the page all along. The data is read as such, never run: JSON
values are walked in order, HTML strings are taken as they are, rich-text trees become the elements they stand for.
"""

import json
import re
from collections.abc import Iterator
from html import escape

from extractors.html.parsing import Element
from extractors.html.rich_text import is_rich_text, to_html

# Bounds on hostile pages, per script: characters read, JSON values walked, their nesting, and tries to begin a value.
MAX_SCRIPT_CHARS = 20_000_000
_MAX_NODES = 400_000
_MAX_DEPTH = 400
_MAX_JSON_STARTS = 400
# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_MIN_PARAGRAPH_CHARS = 80  # of a string that can be a paragraph
_MIN_PROSE_CHARS = 200  # of a string that is more than a label of the user interface
_MIN_PROSE_SHARE = 0.5  # of all text, in such strings: a document and not a user interface
_MIN_TITLE_CHARS, _MAX_TITLE_CHARS = 3, 120
_MIN_LETTER_SHARE = 0.85  # of a string that is prose and not code
_MAX_CHARS_PER_SPACE = 12  # of the same, in scripts that put spaces between words
_MIN_WIDE_SHARE = 0.5  # of the same, in scripts that do not
_FIRST_CJK_CHARACTER = "\u2e80"
_SAMPLE_CHARS = 2000
_JSON_START = re.compile(r"(?:=|\(|:|return)\s{0,20}(?=[\[{\"])")
_MARKUP = re.compile(r"<(?:p|h[1-6]|li|div|br|section|article|table)\b[^<>]{0,2000}>", re.IGNORECASE)
_MARKUP_WITHIN_CHARS = 5000
_TITLE_KEYS = ("title", "heading", "headline", "header", "question", "label", "name")
_SCRIPT_TYPES = ("", "module", "text/javascript", "application/javascript")


def html_from_state(root: Element) -> str | None:
    """HTML made of the script data that holds most text, or None if none holds the text of a document."""
    largest, largest_size = None, 0
    for value in _script_values(root):
        parts: list[str] = []
        size, prose_size = _collect(value, parts)
        # Labels of a user interface are many short strings; a document is mostly long ones.
        if prose_size >= size * _MIN_PROSE_SHARE and size > largest_size:
            largest, largest_size = "".join(parts), size
    return f"<html><body><main>{largest}</main></body></html>" if largest else None


def _script_values(root: Element) -> Iterator[object]:
    """Every JSON value of the page's scripts, and the markup for readers without scripts."""
    chunks: list[str] = []
    for script in root.iter("script"):
        text = script.text
        if not text or not _MIN_PARAGRAPH_CHARS <= len(text) <= MAX_SCRIPT_CHARS:
            continue
        script_type = (script.get("type") or "").lower()
        if "json" in script_type:
            values: Iterator[object] = iter((_load_json(text),))
        elif script_type in _SCRIPT_TYPES:
            values = _values_in_code(text)
        else:
            continue
        for value in values:
            if isinstance(value, list) and len(value) == 2 and isinstance(value[1], str):
                chunks.append(value[1])  # one part of a text that the server streams in several scripts
            else:
                yield value
    if chunks:
        yield "".join(chunks)
    for element in root.iter("noscript", "template"):
        if len(element):
            yield _inner_html(element)


def _inner_html(element: Element) -> str:
    from lxml import etree

    return "".join(etree.tostring(child, encoding="unicode", method="html") for child in element)


def _load_json(text: str) -> object:
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None  # not JSON, or nested beyond reason: this script holds no text for us
    return value


def _values_in_code(text: str) -> Iterator[object]:
    """JSON values that stand after "=", "(", ":" or "return" in a script."""
    decoder = json.JSONDecoder()
    # Characters that failed attempts may read, so that a script made of half-open values costs no more than its size.
    position, budget = 0, len(text) * 4 + 1_000_000
    for _ in range(_MAX_JSON_STARTS):
        match = _JSON_START.search(text, position)
        if not match or budget < 0:
            return
        position = match.end()
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            budget -= error.pos - position if isinstance(error, json.JSONDecodeError) else len(text)
            continue  # code, not JSON: try the next start
        if end - position >= _MIN_PARAGRAPH_CHARS:
            yield _load_json(value) if isinstance(value, str) and value[:1] in ("[", "{") else value
        position = end


def _collect(value: object, parts: list[str]) -> tuple[int, int]:
    """Append HTML for what reads like text; returns its characters, and those in strings long enough for prose."""
    size = prose_size = node_count = 0
    collected: set[int] = set()  # hashes of strings
    stack: list[tuple[object, int]] = [(value, 0)]
    while stack and node_count < _MAX_NODES:
        node, depth = stack.pop()
        node_count += 1
        html = ""
        if isinstance(node, str):
            html = _string_to_html(node, collected)
            size += len(node) if html else 0
            prose_size += len(node) if html and len(node) >= _MIN_PROSE_CHARS else 0
        elif isinstance(node, dict):
            html = to_html(node) if is_rich_text(node) else ""
            size += len(html)
            prose_size += len(html)
            if not html:
                title = _title(node)
                html = f"<h3>{escape(title)}</h3>" if title else ""
                node = list(node.values())
        if isinstance(node, list) and depth < _MAX_DEPTH:
            stack.extend((child, depth + 1) for child in reversed(node))
        parts.append(html)
    return size, prose_size


def _string_to_html(text: str, collected: set[int]) -> str:
    """HTML for a string of markup or prose that was not collected before; "" for any other."""
    if len(text) < _MIN_PARAGRAPH_CHARS or hash(text) in collected:
        return ""
    if _MARKUP.search(text, 0, _MARKUP_WITHIN_CHARS):
        collected.add(hash(text))
        return f"<div>{text}</div>"
    if not _is_prose(text):
        return ""
    collected.add(hash(text))
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())


def _is_prose(text: str) -> bool:
    sample = text[:_SAMPLE_CHARS]
    letters = sum(character.isalpha() or character in " ,.'’" for character in sample)
    spaces = sample.count(" ")
    wide = sum(character > _FIRST_CJK_CHARACTER for character in sample)
    return letters > len(sample) * _MIN_LETTER_SHARE and (
        spaces > len(sample) / _MAX_CHARS_PER_SPACE or wide > len(sample) * _MIN_WIDE_SHARE
    )


def _title(node: dict[str, object]) -> str:
    """A short title in a node that also holds long text; "" for none."""
    for key in _TITLE_KEYS:
        title = node.get(key)
        if not isinstance(title, str) or title.startswith(("http", "/")):
            continue
        if not _MIN_TITLE_CHARS <= len(title.strip()) <= _MAX_TITLE_CHARS:
            continue
        others = (value for name, value in node.items() if name != key)
        if any(
            (isinstance(value, str) and len(value) >= _MIN_PARAGRAPH_CHARS) or is_rich_text(value) for value in others
        ):
            return title.strip()
    return ""
