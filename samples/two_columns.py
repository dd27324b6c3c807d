"""A numbered document as a two-column PDF with running heads, page numbers and words broken at line ends."""

import re
from html import escape
from io import BytesIO

from samples.markup import SourceBlock, bold_parts

_MARGIN, _GUTTER, _TOP, _BOTTOM = 54.0, 20.0, 66.0, 60.0
_INDENT = {1: 0.0, 2: 0.0, 3: 14.0, 4: 28.0}
# A break is allowed between two consonants between vowels ("mem-ber"), except in pairs that sound as one.
_BREAK = re.compile(r"(?<=[aeiou][bcdfglmnprst])(?=[bcdfglmnprstv][aeiou])", re.IGNORECASE)
_UNBROKEN_PAIR = re.compile(r"[cgpst]h|ck|ng|qu|[bcdfgpst][lr]", re.IGNORECASE)
_LONG_WORD = re.compile(r"(?<![\w@./-])[A-Za-z]{9,}(?![\w@./-])")
_SOFT_HYPHEN = "\u00ad"


def write_pdf(blocks: tuple[SourceBlock, ...], *, head: str, date: str, foot: str) -> bytes:
    """The PDF, the same bytes every time for the same blocks and the same version of reportlab."""
    pages = _draw(blocks, head, date, foot, total=0)[1]
    return _draw(blocks, head, date, foot, total=pages)[0]


def _draw(blocks: tuple[SourceBlock, ...], head: str, date: str, foot: str, total: int) -> tuple[bytes, int]:
    from reportlab.lib.pagesizes import LETTER  # type: ignore[import-untyped]
    from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate  # type: ignore[import-untyped]

    width, height = LETTER
    column = (width - 2 * _MARGIN - _GUTTER) / 2

    def furnish(canvas: Canvas, _document: BaseDocTemplate) -> None:
        canvas.setFont("Times-Italic", 8.5)
        canvas.drawString(_MARGIN, height - 40, head)
        canvas.drawRightString(width - _MARGIN, height - 40, date)
        canvas.line(_MARGIN, height - 46, width - _MARGIN, height - 46)
        canvas.drawString(_MARGIN, 34, foot)
        canvas.drawRightString(width - _MARGIN, 34, f"Page {canvas.getPageNumber()} of {total}")

    out = BytesIO()
    document = BaseDocTemplate(out, pagesize=LETTER, title=head, author=foot, invariant=1)
    frames = [
        Frame(x, _BOTTOM, column, height - _TOP - _BOTTOM, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
        for x in (_MARGIN, _MARGIN + column + _GUTTER)
    ]
    document.addPageTemplates([PageTemplate("columns", frames, onPage=furnish)])
    document.build([_flowable(block) for block in blocks])
    return out.getvalue(), int(document.page)


def _flowable(block: SourceBlock) -> object:
    from reportlab.lib.enums import TA_JUSTIFY  # type: ignore[import-untyped]
    from reportlab.lib.styles import ParagraphStyle  # type: ignore[import-untyped]
    from reportlab.platypus import Paragraph

    body = ParagraphStyle("body", fontName="Times-Roman", fontSize=9.5, leading=11.6, spaceAfter=5)
    if block.kind == "title":
        style = ParagraphStyle("title", body, fontName="Times-Bold", fontSize=16, leading=19, spaceAfter=8)
        return Paragraph(escape(block.text), style)
    if block.kind == "heading":
        style = ParagraphStyle("heading", body, fontName="Times-Bold", fontSize=10.5, spaceBefore=6, keepWithNext=1)
        return Paragraph(escape(f"{block.number} {block.text}"), style)
    style = ParagraphStyle("clause", body, alignment=TA_JUSTIFY, leftIndent=_INDENT.get(block.level, 0.0))
    return Paragraph(f"{block.number} {_marked(block.text)}".strip(), style)


def _marked(text: str) -> str:
    """The text as reportlab reads it: bold in tags, soft hyphens where a long word may break."""
    parts = ((escape(_LONG_WORD.sub(_hyphenated, words)), bold) for words, bold in bold_parts(text))
    return "".join(f"<b>{words}</b>" if bold else words for words, bold in parts)


def _hyphenated(match: re.Match[str]) -> str:
    word = match[0]
    breaks = [hit.start() for hit in _BREAK.finditer(word)]
    allowed = [i for i in breaks if 2 < i < len(word) - 2 and not _UNBROKEN_PAIR.fullmatch(word[i - 1 : i + 1])]
    for i in reversed(allowed):
        word = f"{word[:i]}{_SOFT_HYPHEN}{word[i:]}"
    return word
