"""Two citations of a page, the company's document and our record, each as text, BibTeX, RIS and CSL-JSON."""

import json
import re
from dataclasses import dataclass
from datetime import datetime

from app.archive.edition import DocumentPage, RecordPage, RecordWording

ARCHIVE_NAME = "Smallprint archive"
SHORT_HASH = 16  # hex digits; enough to tell any two wordings of an archive apart, and short enough to print


@dataclass(frozen=True)
class Citation:
    """What is cited, in the forms that people and reference managers take; the accessed date is the reader's to add."""

    key: str
    author: str
    title: str
    container: str
    issued: datetime
    url: str
    note: str

    def text(self) -> str:
        """One line for a footnote."""
        day = f"{self.issued:%-d %B %Y}"
        return f"{self.author}, {self.title}. {self.container}, {day}. {self.note}. {self.url}".replace("..", ".")

    def bibtex(self) -> str:
        """A ``@misc`` entry."""
        fields = {
            "author": f"{{{_tex(self.author)}}}",
            "title": f"{{{_tex(self.title)}}}",
            "howpublished": _tex(self.container),
            "year": f"{self.issued:%Y}",
            "month": f"{self.issued:%b}".lower(),
            "url": self.url,
            "note": _tex(self.note),
        }
        body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
        return f"@misc{{{self.key},\n{body}\n}}"

    def ris(self) -> str:
        """A record of the RIS format, for EndNote, Zotero and their like."""
        lines = [
            ("TY", "ELEC"),
            ("AU", self.author),
            ("TI", self.title),
            ("T2", self.container),
            ("PY", f"{self.issued:%Y}"),
            ("DA", f"{self.issued:%Y/%m/%d}"),
            ("UR", self.url),
            ("N1", self.note),
            ("ER", ""),
        ]
        return "\n".join(f"{tag}  - {_one_line(value)}" for tag, value in lines if value or tag == "ER")

    def csl(self) -> str:
        """CSL-JSON."""
        item = {
            "id": self.key,
            "type": "webpage",
            "title": self.title,
            "author": [{"literal": self.author}],
            "container-title": self.container,
            "issued": {"date-parts": [[self.issued.year, self.issued.month, self.issued.day]]},
            "URL": self.url,
            "note": self.note,
        }
        return json.dumps([item], ensure_ascii=False, indent=1)


def cite_record(record: RecordPage, wording: RecordWording, document: DocumentPage, url: str) -> Citation:
    """Our record: its id with the wording's version and hash.

    Args:
        record: what is cited.
        wording: the version that the reader saw.
        document: whose it is from.
        url: where the wording stands for ever.

    """
    return Citation(
        key=f"{record.id}-v{wording.version}",
        author=record.entity,
        title=wording.draft.title,
        container=ARCHIVE_NAME,
        issued=wording.approved_at,
        url=url,
        note=(
            f"Record {record.id}, version {wording.version}, SHA-256 {wording.sha256[:SHORT_HASH]}; "
            f"from {document.title}, captured {document.captured_at:%Y-%m-%d %H:%M:%S} UTC"
        ),
    )


def cite_document(document: DocumentPage) -> Citation:
    """The company's own document as it was captured."""
    return Citation(
        key=f"{document.id}-{document.sha256[:8]}",
        author=document.entity,
        title=document.title,
        container=document.terms_type or "Terms",
        issued=document.captured_at,
        url=document.url,
        note=f"Captured {document.captured_at:%Y-%m-%d %H:%M:%S} UTC, SHA-256 {document.sha256[:SHORT_HASH]}",
    )


def _tex(text: str) -> str:
    """Text with the characters escaped that TeX reads as commands."""
    escapes = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    return re.sub(r"[\\~^#$%&_{}]", lambda match: escapes.get(match[0], f"\\{match[0]}"), _one_line(text))


def _one_line(text: str) -> str:
    return " ".join(text.split())
