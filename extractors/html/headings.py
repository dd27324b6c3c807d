"""Headings that authors set as bold paragraphs, and numbers that they set apart from the heading they belong to."""

import re
from collections.abc import Sequence
from dataclasses import replace

from extractors.html.written import WrittenBlock
from extractors.layout import RawBlock, clean

_LONGEST = 130  # characters of a heading set as a paragraph
_LONGEST_SENTENCE = 70  # the same if it ends with a period
_BOLD_SHARE = 0.35  # of a document's characters; above it bold type marks nothing
_LONE_NUMBER = re.compile(
    r"(?:§\s?|section |article |chapter )?[(\[]?(?:\d{1,3}(?:\.\d{1,3}){0,4}|[A-Za-z]|[ivxIVX]{1,5})[.)\]:]?",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"[(\[]?(\d{1,3}(?:\.\d{1,3}){0,4})[.)\]:]?\s")
_TITLE_WITHIN = 4  # blocks from the start in which the page's title is looked for
_LETTER = re.compile(r"[^\W\d_]")


def join_numbers(blocks: Sequence[WrittenBlock]) -> list[WrittenBlock]:
    """A block that is nothing but a number joins the heading or paragraph after it: "1." + "Definitions"."""
    found: list[WrittenBlock] = []
    for one in blocks:
        before = found[-1].block if found else None
        if before is not None and _is_lone_number(before) and one.block.kind in ("heading", "paragraph"):
            found[-1] = replace(one, block=_numbered(before, one.block))
        else:
            found.append(one)
    return found


def _numbered(number: RawBlock, block: RawBlock) -> RawBlock:
    text = f"{number.text} {block.text}"
    gained = len(text) - len(block.text)
    return replace(
        block,
        text=text,
        bold=block.bold + gained if block.bold else 0,
        generated=0,
        anchor=number.anchor or block.anchor,
    )


def _is_lone_number(block: RawBlock) -> bool:
    text = block.text
    if block.kind != "paragraph" or block.generated or len(text) > 12 or not _LONE_NUMBER.fullmatch(text):
        return False
    return text[-1] in ".)" or any(character.isdigit() for character in text)


def promote_headings(blocks: Sequence[WrittenBlock]) -> list[WrittenBlock]:
    """Paragraphs that are short, all bold and not the end of anything become headings one step below the last one.

    A dotted number decides the depth among them: "2.1" lies one step below "2"; so does a class name such as "h3".
    """
    size = sum(len(one.block.text) for one in blocks)
    bold = sum(len(one.block.text) for one in blocks if one.all_bold and one.block.kind == "paragraph")
    if not size or bold > size * _BOLD_SHARE:
        return list(blocks)
    found: list[WrittenBlock] = []
    real = 1  # level of the last heading that the page itself marks
    base: int | None = None  # level of undotted numbers among promoted headings under it
    for at, one in enumerate(blocks):
        block = one.block
        if block.kind == "heading":
            real, base = block.level or 1, None
        elif _is_heading(one) and at + 1 < len(blocks):
            dotted = _DOTTED.match(block.text)
            if one.named_level:
                level = one.named_level
            elif dotted:
                depth = dotted.group(1).count(".") + 1
                base = base or max(real + 1 - (depth - 1 if real > 1 else 0), 2)
                level = base + depth - 1
            else:
                level = (base or real) + 1
            block = replace(block, kind="heading", level=min(level, 6))
        found.append(one if block is one.block else replace(one, block=block))
    return found


def promote_title(blocks: Sequence[WrittenBlock], declared: str | None) -> list[WrittenBlock]:
    """The first line that says what the page is called in its head becomes the top heading, if there is none yet."""
    found = list(blocks)
    if not declared or any(one.block.kind == "heading" and one.block.level == 1 for one in found):
        return found
    for at, one in enumerate(found[:_TITLE_WITHIN]):
        if one.block.kind != "table_row" and clean(one.block.text).casefold() == declared.casefold():
            found[at] = replace(one, block=replace(one.block, kind="heading", level=1))
            break
    return found


def _is_heading(one: WrittenBlock) -> bool:
    block = one.block
    if block.kind != "paragraph" or not one.all_bold or "\n" in block.text or block.level:
        return False
    text = block.text
    if len(text) > _LONGEST or not _LETTER.search(text) or one.link_share > 0.5:
        return False
    if text.endswith((".", "。")):
        return len(text) <= _LONGEST_SENTENCE
    return not text.endswith((":", ";", ",", "!"))
