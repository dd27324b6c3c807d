"""What a document is called, told from its first blocks where the file itself does not say."""

import re
from collections.abc import Sequence

from extractors.layout import RawBlock, clean
from extractors.line_shapes import is_title, split_marker

_FIRST = 6  # blocks in which a document names itself
_LONGEST = 300  # characters of a title with all its white space
_KINDS = re.compile(
    r"terms|conditions|policy|policies|agreement|notice|statement|guidelines|rules|licen[cs]e|contract|code of|"
    r"bedingungen|agb|datenschutz|richtlinie|vertrag|conditions|politique|contrat|condiciones|términos|política|"
    r"contrato|aviso|condizioni|termini|informativa|contratto|regulamin|polityka|umowa|warunki",
    re.IGNORECASE,
)


def document_title(blocks: Sequence[RawBlock]) -> str | None:
    """The heading of level 1, else what near the top names a kind of document, else the heading that opens the text.

    A numbered heading opens a section and names no document; with nothing else the answer is None.
    """
    shown = [block for block in blocks if block.kind in ("heading", "paragraph") and clean(block.text)]
    plain = [block for block in shown if len(block.text) <= _LONGEST and not split_marker(block.text)[0]]
    named = [block for block in plain if is_title(_flat(block), words=14) and _KINDS.search(block.text)]
    top = [block for block in plain if block.kind == "heading" and block.level == 1]
    near = [block for block in shown[:_FIRST] if block in named]
    opening = [block for block in shown[:1] if block in plain and block.kind == "heading"]
    later = [block for block in named if block.kind == "heading"]
    best = next(iter([*(block for block in top if block in named), *near, *top, *opening, *later]), None)
    return _flat(best) if best is not None else None


def _flat(block: RawBlock) -> str:
    return " ".join(clean(block.text).split())
