"""Rich-text trees in JSON (nodes with a type and children, as editors and content systems store them) -> HTML."""

import re
from html import escape

_MAX_NODES = 400_000  # of one tree; bounds the work on hostile pages
_MIN_TEXT_CHARS = 80  # of a tree; a shorter one is a label, not a text
_TAG_OF_KIND = {
    "paragraph": "p",
    "p": "p",
    "block": "p",
    "normal": "p",
    "quote": "blockquote",
    "blockquote": "blockquote",
    "ul": "ul",
    "ol": "ol",
    "li": "li",
    "list": "ul",
    "bulletlist": "ul",
    "bulletedlist": "ul",
    "unorderedlist": "ul",
    "numberedlist": "ol",
    "orderedlist": "ol",
    "listitem": "li",
    "table": "table",
    "tablerow": "tr",
    "tr": "tr",
    "tablecell": "td",
    "td": "td",
    "tableheader": "th",
    "tableheadercell": "th",
    "th": "th",
}
_HEADING_KIND = re.compile(r"(?:heading|header|h)[-_]?([1-6])$")
_TYPE_KEYS = ("nodeType", "type", "_type", "tag")
_CHILD_KEYS = ("content", "children")
Node = dict[str, object]


def is_rich_text(node: object) -> bool:
    """True for a node of such a tree, or a list that begins with one."""
    if isinstance(node, list):
        node = node[0] if node else None
    return (
        isinstance(node, dict)
        and any(isinstance(node.get(key), str) for key in _TYPE_KEYS)
        and any(isinstance(node.get(key), list) and node[key] for key in _CHILD_KEYS)
    )


def to_html(root: Node) -> str:
    """HTML for the tree; "" if it holds less text than a paragraph."""
    parts: list[str] = []
    stack: list[Node | str] = [root]
    count = text_chars = 0
    while stack and count < _MAX_NODES:
        node = stack.pop()
        count += 1
        if isinstance(node, str):
            parts.append(node)
            continue
        leaf = node.get("text") if isinstance(node.get("text"), str) else node.get("value")
        if isinstance(leaf, str):
            text_chars += len(leaf)
            parts.append(f"<b>{escape(leaf)}</b>" if _is_bold(node) else escape(leaf).replace("\n", "<br>"))
            continue
        tag = _tag(node)
        if tag:
            parts.append(f"<{tag}>")
            stack.append(f"</{tag}>")
        stack.extend(child for child in reversed(_children(node)) if isinstance(child, dict))
    return "".join(parts) if text_chars >= _MIN_TEXT_CHARS else ""


def _children(node: Node) -> list[object]:
    for key in _CHILD_KEYS:
        children = node.get(key)
        if isinstance(children, list):
            return children
    return []


def _is_bold(node: Node) -> bool:
    marks = str(node.get("marks", ""))[:300]
    return node.get("bold") is True or "bold" in marks or "strong" in marks


def _tag(node: Node) -> str | None:
    if node.get("listItem"):
        return "li"
    for kind in (node.get("style"), *(node.get(key) for key in _TYPE_KEYS)):
        tag = _tag_of_kind(kind.lower(), node) if isinstance(kind, str) else None
        if tag:
            return tag
    return None


def _tag_of_kind(kind: str, node: Node) -> str | None:
    match = _HEADING_KIND.match(kind)
    if match:
        return f"h{match.group(1)}"
    if kind == "heading":
        attributes = node.get("attrs")
        level = node.get("level") or (attributes.get("level") if isinstance(attributes, dict) else None)
        return f"h{level}" if level in (1, 2, 3, 4, 5, 6) else "h2"
    kind = kind.replace("-", "").replace("_", "")
    if kind == "list" and (node.get("listType") in ("number", "ordered") or node.get("format") == "ordered"):
        return "ol"
    return _TAG_OF_KIND.get(kind)
