"""Small files that took minutes: what is read in them grows no faster than they do."""

import io
import time
import zipfile
import zlib

from extractors.docx import extract_docx
from extractors.layout import Options
from extractors.pdf.file import refuse_bombs
from extractors.pdf.joins import Vocabulary, join
from extractors.pdf.story import _DOTS, _LEADERS

MAX_SECONDS = 5.0  # of processor time on a busy machine; each took ten and more, and takes under one
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def test_thousands_of_notes_in_a_word_file() -> None:
    count = 12_000
    marks = "".join(f'<w:r><w:footnoteReference w:id="{n}"/></w:r>' for n in range(count))
    notes = "".join(f'<w:footnote w:id="{n}"><w:p><w:r><w:t>x</w:t></w:r></w:p></w:footnote>' for n in range(count))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body><w:p>{marks}</w:p></w:body></w:document>'
        )
        archive.writestr("word/footnotes.xml", f'<w:footnotes xmlns:w="{W}">{notes}</w:footnotes>')
    start = time.process_time()
    extraction = extract_docx(stream.getvalue(), Options())
    assert time.process_time() - start < MAX_SECONDS
    assert sum(block.text.endswith(" x") for block in extraction.blocks) == count


def test_many_streams_in_a_large_pdf() -> None:
    stream = b"stream\n" + zlib.compress(bytes(10)) + b"\nendstream\n"
    start = time.process_time()
    refuse_bombs(stream * 40_000 + bytes(30_000_000))
    assert time.process_time() - start < MAX_SECONDS


def test_dot_leaders() -> None:
    line = "." * 60_000 + "!"
    start = time.process_time()
    assert _LEADERS.search(line) is None
    assert _DOTS.sub("", line) == line
    assert time.process_time() - start < MAX_SECONDS


def test_a_paragraph_of_thousands_of_lines() -> None:
    start = time.process_time()
    text, vocabulary = "a" * 1000, Vocabulary()
    for _ in range(5000):
        text = join(text, "www.www.www.", vocabulary)
    assert time.process_time() - start < MAX_SECONDS
