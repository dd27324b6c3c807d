"""Raw blocks to canonical text: only visible characters, each block at its offsets, page breaks where they are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.layout import RawBlock, assemble, clean, page_at
from smallprint.errors import DocumentError

_UNUSUAL_TEXT = st.text(
    st.sampled_from("ab .\n\r\t\x00\x0b\u00ad\u200b\u202e\u2028\ufeff\u00a0\u3000\uf0b7\ue001\U000f0010é😀")
)


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        pytest.param("a  b\t c\u00a0d", "a b c d", id="runs of white space are one space"),
        pytest.param(" a \n \n\n b ", "a\nb", id="blank lines become one line end"),
        pytest.param("a\r\nb\rc\u2028d", "a\nb\nc\nd", id="line ends of all systems are newlines"),
        pytest.param("re\u00adfund\u200b", "refund", id="soft hyphens and zero-width characters are removed"),
        pytest.param("\u202eabc\u202c", "abc", id="characters that change the direction are removed"),
        pytest.param("a\x00b\x07", "ab", id="controls"),
        pytest.param("Download \U000f0010\ue001", "Download", id="icons"),
        pytest.param("\uf0b7 item", "• item", id="the bullet of a symbol font"),
        pytest.param("a\ud800b", "ab", id="half of a surrogate pair"),
    ],
)
def test_clean_keeps_only_what_a_reader_sees(text, cleaned):
    assert clean(text) == cleaned


@given(st.one_of(st.text(), _UNUSUAL_TEXT))
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)


_RAW = st.lists(
    st.builds(
        RawBlock,
        kind=st.sampled_from(["heading", "paragraph", "list_item", "table_row", "page_furniture"]),
        text=st.one_of(st.text(max_size=30), _UNUSUAL_TEXT),
        bold=st.integers(0, 40),
        generated=st.integers(0, 40),
        page=st.integers(1, 3),
        page_breaks=st.lists(st.integers(0, 40), max_size=2).map(sorted).map(tuple),
    ),
    max_size=12,
)


@given(_RAW)
def test_blocks_hold_the_text_in_order(raw):
    text, blocks = assemble(raw)
    texts = [clean(block.text) for block in raw if block.kind != "page_furniture" and clean(block.text)]
    assert [text[block.start : block.end] for block in blocks] == texts
    end = 0
    for block in blocks:
        assert not text[end : block.start].strip()
        assert 0 <= block.bold <= block.end - block.start
        assert 0 <= block.generated <= block.end - block.start
        assert all(block.start <= offset <= block.end for offset in block.page_breaks)
        end = block.end
    assert end == len(text)


def test_a_line_break_separates_items_and_rows_and_a_blank_line_all_else():
    raw = [
        RawBlock(kind, kind) for kind in ("paragraph", "list_item", "list_item", "table_row", "table_row", "heading")
    ]
    assert assemble(raw)[0] == "paragraph\n\nlist_item\nlist_item\n\ntable_row\ntable_row\n\nheading"


def test_bold_and_generated_lengths_follow_the_text_when_it_is_cleaned():
    raw = RawBlock("list_item", " 1.   Fees \u200b apply.", bold=11, generated=6)
    text, (block,) = assemble([raw])
    assert (text[: block.generated], text[: block.bold]) == ("1. ", "1. Fees")


def test_an_offset_is_on_the_page_that_shows_it():
    raw = [RawBlock("paragraph", "first", page=1), RawBlock("paragraph", "two  and three", page=2, page_breaks=(5, 9))]
    text, blocks = assemble(raw)
    pages = {word: page_at(blocks, text.index(word)) for word in ("first", "two", "and", "three")}
    assert pages == {"first": 1, "two": 2, "and": 3, "three": 4}
    assert page_at(blocks, 5) == 1  # white space belongs to the block before it
    assert page_at(assemble([RawBlock("paragraph", "no pages")])[1], 3) is None


def test_more_blocks_than_any_document_has_are_refused():
    with pytest.raises(DocumentError) as caught:
        assemble(RawBlock("paragraph", "a") for _ in range(300_000))
    assert caught.value.code == "too_large"
