"""Clauses: spans that tile the text, cut where a lawyer cites, with numbers, headings, lead-ins and terms."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.benchmarks.segmentation import GOLDEN, document_of, measure, read_golden
from extractors import extract
from extractors.clauses import cut_clauses
from extractors.document_title import document_title
from extractors.layout import RawBlock, assemble
from smallprint.records import Block
from tests.extractors.contract import assert_tiles

GOLDEN_FILES = sorted(GOLDEN.glob("*.txt"))
DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
EXAMPLES = int(os.environ.get("SMALLPRINT_EXAMPLES", "200"))  # the benchmark of offsets runs ten thousand


def build_document(*blocks, language="en"):
    raw = [block if isinstance(block, RawBlock) else RawBlock("paragraph", block) for block in blocks]
    text, assembled = assemble(raw)
    return document_of(text, language=language).model_copy(update={"blocks": assembled})


@pytest.mark.parametrize("path", GOLDEN_FILES, ids=lambda path: path.stem)
def test_a_golden_document_is_cut_as_annotated(path):
    row = measure(read_golden(path))
    assert row.f1 >= 0.97
    assert row.numbers >= 0.97
    assert row.paths >= 0.9
    assert row.leads >= 0.9
    assert row.terms >= 0.9


def test_there_are_enough_golden_documents():
    assert len(GOLDEN_FILES) >= 12
    assert sum(len(read_golden(path).clauses) for path in GOLDEN_FILES) >= 150


def test_a_short_bulleted_list_stays_with_its_lead_in():
    document = build_document(
        "You may not:", RawBlock("list_item", "copy it;", 1), RawBlock("list_item", "sell it.", 1)
    )
    assert [clause.text for clause in cut_clauses(document)] == ["You may not:\n\ncopy it;\nsell it."]


def test_items_of_a_long_list_are_clauses_with_their_lead_in():
    items = [RawBlock("list_item", f"{word} " * 60, 1) for word in ("copying", "selling", "lending")]
    clauses = cut_clauses(build_document("You may not do any of this:", *items))
    assert [clause.lead_in for clause in clauses] == [None, "c1", "c1", "c1"]


def test_numbered_items_are_clauses_of_any_length():
    clauses = cut_clauses(build_document("1. You may not:", "(a) copy it;", "(b) sell it."))
    assert [(clause.number, clause.lead_in) for clause in clauses] == [("1", None), ("1(a)", "c1"), ("1(b)", "c1")]


def test_rows_of_a_long_table_have_its_first_rows_as_lead_in():
    rows = [RawBlock("table_row", f"Kind {row} | " + "purpose " * 30) for row in range(20)]
    clauses = cut_clauses(build_document(RawBlock("heading", "What we collect", 2), *rows))
    assert len(clauses) > 2
    assert {clause.lead_in for clause in clauses[1:]} == {"c1"}
    assert all(clause.heading_path == ("What we collect",) for clause in clauses)


def test_a_long_paragraph_is_cut_at_sentences():
    document = build_document(
        "4.1 " + "The service, see 15 U.S.C. § 45, is provided by Kestrel, Inc. Terms and all. " * 200
    )
    clauses = cut_clauses(document)
    assert_tiles(document, clauses)
    assert len(clauses) > 2
    assert all(clause.text.endswith("all.") for clause in clauses)
    assert {clause.number for clause in clauses} == {"4.1"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("word " * 5000, id="one sentence without an end"),
        pytest.param("x" * 9001, id="one word"),
        pytest.param("first; " + "second part, and more " * 400 + "; third", id="semicolons and commas"),
        pytest.param("我们收集您的信息" * 2000, id="Chinese without a stop"),
    ],
)
def test_no_clause_is_longer_than_the_bound(text):
    document = build_document(text)
    assert_tiles(document, cut_clauses(document))


def test_a_clause_has_the_pages_of_its_blocks():
    document = build_document(
        RawBlock("paragraph", "On the first page.", page=1),
        RawBlock("paragraph", "Begun on the second and ended on the third.", page=2, page_breaks=(25,)),
    )
    assert [(clause.page_start, clause.page_end) for clause in cut_clauses(document)] == [(1, 1), (2, 3)]


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("“Services” means all that we offer.", ("Services",)),
        ('Oat LLC (the "Bakery", "we" or "us") bakes.', ("Bakery", "we", "us")),
        ("“We,” “Us,” and “Our” refer to Oat LLC.", ("We", "Us", "Our")),
        ('Photos and texts (collectively, "Content") are yours.', ("Content",)),
        ("Die Oat GmbH (nachfolgend „Bäckerei“) backt.", ("Bäckerei",)),
        ("La société (ci-après le « Vendeur ») vend.", ("Vendeur",)),
        ("Los artículos (en adelante, «Productos») se venden.", ("Productos",)),
        ("I beni (di seguito, “Prodotti”) sono venduti.", ("Prodotti",)),
        ("Spółka (zwana dalej „Sprzedawcą”) sprzedaje.", ("Sprzedawcą",)),
        ("Services means all that we offer.", ("Services",)),
        ("He said (and I quote what my good friend wrote) “no”.", ()),
        ("The word “including” means without limitation.", ()),
        ("We call this a day.", ()),
    ],
)
def test_defined_terms_are_recognized(text, terms):
    assert cut_clauses(build_document(text))[0].defines == terms


def test_a_table_of_contents_is_one_clause_without_numbers():
    names = ("1. Fees", "2. Refunds", "3. Law")
    contents = [RawBlock("list_item", name, 1) for name in names]
    body = [block for name in names for block in (RawBlock("heading", name, 2), RawBlock("paragraph", "It is so."))]
    clauses = cut_clauses(build_document(*contents, *body))
    assert [clause.number for clause in clauses] == [None, "1", "2", "3"]


def test_text_outside_of_blocks_is_not_lost():
    document = document_of("Before.\n\nInside.\n\nAfter.").model_copy(
        update={"blocks": (Block(kind="paragraph", start=9, end=16), Block(kind="paragraph", start=12, end=16))}
    )
    assert_tiles(document, cut_clauses(document))


def test_an_empty_text_has_no_clauses():
    assert cut_clauses(document_of("")) == ()


_WORDS = st.sampled_from(
    ["1.", "1.1", "(a)", "(i)", "iv.", "A.", "Section 4", "ARTICLE IX", "§ 5", "Fees", "You may not:", "pay", "e.g.",
     "Inc.", "\n", "- ", "x" * 300, "“Term” means", "?", "Schedule 1", "2024", "。", "\u00a0", "(", "|"]
)  # fmt: skip
_BLOCKS = st.lists(
    st.builds(
        RawBlock,
        kind=st.sampled_from(["heading", "paragraph", "list_item", "table_row"]),
        text=st.one_of(st.lists(_WORDS, max_size=12).map(" ".join), st.text(max_size=40)),
        level=st.one_of(st.none(), st.integers(1, 7)),
        page=st.one_of(st.none(), st.integers(1, 3)),
        bold=st.integers(0, 20),
        generated=st.integers(0, 4),
    ),
    max_size=25,
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(_BLOCKS, st.sampled_from(["en", "de", "pl", None]))
def test_clauses_tile_any_document(blocks, language):
    document = build_document(*blocks, language=language)
    clauses = cut_clauses(document)
    assert_tiles(document, clauses)
    ids = {clause.id for clause in clauses}
    assert all(clause.lead_in in ids for clause in clauses if clause.lead_in)
    assert all(int(clause.lead_in[1:]) < int(clause.id[1:]) for clause in clauses if clause.lead_in)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(max_size=300), st.lists(st.tuples(st.integers(0, 300), st.integers(0, 300)), max_size=6))
def test_clauses_tile_any_text_with_any_blocks(text, spans):
    blocks = tuple(Block(kind="paragraph", start=min(span), end=max(span)) for span in spans)
    document = document_of(text).model_copy(update={"blocks": blocks})
    assert_tiles(document, cut_clauses(document))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("4.1 You agree that it is so, see Sec. 5. We may change it.\n\n" * 20_000, id="paragraphs"),
        pytest.param("1 Foo\n" * 50_000, id="bare numbers"),
        pytest.param("(i) foo\n" * 30_000, id="roman numerals that never count up"),
        pytest.param('("a", ' * 200_000, id="brackets and quotes that never close"),
        pytest.param('"a" ' * 300_000, id="quotes"),
        pytest.param("word " * 250_000, id="one endless line"),
    ],
)
def test_a_large_text_is_cut_within_bounds(text):
    """At these sizes anything slower than linear time would not end; the benchmark measures the time."""
    document = document_of(text)
    assert_tiles(document, cut_clauses(document))


@pytest.mark.skipif(not (DATA / "versions").is_dir(), reason="the folder of real documents is missing")
def test_real_documents_are_cut_within_bounds():
    paths = sorted((DATA / "versions").rglob("*.md"))[::12]
    assert paths
    for path in paths:
        document = extract(path.read_bytes(), source=path.name, language="en")
        assert_tiles(document, cut_clauses(document))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        pytest.param("(i) pay in advance; (ii) wait a week; or (iii) come back.", None, id="the list is one sentence"),
        pytest.param("(i) pay in advance;", "(i)", id="each item is a line"),
        pytest.param("(a) see paragraph (b) below.", "(a)", id="the second number is a reference"),
    ],
)
def test_a_number_that_its_sentence_continues_is_not_a_clause_number(text, number):
    clauses = cut_clauses(
        build_document("You may do any of the following, at any time and as often as you like:" * 2, text)
    )
    assert clauses[-1].number == number


@pytest.mark.parametrize(
    ("blocks", "title"),
    [
        pytest.param([("heading", "Contents", 2), ("heading", "Tide Club", 1)], "Tide Club", id="the largest heading"),
        pytest.param([("paragraph", "Tide Privacy Policy", None), ("heading", "1. Data", 2)], "Tide Privacy Policy",
                     id="a line that names a type of document"),
        pytest.param([("heading", "1. Introduction", 1)], None, id="a numbered heading is the title of a section only"),
        pytest.param([("heading", "Tide Club", 3), ("paragraph", "We sail.", None)], "Tide Club", id="what opens it"),
        pytest.param([("paragraph", "We sail.", None), ("heading", "Boats", 3)], None, id="a later section"),
    ],
)  # fmt: skip
def test_the_title_of_a_document_is_found_in_its_blocks(blocks, title):
    assert document_title([RawBlock(kind, text, level) for kind, text, level in blocks]) == title
