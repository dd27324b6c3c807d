"""Lines at the edges of a document that lead elsewhere: skip links, "back to top", next and previous, share bars."""

import re
from collections.abc import Sequence

from extractors.html.written import WrittenBlock

_ALL_LINK = 0.8
_SHORT = 90  # characters of a line that can be a menu entry
# The site's own notice, not a clause about copyright.
_NOTICE = re.compile(r"(?:©|\(c\)|copyright\s+(?:©|\(c\)|[12]\d{3}))", re.IGNORECASE)
_NOTICE_LENGTH = 160
_ACTS = re.compile(
    r"^(?:skip to (?:main )?content|skip navigation|back to (?:the )?top|go to top|return to top|top of page"
    r"|print(?: this)?(?: page)?|share(?: this)?(?: page| article)?|download(?: as)?(?: an?)? pdf"
    r"|was this (?:page |article )?helpful\??|next|previous|prev|table of contents|on this page|in this article"
    r"|jump to(?: section)?:?|menu|close|search|copy link|copied!?|accept(?: all)?|reject(?: all)?|cookie settings"
    r"|(?:read|show|view|see|learn) (?:more|less)|(?:expand|collapse|open|close|show|hide) all"
    r"|loading\.*|nach oben|zum inhalt springen|haut de page|retour en haut"
    r"|mehr erfahren|weiterlesen|en savoir plus|lire la suite|leer más|ver más|scopri di più|czytaj więcej"
    r"|aller au contenu|volver arriba|torna su)$",
    re.IGNORECASE,
)


def trim_edges(blocks: Sequence[WrittenBlock]) -> list[WrittenBlock]:
    """The blocks without menu lines before the first and after the last line of text."""
    start, end = 0, len(blocks)
    while start < end and _leads_elsewhere(blocks[start]):
        start += 1
    while end > start and _leads_elsewhere(blocks[end - 1]):
        end -= 1
    # A heading that nothing follows belonged to the list that was just taken off.
    if end < len(blocks):
        while end > start and blocks[end - 1].block.kind == "heading":
            end -= 1
    return [one for one in blocks[start:end] if not _ACTS.match(one.block.text) or one.block.kind == "table_row"]


def _leads_elsewhere(one: WrittenBlock) -> bool:
    block = one.block
    if block.kind in ("heading", "table_row"):
        return False
    if _ACTS.match(block.text):
        return True
    if "@" in block.text:
        return False  # an address to write to
    if _NOTICE.match(block.text) and len(block.text) <= _NOTICE_LENGTH:
        return True
    return one.link_share >= _ALL_LINK and len(block.text) <= _SHORT
