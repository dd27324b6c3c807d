"""Lines at the edges of a document that lead elsewhere: skip links, "back to top", next and previous, share bars."""

import re
from collections.abc import Sequence

from extractors.html.written import WrittenBlock

# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_MIN_LINK_SHARE = 0.8  # of a line's characters, for a menu entry
_MAX_MENU_ENTRY_CHARS = 90
# The site's own copyright notice, not a clause about copyright.
_COPYRIGHT_NOTICE = re.compile(r"(?:©|\(c\)|copyright\s+(?:©|\(c\)|[12]\d{3}))", re.IGNORECASE)
_MAX_COPYRIGHT_NOTICE_CHARS = 160
_MENU_LABEL = re.compile(
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
    """The blocks without menu lines before the first and after the last line of text, and without menu labels."""
    start, end = 0, len(blocks)
    while start < end and _is_menu_line(blocks[start]):
        start += 1
    while end > start and _is_menu_line(blocks[end - 1]):
        end -= 1
    # A heading that nothing follows belonged to the list that was just taken off.
    if end < len(blocks):
        while end > start and blocks[end - 1].block.kind == "heading":
            end -= 1
    return [
        written
        for written in blocks[start:end]
        if not _MENU_LABEL.match(written.block.text) or written.block.kind == "table_row"
    ]


def _is_menu_line(written: WrittenBlock) -> bool:
    block = written.block
    if block.kind in ("heading", "table_row"):
        return False
    if _MENU_LABEL.match(block.text):
        return True
    if "@" in block.text:
        return False  # an address to write to
    if _COPYRIGHT_NOTICE.match(block.text) and len(block.text) <= _MAX_COPYRIGHT_NOTICE_CHARS:
        return True
    return written.link_share >= _MIN_LINK_SHARE and len(block.text) <= _MAX_MENU_ENTRY_CHARS
