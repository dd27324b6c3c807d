"""Accuracy of cutting documents into clauses (boundaries, numbers, heading paths), and its speed on real documents.

Run ``python -m evals.benchmarks.segmentation --data ../shared/data``. The golden documents are our own, marked by hand
(``tests/golden/clauses``, format in its README); the real ones are the Markdown files of ``versions/``.
"""

import argparse
import hashlib
import random
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from extractors import extract
from extractors.clauses import cut_clauses
from extractors.layout import RawBlock, assemble
from smallprint.records import BlockKind, Clause, Document

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden" / "clauses"
_LINE = re.compile(r"(?P<kind>h|p|li|ol|tr)(?P<level>\d?)(?:\*\*(?P<bold>.{1,200}?)\*\*| )(?P<text>.*)")
_KINDS: dict[str, BlockKind] = {
    "h": "heading",
    "p": "paragraph",
    "li": "list_item",
    "ol": "list_item",
    "tr": "table_row",
}
_MAX_CLAUSE_LENGTH = 4000  # characters; extractors/clauses cuts longer clauses
_GENERATED_DOCUMENTS = 10_000
_LARGE_SIZES = (5_000_000, 2_500_000)  # characters; twice the text must take about twice the time
_PIECES = (  # what numbering, lists and sentences may stumble over
    *(
        "1.",
        "1.1",
        "2.",
        "(a)",
        "(b)",
        "(i)",
        "iv.",
        "A.",
        "Section 4",
        "ARTICLE IX",
        "§ 5",
        "Schedule 1",
        "2024",
        "10.00",
    ),
    *("Fees", "You may not:", "pay", "e.g.", "Inc.", "15 U.S.C. § 45", "a.b@c.example", "\n", "\n\n", "- ", "• "),
    *("x" * 500, "word " * 300, "“Term” means", '(the "', '")', "?", "。", "\u00a0", "\u0301", "|", "DISCLAIMER", "😀"),
)


@dataclass
class GoldClause:
    """A clause as marked by hand."""

    number: str | None
    path: tuple[str, ...]
    heading: bool = False
    lead: int | None = None  # number of the clause that opens it, from 1
    defines: tuple[str, ...] = ()
    start: int = 0  # offset into the text


@dataclass
class GoldenDocument:
    """A document with its marked clauses."""

    name: str
    document: Document
    clauses: list[GoldClause]


@dataclass(frozen=True)
class SegmentationFigures:
    """The figures of one golden document; those after F1 are shares of the gold clauses that are right."""

    name: str
    clauses: int
    precision: float
    recall: float
    f1: float
    numbers: float
    paths: float
    leads: float
    terms: float


@dataclass(frozen=True)
class RealFigures:
    """The figures of the real documents."""

    files: int
    clauses: int
    longest: int  # characters
    slowest: float  # seconds of processor time per 50,000 characters, for the slowest file
    mean: float  # the same for all files together


@dataclass
class _MarkedBlock:
    kind: BlockKind
    level: int | None
    lines: list[str]
    bold: int = 0
    generated: int = 0
    marks: list[tuple[int, GoldClause]] = field(default_factory=list)  # (line within the block, clause)


def read_golden(path: Path) -> GoldenDocument:
    """The document and clauses of a golden file; raises ValueError with the line that cannot be read."""
    language, raw, waiting, clauses = "en", list[_MarkedBlock](), list[GoldClause](), list[GoldClause]()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("# "):
            continue
        if line.startswith("lang "):
            language = line[5:].strip()
        elif line.startswith("@ "):
            waiting.append(_marked(line[2:]))
            clauses.append(waiting[-1])
        elif line.startswith("+ ") and raw:
            raw[-1].marks.extend((len(raw[-1].lines), clause) for clause in waiting)
            raw[-1].lines.append(line[2:])
            waiting.clear()
        elif match := _LINE.fullmatch(line):
            raw.append(_block(match))
            raw[-1].marks.extend((0, clause) for clause in waiting)
            waiting.clear()
        else:
            raise ValueError(f"{path.name}:{number}: neither a block nor a mark: {line!r}")
    return GoldenDocument(path.stem, _document(path.stem, language, raw), clauses)


def _block(match: re.Match[str]) -> _MarkedBlock:
    level = int(match["level"]) if match["level"] else None
    bold = match["bold"] or ""
    text = bold + match["text"]
    generated = len(text.split(" ", 1)[0]) + 1 if match["kind"] == "ol" else 0
    return _MarkedBlock(_KINDS[match["kind"]], level, [text], len(bold), generated)


def _marked(line: str) -> GoldClause:
    number, _, rest = (part.strip() for part in line.partition("|"))
    path, _, flags = (part.strip() for part in rest.partition("|"))
    headings = tuple(part.strip() for part in path.split(" > ") if part.strip())
    clause = GoldClause(None if number == "-" else number, headings)
    for flag in flags.split("|"):
        name, _, value = flag.strip().partition("=")
        if name == "heading":
            clause.heading = True
        elif name == "lead":
            clause.lead = int(value)
        elif name == "defines":
            clause.defines = tuple(term.strip() for term in value.split(";"))
    return clause


def _document(name: str, language: str, raw: Sequence[_MarkedBlock]) -> Document:
    text, blocks = assemble(
        RawBlock(marked.kind, "\n".join(marked.lines), marked.level, bold=marked.bold, generated=marked.generated)
        for marked in raw
    )
    for marked, block in zip(raw, blocks, strict=True):
        line_starts = [0]
        for line in marked.lines:
            line_starts.append(line_starts[-1] + len(line) + 1)
        for line_number, clause in marked.marks:
            clause.start = block.start + line_starts[line_number]
    return document_of(text, name=name, language=language).model_copy(update={"blocks": blocks})


def document_of(text: str, *, name: str = "golden", language: str | None = None) -> Document:
    """A document with this text and no blocks, for benchmarks and tests."""
    return Document(
        source=f"{name}.txt",
        media_type="text/plain",
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        title=None,
        language=language,
        extractor="golden/1",
        text=text,
        blocks=(),
    )


def measure(golden: GoldenDocument) -> SegmentationFigures:
    """The figures of one golden document."""
    ours = cut_clauses(golden.document)
    starts, gold_starts = {clause.start for clause in ours}, {clause.start for clause in golden.clauses}
    common = len(starts & gold_starts)
    precision, recall = common / len(starts), common / len(gold_starts)
    by_start = {clause.start: clause for clause in ours}
    pairs = [(gold, by_start.get(gold.start)) for gold in golden.clauses]
    return SegmentationFigures(
        name=golden.name,
        clauses=len(golden.clauses),
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / (precision + recall) if common else 0.0,
        numbers=_share(our is not None and our.number == gold.number for gold, our in pairs),
        paths=_share(our is not None and our.heading_path == gold.path for gold, our in pairs),
        leads=_share(_same_lead(gold, our, golden.clauses, ours) for gold, our in pairs),
        terms=_share(our is not None and our.defines == gold.defines for gold, our in pairs),
    )


def _same_lead(gold: GoldClause, our: Clause | None, golds: Sequence[GoldClause], ours: Sequence[Clause]) -> bool:
    if our is None or our.heading_only != gold.heading:
        return False
    if gold.lead is None or our.lead_in is None:
        return gold.lead is None and our.lead_in is None
    opener = next(clause for clause in ours if clause.id == our.lead_in)
    return opener.start == golds[gold.lead - 1].start


def _share(hits: Iterable[bool]) -> float:
    collected = list(hits)
    return sum(collected) / len(collected)


def differences(golden: GoldenDocument) -> list[str]:
    """Every difference between our clauses and the marks, a line each; for work on the rules."""
    cut = cut_clauses(golden.document)
    ours = {clause.start: clause for clause in cut}
    text, lines = golden.document.text, []
    for gold in golden.clauses:
        our = ours.pop(gold.start, None)
        words = text[gold.start : gold.start + 40].replace("\n", " ")
        if our is None:
            lines.append(f"missing boundary before {words!r}")
        elif (our.number, our.heading_path, our.heading_only, our.defines) != (
            gold.number,
            gold.path,
            gold.heading,
            gold.defines,
        ):
            lines.append(f"{words!r}: {our.number} {our.heading_path} {our.heading_only} {our.defines}, not {gold}")
        elif not _same_lead(gold, our, golden.clauses, cut):
            lines.append(f"{words!r}: opened by {our.lead_in}, not by c{gold.lead}")
    lines.extend(f"unexpected boundary before {clause.text[:40]!r}" for clause in ours.values())
    return lines


def generated_documents(count: int, seed: int = 1) -> Iterator[Document]:
    """Documents of random blocks made of difficult pieces; the same ones for the same seed."""
    source = random.Random(seed)  # noqa: S311 - test material, no secret
    for _ in range(count):
        raw = []
        for _ in range(source.randrange(1, 25)):
            pieces = [source.choice(_PIECES) for _ in range(source.randrange(0, 14))]
            level = source.choice([None, 1, 2, 3, 6])
            kind = source.choice(list(_KINDS.values()))
            text = source.choice([" ", " ", "", "\n"]).join(pieces)
            raw.append(RawBlock(kind, text, level, bold=source.randrange(12), generated=source.choice([0, 0, 3])))
        text, blocks = assemble(raw)
        yield document_of(text, language=source.choice(["en", "de", "pl", None])).model_copy(update={"blocks": blocks})


def broken_tilings(documents: Iterable[Document]) -> int:
    """How many documents are cut into clauses that overlap, lose or change text, or are too long."""
    broken = 0
    for document in documents:
        end, sound = 0, True
        for clause in cut_clauses(document):
            sound &= clause.start >= end and not document.text[end : clause.start].strip()
            sound &= (
                document.text[clause.start : clause.end] == clause.text and 0 < len(clause.text) <= _MAX_CLAUSE_LENGTH
            )
            end = clause.end
        broken += not (sound and not document.text[end:].strip())
    return broken


def seconds_for(size: int) -> float:
    """Seconds of processor time to cut a text of ``size`` characters, in numbered paragraphs of a usual length."""
    paragraph = "{}. You agree, see Sec. 5 and 15 U.S.C. § 45, that we may change it:\n(a) today; or\n(b) tomorrow.\n\n"
    document = document_of("".join(paragraph.format(n % 99 + 1) for n in range(size // len(paragraph))))
    started = time.process_time()
    cut_clauses(document)
    return time.process_time() - started


def run(data: Path) -> tuple[list[SegmentationFigures], RealFigures | None]:
    """The golden documents in name order, and the files of ``data/versions``, None where that folder is missing."""
    rows = [measure(read_golden(path)) for path in sorted(GOLDEN.glob("*.txt"))]
    folder = data / "versions"
    return rows, _real(sorted(folder.rglob("*.md"))) if folder.is_dir() else None


def _real(paths: Sequence[Path]) -> RealFigures:
    clauses, longest, rates, seconds, characters = 0, 0, list[float](), 0.0, 0
    for path in paths:
        document = extract(path.read_bytes(), source=path.name, language="en")
        started = time.process_time()
        cut = cut_clauses(document)
        duration = time.process_time() - started
        clauses, longest = clauses + len(cut), max(longest, *(len(clause.text) for clause in cut))
        seconds, characters = seconds + duration, characters + len(document.text)
        rates.append(duration / max(len(document.text), 1) * 50_000)
    return RealFigures(len(paths), clauses, longest, max(rates), seconds / characters * 50_000)


def table(rows: Sequence[SegmentationFigures], real: RealFigures | None) -> str:
    """The figures as text."""
    heads = ("clauses", "P", "R", "F1", "number", "path", "lead-in", "terms")
    lines = [f"{'golden document':26}" + "".join(f"{head:>9}" for head in heads)]
    for row in rows:
        shares = (row.precision, row.recall, row.f1, row.numbers, row.paths, row.leads, row.terms)
        lines.append(f"{row.name:26}{row.clauses:9}" + "".join(f"{share:9.3f}" for share in shares))
    total = sum(row.clauses for row in rows)
    lines.append(
        f"{len(rows)} documents, {total} clauses: mean boundary F1 {sum(row.f1 for row in rows) / len(rows):.4f}, "
        f"worst {min(row.f1 for row in rows):.3f}, numbers right "
        f"{sum(row.numbers * row.clauses for row in rows) / total:.4f}"
    )
    if real:
        lines.append(
            f"versions/: {real.files} files, {real.clauses} clauses, longest {real.longest} characters "
            f"(bound {_MAX_CLAUSE_LENGTH}), per 50 kB {real.mean * 1000:.1f} ms, "
            f"slowest file {real.slowest * 1000:.1f} ms"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table and, with ``--differences``, every clause that differs from the marks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="the folder that holds versions/")
    parser.add_argument("--differences", action="store_true", help="list what differs from the marks")
    options = parser.parse_args(arguments)
    rows, real = run(options.data)
    sys.stdout.write(table(rows, real) + "\n")
    whole, half = (seconds_for(size) for size in _LARGE_SIZES)
    sys.stdout.write(f"a text of 5 MB takes {whole:.1f} s, one of half its size {half:.1f} s\n")
    broken = broken_tilings(generated_documents(_GENERATED_DOCUMENTS))
    sys.stdout.write(f"generated documents whose clauses do not tile the text: {broken} of {_GENERATED_DOCUMENTS}\n")
    if options.differences:
        for path in sorted(GOLDEN.glob("*.txt")):
            for line in differences(read_golden(path)):
                sys.stdout.write(f"{path.stem}: {line}\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
