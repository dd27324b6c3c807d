"""Assertions that hold for every document and its clauses: offsets are right and nothing is lost."""

from collections.abc import Sequence

from smallprint.records import Clause, Document


def assert_document(document: Document) -> None:
    """Blocks are in order, do not overlap, hold visible text, and leave only white space between them."""
    end = 0
    for block in document.blocks:
        assert end <= block.start < block.end <= len(document.text)
        assert not document.text[end : block.start].strip()
        text = document.text[block.start : block.end]
        assert text == text.strip() != ""
        assert 0 <= block.bold <= len(text)
        assert 0 <= block.generated <= len(text)
        assert all(block.start <= offset <= block.end for offset in block.page_breaks)
        assert list(block.page_breaks) == sorted(block.page_breaks)
        end = block.end
    assert not document.text[end:].strip()


def assert_tiles(document: Document, clauses: Sequence[Clause]) -> None:
    """Clauses tile the text: in order, each the text at its offsets, only white space between, none too long."""
    end = 0
    for index, clause in enumerate(clauses, start=1):
        assert clause.id == f"c{index}"
        assert clause.text == document.text[clause.start : clause.end]
        assert clause.text == clause.text.strip() != ""
        assert clause.start >= end
        assert not document.text[end : clause.start].strip()
        assert len(clause.text) <= 4000
        end = clause.end
    assert not document.text[end:].strip()
    indices = {clause.id: index for index, clause in enumerate(clauses)}
    for index, clause in enumerate(clauses):
        assert clause.lead_in is None or indices[clause.lead_in] < index
        if document.page_count is not None:
            assert clause.page_start is not None
            assert clause.page_end is not None
            assert 1 <= clause.page_start <= clause.page_end <= document.page_count
