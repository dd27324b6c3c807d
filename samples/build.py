"""Build the PDF and the DOCX sample from ``samples/src``: ``python -m samples.build`` (needs reportlab)."""

import sys
from datetime import UTC, datetime

from samples import folder
from samples.markup import read_source
from samples.two_columns import write_pdf
from samples.word_file import write_docx


def dating_terms() -> bytes:
    """``lanternpair/terms.pdf`` from its source."""
    blocks = read_source((folder() / "src" / "lanternpair-terms.md").read_text(encoding="utf-8"))
    return write_pdf(
        blocks,
        head="Lanternpair Terms of Use",
        date="Effective September 1, 2025",
        foot="Lanternpair, Inc., Austin, Texas",
    )


def health_terms() -> bytes:
    """``mossgarth/terms.docx`` from its source."""
    blocks = read_source((folder() / "src" / "mossgarth-terms.md").read_text(encoding="utf-8"))
    return write_docx(
        blocks,
        head="Mossgarth Terms and Conditions, version 7.1",
        foot="Mossgarth Health",
        date=datetime(2025, 10, 1, tzinfo=UTC),
    )


BUILT = {"lanternpair/terms.pdf": dating_terms, "mossgarth/terms.docx": health_terms}


def main() -> int:
    """Write every built sample."""
    for name, build in BUILT.items():
        (folder() / name).write_bytes(build())
        sys.stdout.write(f"wrote samples/{name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
