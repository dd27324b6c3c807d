"""The title and language that a page declares."""

import re
from collections.abc import Sequence

from extractors.html.parsing import Element
from extractors.layout import RawBlock, clean

_TITLE_SEPARATOR = re.compile(r"\s{1,8}[|–—·»•:-]{1,8}\s{1,8}|\s{0,8}\|\s{0,8}")
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_LANGUAGE_CODE = re.compile(r"([a-z]{2})(?:[-_]|$)")
_TITLE_WITHIN_BLOCKS = 6  # from the start, in which the top heading is looked for
_MAX_TITLE_CHARS = 150


def title_of(root: Element, blocks: Sequence[RawBlock]) -> str | None:
    """The document's first top heading, else the page's title without the name of the site."""
    for block in blocks[:_TITLE_WITHIN_BLOCKS]:
        if block.kind == "heading" and block.level == 1 and len(block.text) < _MAX_TITLE_CHARS:
            return clean(block.text[block.generated :]).replace("\n", " ")
    return declared_title(root)


def declared_title(root: Element) -> str | None:
    """The title in the page's head, without the name of the site."""
    for path in (".//title", ".//meta[@property='og:title']"):
        element = root.find(path)
        if element is None:
            continue
        text = clean(element.text or element.get("content") or "").replace("\n", " ")
        if text:
            return _without_site_name(text)
    return None


def _without_site_name(title: str) -> str:
    parts = [part for part in _TITLE_SEPARATOR.split(title) if part]
    return parts[0] if parts else title


def language_of(root: Element) -> str | None:
    """ISO 639-1 code that the page declares, or None."""
    body = root.find("body")
    declared = root.get("lang") or root.get(_XML_LANG) or (body.get("lang") if body is not None else None) or ""
    match = _LANGUAGE_CODE.match(declared.strip().lower())
    return match.group(1) if match else None
