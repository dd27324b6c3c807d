"""A numbered document as a Word file whose numbers are automatic: one multi-level list bound to paragraph styles."""

from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from samples.markup import SourceBlock, bold_parts

# Style, number format, number text and left indent (twentieths of a point) of the levels of the two lists.
_LEVELS = (
    ("Heading 1", "decimal", "%1.", 567),
    ("Clause", "decimal", "%1.%2", 567),
    ("Sub-clause", "lowerLetter", "(%3)", 1134),
    ("Sub-sub-clause", "lowerRoman", "(%4)", 1701),
)
_SCHEDULE = (("Schedule", "decimal", "Schedule %1:", 0),)
_CLAUSES_ID, _SCHEDULES_ID = 71, 72  # the default template uses the numbers below


def write_docx(blocks: tuple[SourceBlock, ...], *, head: str, foot: str, date: datetime) -> bytes:
    """The Word file, the same bytes every time for the same blocks and the same version of python-docx."""
    document = Document()
    _add_styles(document)
    _add_list(document, _CLAUSES_ID, _LEVELS)
    _add_list(document, _SCHEDULES_ID, _SCHEDULE)
    document.sections[0].header.paragraphs[0].text = head
    _add_footer(document.sections[0].footer.paragraphs[0], foot)
    for block in blocks:
        _add(document, block)
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = head, foot, foot
    properties.created = properties.modified = date
    out = BytesIO()
    document.save(out)
    return _without_times(out.getvalue(), date)


def _add(document: WordDocument, block: SourceBlock) -> None:
    if block.kind == "table":
        table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
        for row in block.rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text
        return
    paragraph = document.add_paragraph(style=_style(block))
    for words, bold in bold_parts(block.text):
        paragraph.add_run(words).bold = bold or None


def _style(block: SourceBlock) -> str:
    if block.kind == "title":
        return "Title"
    if block.number.startswith("Schedule"):
        return "Schedule"
    return _LEVELS[block.level - 1][0] if block.level else "Normal"


def _add_styles(document: WordDocument) -> None:
    document.styles["Normal"].font.name = "Calibri"
    document.styles["Normal"].font.size = Pt(10.5)
    for name in ("Clause", "Sub-clause", "Sub-sub-clause", "Schedule"):
        style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style = document.styles["Heading 1" if name == "Schedule" else "Normal"]


def _add_list(document: WordDocument, list_id: int, levels: tuple[tuple[str, str, str, int], ...]) -> None:
    """Define a multi-level list and let each level's style carry its number."""
    numbering = document.part.numbering_part.element
    ids = [document.styles[style].style_id for style, *_ in levels]
    xml = "".join(
        f'<w:lvl w:ilvl="{index}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:pStyle w:val="{style}"/>'
        f'<w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{indent}" w:hanging="567"/></w:pPr></w:lvl>'
        for index, (style, (_, form, text, indent)) in enumerate(zip(ids, levels, strict=True))
    )
    kind = "multilevel" if len(levels) > 1 else "singleLevel"
    definition = parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{list_id}"><w:multiLevelType w:val="{kind}"/>{xml}'
        "</w:abstractNum>"
    )
    numbering.find(qn("w:num")).addprevious(definition)  # the schema wants definitions before their uses
    numbering.append(
        parse_xml(f'<w:num {nsdecls("w")} w:numId="{list_id}"><w:abstractNumId w:val="{list_id}"/></w:num>')
    )
    for index, (style, *_) in enumerate(levels):
        properties = document.styles[style].element.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_numId().val = list_id
        properties.get_or_add_ilvl().val = index


def _add_footer(paragraph: Paragraph, foot: str) -> None:
    paragraph.add_run(f"{foot}, page ")
    field = parse_xml(f'<w:fldSimple {nsdecls("w")} w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>')
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no public way to add a field


def _without_times(data: bytes, date: datetime) -> bytes:
    """The same package with one date on all its parts."""
    out = BytesIO()
    moment = date.astimezone(UTC).timetuple()[:6]
    with ZipFile(BytesIO(data)) as package, ZipFile(out, "w", ZIP_DEFLATED) as copy:
        for name in package.namelist():
            copy.writestr(ZipInfo(name, moment), package.read(name), ZIP_DEFLATED)
    return out.getvalue()
