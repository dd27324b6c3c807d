"""HTML pages of our own and what a reader sees in each: golden pairs ``x.html`` and ``x.expected.json``.

``python -m tests.extractors.html.test_golden`` rewrites the expectations; read the diff before committing it.
"""

import json
from pathlib import Path

import pytest

from extractors.html import extract_html
from extractors.layout import Options, assemble
from smallprint.errors import DocumentError

PAGES = sorted((Path(__file__).parents[2] / "golden" / "html").glob("*.html"))
KINDS = {"heading": "H", "list_item": "L", "paragraph": "P", "table_row": "T"}


def describe(path: Path) -> dict[str, object]:
    """The extraction of a page: one line a block, ``{}`` around a number that the markup generates."""
    try:
        extraction = extract_html(path.read_bytes(), Options(source=path.name))
    except DocumentError as error:
        return {"error": error.code, "advice": error.advice}
    text, blocks = assemble(extraction.blocks)
    lines = []
    for block in blocks:
        number, rest = (
            text[block.start : block.start + block.generated],
            text[block.start + block.generated : block.end],
        )
        lines.append(f"{KINDS[block.kind]}{block.level or ''} {f'{{{number}}}' if number else ''}{rest}")
    return {
        "title": extraction.title,
        "language": extraction.language,
        "warnings": [f"{warning.code}: {warning.detail}" for warning in extraction.warnings],
        "blocks": lines,
    }


@pytest.mark.parametrize("page", PAGES, ids=[path.stem.replace("_", " ") for path in PAGES])
def test_a_page_is_extracted_as_expected(page: Path) -> None:
    assert describe(page) == json.loads(page.with_suffix(".expected.json").read_text(encoding="utf-8"))


def test_there_are_at_least_25_pages() -> None:
    assert len(PAGES) >= 25


if __name__ == "__main__":
    for page in PAGES:
        expected = json.dumps(describe(page), ensure_ascii=False, indent=1) + "\n"
        page.with_suffix(".expected.json").write_text(expected, encoding="utf-8")
