"""Page text -> lxml tree within fixed bounds of size, number of tags and depth."""

import re
from typing import Any

from lxml import etree

from smallprint.errors import DocumentError

Element = Any  # lxml publishes no types

MAX_CHARACTERS = 64_000_000  # above fetch_max_bytes (50 MB) by default, so only files can exceed it
MAX_TAGS = 600_000  # start and end tags: three for each element allowed
MAX_ELEMENTS = 200_000  # a 5 MB page of numbered sections, lists and tables has 164,000
MAX_TAGS_IF_DEEP = 100_000  # for a page that nests beyond 256 levels, since libxml2 takes long over depth
_CONTROLS = re.compile("[\x00\x0b\x0c]")
# Elements that a head may hold. libxml2 does not know elements newer than HTML 4, so on a page without a body tag it
# leaves "main" in the head.
_HEAD_TAGS = frozenset(
    ("title", "meta", "link", "base", "style", "script", "noscript", "template", "object", "basefont")
)
_XML_DECLARATION = re.compile(r"^\s{0,100}<\?xml[^>]{0,200}\?>")


def parse(text: str) -> Element:
    """The root element of the page.

    libxml2's own limits hold (256 levels, 10 MB a text node); a page that exceeds them is parsed again with the
    wider limits of its "huge" mode (2,048 levels), which the bounds on size and tags here keep harmless.

    Raises:
        DocumentError: ``too_large``, ``malformed`` or ``no_text``.

    """
    if len(text) > MAX_CHARACTERS or text.count("<") > MAX_TAGS:
        raise _too_large(f"{len(text):,} characters, {text.count('<'):,} tags")
    text = _XML_DECLARATION.sub("", _CONTROLS.sub(" ", text))
    data = text.encode("utf-8", "replace")
    root, limited = _parse(data, huge=False)
    if limited and text.count("<") <= MAX_TAGS_IF_DEEP:
        root, limited = _parse(data, huge=True)
    if root is not None:
        _open_body(root)
    if root is None or root.find("body") is None:
        raise DocumentError("no_text", "the page has no body to read", advice="check that this is the right file")
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        raise _too_large(f"more than {MAX_ELEMENTS:,} elements")
    if limited:
        raise DocumentError(
            "malformed", "the page nests its tags deeper than any reader needs", advice="save the text as a file"
        )
    return root


def _too_large(size: str) -> DocumentError:
    return DocumentError(
        "too_large",
        f"the page is too large to be a readable document ({size})",
        advice="save the part that matters as its own file",
    )


def _open_body(root: Element) -> None:
    """Begin the body where a browser begins it: at the first element that a head cannot hold."""
    if root.find("body") is None and root.find("frameset") is not None:
        etree.SubElement(root, "body")  # a page of frames has none; its frames are named
    head = root.find("head")
    if head is None:
        return
    first = next((index for index, child in enumerate(head) if child.tag not in _HEAD_TAGS), None)
    if first is None:
        return
    body = root.find("body")
    if body is None:
        body = etree.SubElement(root, "body")
    if body.text and body.text.strip():
        # Text is not a child, so what is inserted below would come after it.
        head[-1].tail = (head[-1].tail or "") + body.text
        body.text = None
    for index, child in enumerate(list(head)[first:]):
        body.insert(index, child)


def _parse(data: bytes, *, huge: bool) -> tuple[Element | None, bool]:
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=huge, remove_pis=True, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        root = None
    limited = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return root, limited
