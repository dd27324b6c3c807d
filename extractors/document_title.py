"""The title of a document, taken from its blocks where the file itself declares none."""

import re
from collections.abc import Sequence

from extractors.layout import RawBlock, clean
from extractors.line_shapes import is_title, split_marker

_OPENING_BLOCKS = 6  # in which a document names itself, after logos and dates; chosen by eye, 5 or 8 change no title
_MAX_TITLE_CHARS = 300  # with all white space; the longest heading of 66 real documents has 170
_DOCUMENT_TYPE = re.compile(
    r"terms|conditions|policy|policies|agreement|notice|statement|guidelines|rules|licen[cs]e|contract|code of|"
    r"bedingungen|agb|datenschutz|richtlinie|vertrag|conditions|politique|contrat|condiciones|términos|política|"
    r"contrato|aviso|condizioni|termini|informativa|contratto|regulamin|polityka|umowa|warunki",
    re.IGNORECASE,
)


def document_title(blocks: Sequence[RawBlock]) -> str | None:
    """The best candidate among headings and paragraphs without a number; a numbered heading titles only a section.

    In order of preference: a heading of level 1 that names a type of document ("Terms of Use"), a title near the top
    that does, any heading of level 1, the heading that opens the text, a later heading that names a type. None if
    there is no candidate.
    """
    prose = [block for block in blocks if block.kind in ("heading", "paragraph") and clean(block.text)]
    unnumbered = [block for block in prose if len(block.text) <= _MAX_TITLE_CHARS and not split_marker(block.text)[0]]
    typed = [
        block for block in unnumbered if is_title(_one_line(block), words=14) and _DOCUMENT_TYPE.search(block.text)
    ]
    top_level = [block for block in unnumbered if block.kind == "heading" and block.level == 1]
    candidates = [
        *(block for block in top_level if block in typed),
        *(block for block in prose[:_OPENING_BLOCKS] if block in typed),
        *top_level,
        *(block for block in prose[:1] if block in unnumbered and block.kind == "heading"),
        *(block for block in typed if block.kind == "heading"),
    ]
    return _one_line(candidates[0]) if candidates else None


def _one_line(block: RawBlock) -> str:
    return " ".join(clean(block.text).split())
