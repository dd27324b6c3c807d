"""Accuracy and speed of reading PDFs: reading order, page furniture, errors, OCR, seconds and memory.

Run ``python -m evals.benchmarks.pdf --data ../shared/data``. The reference for the reading order is cropped column by
column with pdfplumber, at positions measured by eye; its code shares nothing with the extractor.
"""

import argparse
import itertools
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pdfplumber
from rapidfuzz.distance import LCSseq

from extractors.layout import Options, assemble
from extractors.pdf import extract_pdf
from smallprint.errors import DocumentError

_GENERATED_PAGES = (200, 1000)  # sizes of the documents that memory is measured on
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class PageLayout:
    """Where a file's text is: the bands of each page, with the x positions that separate their columns, in points."""

    default: tuple[tuple[float, float, tuple[float, ...]], ...]  # top, bottom, gutters
    pages: dict[int, tuple[tuple[float, float, tuple[float, ...]], ...]]
    furniture: tuple[str, ...]  # words that must not enter the text


_THREE_COLUMNS = (220.5, 397.5)
LAYOUTS = {
    "pdfplumber__federal-register-2020-17221.pdf": PageLayout(
        default=((52, 760, _THREE_COLUMNS),),
        pages={
            1: ((52, 109, ()), (109, 760, _THREE_COLUMNS)),
            5: ((52, 655, _THREE_COLUMNS), (655, 760, ())),
            6: ((52, 148, ()), (148, 760, _THREE_COLUMNS)),
            7: ((52, 150, _THREE_COLUMNS), (150, 760, _THREE_COLUMNS)),
            11: ((52, 560, _THREE_COLUMNS), (560, 760, _THREE_COLUMNS)),
            12: ((52, 430, _THREE_COLUMNS), (430, 760, _THREE_COLUMNS)),
            13: ((52, 540, _THREE_COLUMNS), (540, 760, _THREE_COLUMNS)),
        },
        furniture=("Federal Register/Vol", "Federal Register / Vol", "VerDate", "DSKJLSW7X2PROD", "47705", "47698"),
    ),
    "pypdf__multicolumn.pdf": PageLayout(
        default=((100, 785, (305.0,)),),
        pages={1: ((100, 235, ()), (235, 785, (305.0,))), 3: ((100, 785, ()),)},
        furniture=(),
    ),
    "Fruitz__Terms_of_Service.pdf": PageLayout(default=((0, 775, ()),), pages={}, furniture=()),
}
EXPECTED_ERRORS = {
    "ocrmypdf__invalid.pdf": "malformed",
    "ocrmypdf__linn.pdf": "scanned",
    "ocrmypdf__multipage.pdf": "scanned",
    "pdfplumber__malformed-from-issue-932.pdf": "scanned",
    "pdfplumber__password-example.pdf": "encrypted",
}


@dataclass(frozen=True)
class FileFigures:
    """The figures of one file."""

    file: str
    pages: int
    order: float | None  # share of words in the longest common subsequence with the reference, 0-1; word F1 for OCR
    furniture: int  # furniture words found in the text
    outcome: str  # "read", or the code of the error
    expected: str
    seconds_per_page: float


def run(data: Path) -> list[FileFigures]:
    """The figures of each file that ``LAYOUTS`` or ``EXPECTED_ERRORS`` names; OCR only where tesseract is installed.

    Raises:
        FileNotFoundError: the folder is not there.

    """
    folder = data / "pdf"
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: no such folder")
    rows = [_read(folder / name, layout) for name, layout in LAYOUTS.items()]
    rows += [_refused(folder / name, code) for name, code in EXPECTED_ERRORS.items()]
    if shutil.which("tesseract"):
        rows.append(_scanned(folder / "ocrmypdf__linn.pdf", folder / "ocrmypdf__linn.txt"))
    return rows


def _read(path: Path, layout: PageLayout) -> FileFigures:
    data = path.read_bytes()
    start = time.perf_counter()
    extraction = extract_pdf(data, Options())
    seconds = time.perf_counter() - start
    text, _ = assemble(extraction.blocks)
    ours, reference = _words(text), _words(" ".join(_reference(path, layout)))
    leaked = sum(text.count(word) for word in layout.furniture)
    pages = extraction.page_count or 1
    return FileFigures(path.name, pages, _order(reference, ours), leaked, "read", "read", seconds / pages)


def _refused(path: Path, expected: str) -> FileFigures:
    start = time.perf_counter()
    try:
        extract_pdf(path.read_bytes(), Options())
        outcome = "read"
    except DocumentError as error:
        outcome = error.code
    return FileFigures(path.name, 0, None, 0, outcome, expected, time.perf_counter() - start)


def _scanned(path: Path, truth: Path) -> FileFigures:
    """``order`` is the word F1 of the OCR against the typed text."""
    start = time.perf_counter()
    extraction = extract_pdf(path.read_bytes(), Options(ocr=True))
    seconds = time.perf_counter() - start
    text, _ = assemble(extraction.blocks)
    score = _f1(_words(truth.read_text("utf-8")), _words(text))
    return FileFigures(f"{path.name} with OCR", 1, score, 0, "read", "read", seconds)


def _reference(path: Path, layout: PageLayout) -> Iterator[str]:
    with pdfplumber.open(path) as pdf:
        for page in pdf.pages:
            for top, bottom, gutters in layout.pages.get(page.page_number, layout.default):
                edges = (0, *gutters, page.width)
                for left, right in itertools.pairwise(edges):
                    cropped = page.crop((left, top, right, min(bottom, page.height)))
                    upright = cropped.filter(lambda mark: mark.get("upright", True) and not _is_white(mark))
                    yield upright.extract_text(x_tolerance=1.5) or ""
            page.close()


def _is_white(mark: dict[str, object]) -> bool:
    return mark.get("object_type") == "char" and mark.get("non_stroking_color") in ((1,), (1, 1, 1), (0, 0, 0, 0))


def _words(text: str) -> list[str]:
    """Words in lower case; hyphens are removed, so that line breaks inside words make no difference."""
    return _WORD.findall(re.sub(r"[-‐–]\s*", "", text.casefold()))


def _order(reference: Sequence[str], ours: Sequence[str]) -> float:
    common = LCSseq.similarity(reference, ours)
    return 2 * common / ((len(reference) + len(ours)) or 1)


def _f1(reference: Sequence[str], ours: Sequence[str]) -> float:
    from collections import Counter

    common = sum((Counter(reference) & Counter(ours)).values())
    return 2 * common / ((len(reference) + len(ours)) or 1)


def memory(pages: int) -> tuple[int, float]:
    """Peak megabytes beyond those of the libraries, and seconds, for a generated document of so many pages."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.pdf"
        path.write_bytes(_long_pdf(pages))
        process = subprocess.run(  # noqa: S603 our own interpreter on our own file
            [sys.executable, "-c", _MEASURING_SCRIPT, str(path)], capture_output=True, text=True, check=True
        )
    megabytes, seconds = process.stdout.split()
    return int(megabytes), float(seconds)


# VmHWM is the process's own peak; getrusage would count the parent's memory too.
_MEASURING_SCRIPT = """
import re, sys, time
from pathlib import Path
from extractors import extract
import extractors.pdf, pdfplumber
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
data = Path(sys.argv[1]).read_bytes()
before, start = peak(), time.perf_counter()
extract(data, source="long.pdf", language="en")
print((peak() - before) // 1000, time.perf_counter() - start)
"""


def _long_pdf(pages: int) -> bytes:
    """A PDF whose pages have forty lines each, no two alike."""
    objects = [b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    for page in range(pages):
        lines = " ".join(
            f"0 -16 Td (Clause {page}.{line} of these terms binds member {line}.) Tj" for line in range(40)
        )
        stream = f"BT /F1 10 Tf 72 760 Td {lines} ET".encode()
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        font = b"<</Font<</F1 3 0 R>>>>"
        number = len(objects) + 1  # of this stream: the catalog is 1, so that object k of the list has number k + 2
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources%s/Contents %d 0 R>>" % (font, number)
        )
    kids = b" ".join(b"%d 0 R" % (5 + 2 * page) for page in range(pages))
    objects[0] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (pages, kids)
    content, offsets = b"%PDF-1.4\n", []
    for number, body in enumerate([b"<</Type/Catalog/Pages 2 0 R>>", *objects], start=1):
        offsets.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    count = len(offsets) + 1
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (count, len(content))
    return content + b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table) + end


def table(rows: Sequence[FileFigures]) -> str:
    """The rows as aligned text."""
    lines = [f"{'file':46} {'pages':>5} {'order':>7} {'furniture':>9} {'outcome':>10} {'expected':>10} {'s/page':>7}"]
    for row in rows:
        order = "" if row.order is None else f"{row.order:.4f}"
        lines.append(
            f"{row.file[:46]:46} {row.pages:5} {order:>7} {row.furniture:9} {row.outcome:>10} {row.expected:>10} "
            f"{row.seconds_per_page:7.2f}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, then memory and seconds of generated documents; exit code 2 where the data is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds pdf/")
    try:
        rows = run(parser.parse_args(arguments).data)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    print(table(rows))
    for pages in _GENERATED_PAGES:
        megabytes, seconds = memory(pages)
        print(f"{pages} generated pages take {megabytes} MB beyond the libraries and {seconds:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
