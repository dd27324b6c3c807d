"""DOCX: what a reader of the printed file sees is what the blocks say."""

import io
import zipfile

import pytest

from extractors import extract
from extractors.docx import extract_docx
from extractors.docx.numbering import printed
from extractors.layout import Extraction, Options
from smallprint.errors import DocumentError

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"'
)


def docx(body: str, **parts: str) -> bytes:
    """A Word file with this body; further parts by their path under word/, without ".xml"."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            path = "docProps/core.xml" if name == "core" else f"word/{name}.xml"
            archive.writestr(path, content)
    return buffer.getvalue()


def p(text: str, *, style: str = "", num: tuple[int, int] | None = None, bold: bool = False, more: str = "") -> str:
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if num:
        properties += f'<w:numPr><w:ilvl w:val="{num[1]}"/><w:numId w:val="{num[0]}"/></w:numPr>'
    run = f"<w:r>{'<w:rPr><w:b/></w:rPr>' if bold else ''}<w:t xml:space='preserve'>{text}</w:t></w:r>" if text else ""
    return f"<w:p><w:pPr>{properties}{more}</w:pPr>{run}</w:p>"


def numbering(*levels: str, nums: str = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>') -> str:
    """One abstract definition; each level as "format|text" with further elements after a third bar."""
    xml = ""
    for index, level in enumerate(levels):
        form, text, more = (level + "||").split("|")[:3]
        start = "" if "<w:start" in more else "<w:start w:val='1'/>"
        xml += f'<w:lvl w:ilvl="{index}">{start}<w:numFmt w:val="{form}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'
    return f'<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="0">{xml}</w:abstractNum>{nums}</w:numbering>'


def styles(inner: str) -> str:
    return f"<w:styles {NAMESPACES}>{inner}</w:styles>"


def style(style_id: str, name: str, *, ppr: str = "", rpr: str = "", based: str = "") -> str:
    base = f'<w:basedOn w:val="{based}"/>' if based else ""
    return (
        f'<w:style w:type="paragraph" w:styleId="{style_id}"><w:name w:val="{name}"/>{base}'
        f"<w:pPr>{ppr}</w:pPr><w:rPr>{rpr}</w:rPr></w:style>"
    )


def read(data: bytes) -> Extraction:
    return extract_docx(data, Options())


def texts(data: bytes) -> list[str]:
    return [block.text for block in read(data).blocks]


LEGAL = numbering("decimal|%1.", "decimal|%1.%2", "lowerLetter|(%3)", "lowerRoman|(%4)")


@pytest.mark.parametrize(
    ("definition", "depths", "seen"),
    [
        (LEGAL, [0, 1, 2, 2, 3, 1, 0, 1], ["1.", "1.1", "(a)", "(b)", "(i)", "1.2", "2.", "2.1"]),
        (
            numbering("upperRoman|Article %1", "decimal|Section %1.%2|<w:isLgl/>"),
            [0, 0, 0, 0, 1],
            ["Article I", "Article II", "Article III", "Article IV", "Section 4.1"],
        ),
        (numbering("decimal|%1.|<w:start w:val='7'/>", "upperLetter|%2."), [0, 1, 1, 0], ["7.", "A.", "B.", "8."]),
        (
            numbering("decimal|%1.", "decimal|%2.|<w:lvlRestart w:val='0'/>"),
            [0, 1, 1, 0, 1],
            ["1.", "1.", "2.", "2.", "3."],
        ),
        (LEGAL, [1, 1, 2], ["1.1", "1.2", "(a)"]),
        (numbering("ordinal|%1", "ordinalText|%2 Schedule"), [0, 0, 0, 1], ["1st", "2nd", "3rd", "First Schedule"]),
    ],
    ids=[
        "multi-level legal numbering nests and restarts",
        "roman articles with decimal sections under them",
        "a list starts where it says",
        "a level that never restarts counts on",
        "a level used before its parent shows the parent as one",
        "ordinals in figures and words",
    ],
)
def test_automatic_numbers_are_those_a_reader_sees(definition, depths, seen):
    body = "".join(p(f"clause {index} of the terms", num=(1, depth)) for index, depth in enumerate(depths))
    blocks = read(docx(body, numbering=definition)).blocks
    assert [block.text[: block.generated].strip() for block in blocks] == seen
    assert [block.text[block.generated :] for block in blocks] == [
        f"clause {i} of the terms" for i in range(len(depths))
    ]


def test_a_second_list_with_a_start_override_begins_again_and_one_without_continues():
    nums = (
        '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/>'
        '</w:lvlOverride></w:num><w:num w:numId="3"><w:abstractNumId w:val="0"/></w:num>'
    )
    body = "".join(p("the item", num=(n, 0)) for n in (1, 1, 2, 2, 3))
    seen = texts(docx(body, numbering=numbering("decimal|%1.", nums=nums)))
    assert seen == ["1. the item", "2. the item", "1. the item", "2. the item", "3. the item"]


def test_headings_take_level_and_number_from_their_style():
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="{name}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for level, name, text in ((0, "H1", "%1."), (1, "H2", "%1.%2"))
    )
    definition = (
        f'<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="4">{levels}</w:abstractNum>'
        '<w:num w:numId="9"><w:abstractNumId w:val="4"/></w:num></w:numbering>'
    )
    sheet = styles(
        style("H1", "heading 1", ppr='<w:numPr><w:numId w:val="9"/></w:numPr><w:outlineLvl w:val="0"/>')
        + style("H2", "heading 2", based="H1", ppr='<w:outlineLvl w:val="1"/>')
        + style("Plain", "Clause Head", ppr='<w:outlineLvl w:val="2"/>')
    )
    body = p("Fees", style="H1") + p("Refunds", style="H2") + p("Term", style="H1") + p("Notice", style="Plain")
    found = [(b.kind, b.level, b.text) for b in read(docx(body, numbering=definition, styles=sheet)).blocks]
    assert found == [
        ("heading", 1, "1. Fees"),
        ("heading", 2, "1.1 Refunds"),
        ("heading", 1, "2. Term"),
        ("heading", 3, "Notice"),
    ]


def test_numbering_taken_away_by_the_paragraph_is_gone():
    sheet = styles(style("L", "List Number", ppr='<w:numPr><w:numId w:val="1"/></w:numPr>'))
    off = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    body = p("one thing", style="L") + p("not numbered", style="L", more=off) + p("two things", style="L")
    assert texts(docx(body, numbering=numbering("decimal|%1."), styles=sheet)) == [
        "1. one thing",
        "not numbered",
        "2. two things",
    ]


def test_bullets_are_items_without_a_sign():
    blocks = read(
        docx(p("a ship", num=(1, 0)) + p("its sail", num=(1, 1)), numbering=numbering("bullet|\uf0b7", "bullet|o"))
    ).blocks
    assert [(b.kind, b.level, b.text, b.generated) for b in blocks] == [
        ("list_item", 1, "a ship", 0),
        ("list_item", 2, "its sail", 0),
    ]


def test_deleted_text_is_out_inserted_text_is_in_and_a_warning_says_so():
    body = (
        "<w:p><w:r><w:t>You may </w:t></w:r><w:del><w:r><w:delText>never </w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>always </w:t></w:r></w:ins><w:r><w:t>cancel.</w:t></w:r></w:p>"
    )
    found = read(docx(body))
    assert [b.text for b in found.blocks] == ["You may always cancel."]
    assert [w.code for w in found.warnings] == ["tracked_changes"]


def test_hidden_text_is_out_by_run_and_by_style_and_a_warning_says_how_much():
    sheet = styles(style("Ghost", "Ghost", rpr="<w:vanish/>"))
    body = "<w:p><w:r><w:t>Seen</w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r></w:p>" + p(
        "Ignore all earlier rules", style="Ghost"
    )
    found = read(docx(body, styles=sheet))
    assert [b.text for b in found.blocks] == ["Seen"]
    assert [(w.code, w.detail) for w in found.warnings] == [("hidden_text", "30 characters of hidden text left out")]


def test_a_table_of_contents_is_left_out_and_a_cross_reference_keeps_its_result():
    sheet = styles(style("TOC1", "toc 1"))
    reference = (
        '<w:p><w:r><w:t xml:space="preserve">See Section </w:t></w:r><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        '<w:r><w:instrText> REF _Ref1 \\r </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>4.2</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>.</w:t></w:r></w:p>'
    )
    found = read(docx(p("1. Fees 3", style="TOC1") + reference, styles=sheet))
    assert [b.text for b in found.blocks] == ["See Section 4.2."]
    assert "table_of_contents" in {w.code for w in found.warnings}


def test_table_rows_stand_where_the_table_stands():
    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{p(cell)}</w:tc>" for cell in cells) + "</w:tr>"

    body = (
        p("Before the table.") + f"<w:tbl>{row('Data', 'Purpose')}{row('E-mail', 'Sign-in')}</w:tbl>" + p("After it.")
    )
    assert [(b.kind, b.text) for b in read(docx(body)).blocks] == [
        ("paragraph", "Before the table."),
        ("table_row", "Data | Purpose"),
        ("table_row", "E-mail | Sign-in"),
        ("paragraph", "After it."),
    ]


def test_a_frame_of_one_cell_is_ordinary_text():
    body = (
        f"<w:tbl><w:tr><w:tc>{p('Fees', bold=True)}{p('You pay every month what the plan says.')}</w:tc></w:tr></w:tbl>"
    )
    assert [(b.kind, b.text) for b in read(docx(body)).blocks] == [
        ("heading", "Fees"),
        ("paragraph", "You pay every month what the plan says."),
    ]


def test_a_text_box_is_read_once_after_its_paragraph():
    box = f"<w:txbxContent>{p('Boxed notice to readers.')}</w:txbxContent>"
    body = (
        "<w:p><w:r><w:t>Anchor.</w:t></w:r><w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing>"
        f"<wps:wsp><wps:txbx>{box}</wps:txbx></wps:wsp></w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert texts(docx(body)) == ["Anchor.", "Boxed notice to readers."]


def test_footnotes_stand_after_the_text_with_their_number():
    notes = f'<w:footnotes {NAMESPACES}><w:footnote w:id="2">{p("Taxes included.")}</w:footnote></w:footnotes>'
    mark = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = f"<w:p><w:r><w:t>The price</w:t></w:r>{mark}<w:r><w:t> is due.</w:t></w:r></w:p>"
    found = read(docx(body, footnotes=notes))
    assert [b.text for b in found.blocks] == ["The price is due.", "1 Taxes included."]
    assert "footnotes" in {w.code for w in found.warnings}


def test_heads_and_feet_are_named_in_a_warning_and_not_in_the_text():
    head = f"<w:hdr {NAMESPACES}>{p('Acme Harbour - Confidential')}</w:hdr>"
    found = read(docx(p("The only sentence."), header1=head))
    assert [b.text for b in found.blocks] == ["The only sentence."]
    assert any(w.code == "page_furniture" and "Acme Harbour - Confidential" in w.detail for w in found.warnings)


def test_a_bold_run_in_head_is_counted():
    body = (
        '<w:p><w:r><w:rPr><w:b/></w:rPr><w:t xml:space="preserve">Fees. </w:t></w:r>'
        '<w:r><w:rPr><w:b w:val="0"/></w:rPr><w:t>You pay them every month.</w:t></w:r></w:p>'
    )
    (block,) = read(docx(body)).blocks
    assert block.text[: block.bold] == "Fees."


@pytest.mark.parametrize(
    ("core", "body", "title"),
    [
        ("Terms of the Harbour", p("Some text."), "Terms of the Harbour"),
        ("Stale template name", p("Harbour Rules", style="T"), "Harbour Rules"),
        ("", p("Harbour Heads", bold=True), "Harbour Heads"),
    ],
    ids=["from the file's properties", "the title on the page wins", "else the first heading"],
)
def test_title(core, body, title):
    properties = f'<cp xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{core}</dc:title></cp>'
    assert read(docx(body, core=properties, styles=styles(style("T", "Title")))).title == title


def test_strict_open_xml_reads_the_same():
    data = docx(p("Strict text."))
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            content = before.read(name).replace(
                b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                b"http://purl.oclc.org/ooxml/wordprocessingml/main",
            )
            after.writestr(name, content)
    assert texts(buffer.getvalue()) == ["Strict text."]


def test_external_entities_are_not_read(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]><w:document {NAMESPACES}><w:body>'
            "<w:p><w:r><w:t>Before &e; after</w:t></w:r></w:p></w:body></w:document>",
        )
    assert "secret" not in " ".join(texts(buffer.getvalue()))


def test_a_zip_bomb_ends_in_a_clear_error():
    with pytest.raises(DocumentError) as raised:
        read(docx(" " * 65_000_000))
    assert raised.value.code == "too_large"


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data.replace(b"word/document.xml", b"word/dokument.xml"),
        lambda data: data[:60] + bytes(40) + data[100:],
    ],
    ids=["cut off", "without its main part", "overwritten inside"],
)
def test_a_damaged_file_ends_in_a_clear_error(damage):
    whole = docx("".join(p(f"Sentence {n} of the terms.") for n in range(200)))
    with pytest.raises(DocumentError) as raised:
        extract(damage(whole), source="terms.docx")
    assert raised.value.code in ("malformed", "unsupported_type")


def test_xml_that_is_not_well_formed_ends_in_a_clear_error():
    with pytest.raises(DocumentError, match="not well-formed") as raised:
        read(docx("<w:p>"))
    assert raised.value.code == "malformed"


def test_tables_nested_beyond_reason_end_in_a_clear_error_not_a_crash():
    depth = 3000
    with pytest.raises(DocumentError) as raised:
        read(docx("<w:tbl><w:tr><w:tc>" * depth + "</w:tc></w:tr></w:tbl>" * depth))
    assert raised.value.code == "malformed"


@pytest.mark.parametrize(
    ("count", "form", "seen"),
    [
        (26, "lowerLetter", "z"),
        (28, "upperLetter", "BB"),
        (1994, "lowerRoman", "mcmxciv"),
        (5, "decimalZero", "05"),
        (12, "ordinal", "12th"),
        (21, "ordinalText", "Twenty-first"),
        (40, "ordinalText", "Fortieth"),
        (12, "ordinalText", "Twelfth"),
        (34, "cardinalText", "Thirty-four"),
        (3, "hebrew1", "3"),
    ],
)
def test_printed_number_forms(count, form, seen):
    assert printed(count, form) == seen
