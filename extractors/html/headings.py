"""Headings that authors set as bold paragraphs, and numbers that they set apart from the heading they belong to."""

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.html.written import WrittenBlock
from extractors.layout import RawBlock, clean

# Chosen by eye on the development pages; decision 15 (docs/decisions) says which of them are sensitive.
_MAX_HEADING_CHARS = 130  # of a paragraph that can be a heading
_MAX_HEADING_SENTENCE_CHARS = 70  # the same if it ends with a period; halved or doubled, 2 or 3 of 29 real pages change
_MAX_BOLD_SHARE = 0.35  # of a document's characters in bold paragraphs; above it bold type marks nothing
_MAX_LINK_SHARE = 0.5  # of the characters of a heading
_MAX_LONE_NUMBER_CHARS = 12
_LONE_NUMBER = re.compile(
    r"(?:§\s?|section |article |chapter )?[(\[]?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,5})[.)\]:]?",
    re.IGNORECASE,
)
_DOTTED_NUMBER = re.compile(r"[(\[]?(\d{1,3}(?:\.\d{1,3}){0,4})[.)\]:]?\s")
_TITLE_WITHIN_BLOCKS = 4  # from the start, in which the page's title is looked for
_DEEPEST_LEVEL = 6
_LETTER = re.compile(r"[^\W\d_]")


def join_numbers(blocks: Sequence[WrittenBlock]) -> list[WrittenBlock]:
    """A block that is nothing but a number joins the heading or paragraph after it: "1." + "Definitions"."""
    joined: list[WrittenBlock] = []
    for written in blocks:
        previous = joined[-1].block if joined else None
        if previous is not None and _is_lone_number(previous) and written.block.kind in ("heading", "paragraph"):
            joined[-1] = replace(written, block=_with_number(previous, written.block))
        else:
            joined.append(written)
    return joined


def _with_number(number: RawBlock, block: RawBlock) -> RawBlock:
    text = f"{number.text} {block.text}"
    number_chars = len(text) - len(block.text)
    return replace(
        block,
        text=text,
        bold=block.bold + number_chars if block.bold else 0,
        generated=0,
        anchor=number.anchor or block.anchor,
    )


def _is_lone_number(block: RawBlock) -> bool:
    text = block.text
    if block.kind != "paragraph" or block.generated:
        return False
    if len(text) > _MAX_LONE_NUMBER_CHARS or not _LONE_NUMBER.fullmatch(text):
        return False
    return text[-1] in ".)" or any(character.isdigit() for character in text)


def promote_headings(blocks: Sequence[WrittenBlock]) -> list[WrittenBlock]:
    """Paragraphs that are short, all bold and not the last block become headings one level below the last one.

    A dotted number decides the level among them: "2.1" is one level below "2"; so does a class name such as "h3".
    """
    chars = sum(len(written.block.text) for written in blocks)
    bold_chars = sum(
        len(written.block.text) for written in blocks if written.all_bold and written.block.kind == "paragraph"
    )
    if not chars or bold_chars > chars * _MAX_BOLD_SHARE:
        return list(blocks)
    promoted: list[WrittenBlock] = []
    marked_level = 1  # of the last heading that the page itself marks
    top_level: int | None = None  # of undotted numbers among the promoted headings under it
    for index, written in enumerate(blocks):
        block = written.block
        if block.kind == "heading":
            marked_level, top_level = block.level or 1, None
        elif _is_heading(written) and index + 1 < len(blocks):
            dotted = _DOTTED_NUMBER.match(block.text)
            if written.named_level:
                level = written.named_level
            elif dotted:
                depth = dotted.group(1).count(".") + 1
                top_level = top_level or max(marked_level + 1 - (depth - 1 if marked_level > 1 else 0), 2)
                level = top_level + depth - 1
            else:
                level = (top_level or marked_level) + 1
            block = replace(block, kind="heading", level=min(level, _DEEPEST_LEVEL))
        promoted.append(written if block is written.block else replace(written, block=block))
    return promoted


def promote_title(blocks: Sequence[WrittenBlock], declared: str | None) -> list[WrittenBlock]:
    """The first line that repeats the title in the page's head becomes the top heading, if there is none yet.

    Args:
        blocks: in reading order.
        declared: the title in the page's head, None for a page without one.

    """
    blocks = list(blocks)
    if not declared or any(written.block.kind == "heading" and written.block.level == 1 for written in blocks):
        return blocks
    for index, written in enumerate(blocks[:_TITLE_WITHIN_BLOCKS]):
        block = written.block
        if block.kind != "table_row" and clean(block.text).casefold() == declared.casefold():
            blocks[index] = replace(written, block=replace(block, kind="heading", level=1))
            break
    return blocks


def _is_heading(written: WrittenBlock) -> bool:
    block = written.block
    if block.kind != "paragraph" or not written.all_bold or "\n" in block.text or block.level:
        return False
    text = block.text
    if len(text) > _MAX_HEADING_CHARS or not _LETTER.search(text) or written.link_share > _MAX_LINK_SHARE:
        return False
    if text.endswith((".", "。")):
        return len(text) <= _MAX_HEADING_SENTENCE_CHARS
    return not text.endswith((":", ";", ",", "!"))
