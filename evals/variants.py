"""Changed copies of a document whose provisions are the same: paraphrased, or with an order to the reader put in.

What is inserted and replaced is data, ``variants.yml``. Offsets of the copy lead back to the original.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from evals.gold import Case, Span
from evals.results import Found
from extractors.clauses import cut_clauses
from smallprint.records import Block, Clause, Document, Draft, Noun

Kind = Literal["paraphrase", "injection"]


class Injection(Noun):
    """A paragraph that tries to give orders to whoever reads the document by machine."""

    name: str
    text: str
    after: float  # where it is put in: share of the blocks that come before it


class Rules(Noun):
    """The file ``variants.yml``."""

    paraphrases: dict[str, dict[str, str]]  # name -> words -> words that mean the same
    injections: tuple[Injection, ...]


@cache
def rules() -> Rules:
    """The shipped rules."""
    return Rules.model_validate(yaml.safe_load((Path(__file__).parent / "variants.yml").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Edit:
    """Characters of the original that the copy has otherwise."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Variant:
    """A changed copy, ready for an analyst."""

    kind: Kind
    name: str
    document: Document
    clauses: tuple[Clause, ...]
    edits: tuple[Edit, ...]

    def found(self, drafts: Sequence[Draft]) -> tuple[Found, ...]:
        """The drafts with their evidence in the original's offsets."""
        return tuple(
            Found(
                spans=tuple(span for one in draft.evidence if (span := self._back(one.start, one.end))),
                category=draft.category,
                severity=draft.severity,
            )
            for draft in drafts
        )

    def _back(self, start: int, end: int) -> Span | None:
        place = Span(start=_original(self.edits, start), end=_original(self.edits, end))
        return place if place.end > place.start else None


def variants(case: Case) -> Iterator[Variant]:
    """Every variant of a case that changes it; paraphrases are of English documents."""
    if case.source.language == "en":
        for name, words in rules().paraphrases.items():
            edits = paraphrase(case.document.text, words)
            if edits:
                yield _vary(case, "paraphrase", name, edits)
    for injection in rules().injections:
        yield _vary(case, "injection", injection.name, (_insertion(case.document, injection),))


def paraphrase(text: str, words: dict[str, str]) -> tuple[Edit, ...]:
    """The replacements, in order; a capital at the start is kept, words in capitals are left alone."""
    longest_first = sorted(words, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(re.escape(one) for one in longest_first)})\b", re.IGNORECASE)
    edits = []
    for match in pattern.finditer(text):
        new = words[match[0].lower()]
        if match[0].isupper():
            continue
        edits.append(Edit(*match.span(), new[0].upper() + new[1:] if match[0][0].isupper() else new))
    return tuple(edits)


def _insertion(document: Document, injection: Injection) -> Edit:
    at = document.blocks[min(len(document.blocks) - 1, int(len(document.blocks) * injection.after))].start
    return Edit(at, at, f"{injection.text}\n\n")


def _vary(case: Case, kind: Kind, name: str, edits: tuple[Edit, ...]) -> Variant:
    document = _edited(case.document, edits)
    return Variant(kind, name, document, cut_clauses(document), edits)


def _edited(document: Document, edits: tuple[Edit, ...]) -> Document:
    pieces, at = [], 0
    for edit in edits:
        pieces += [document.text[at : edit.start], edit.text]
        at = edit.end
    text = "".join([*pieces, document.text[at:]])
    blocks = [
        block.model_copy(
            update={
                # A block that an insertion comes before begins after it.
                "start": _moved(edits, block.start, after=True),
                "end": _moved(edits, block.end, after=False),
                "bold": 0,
                "generated": block.generated,
                "page_breaks": (),
            }
        )
        for block in document.blocks
    ]
    for edit in edits:
        if edit.start == edit.end:
            start = _moved(edits, edit.start, after=False)
            blocks.append(Block(kind="paragraph", start=start, end=start + len(edit.text.rstrip())))
    return document.model_copy(update={"text": text, "blocks": tuple(sorted(blocks, key=lambda one: one.start))})


def _moved(edits: Sequence[Edit], offset: int, *, after: bool) -> int:
    """An offset of the original in the copy; at an insertion, before or after it."""
    shift = 0
    for edit in edits:
        if edit.start > offset or (edit.start == offset and edit.end > offset):
            break
        if edit.start == edit.end == offset and not after:
            break
        shift += len(edit.text) - (edit.end - edit.start)
    return offset + shift


def _original(edits: Sequence[Edit], offset: int) -> int:
    """An offset of the copy in the original: inside a replacement in proportion, inside an insertion its place."""
    begins, shift = [], 0
    for edit in edits:
        begins.append(edit.start + shift)
        shift += len(edit.text) - (edit.end - edit.start)
    n = bisect_right(begins, offset) - 1
    if n < 0:
        return offset
    edit, begin = edits[n], begins[n]
    inside = offset - begin
    if inside < len(edit.text):
        return edit.start + round(inside * (edit.end - edit.start) / len(edit.text))
    return edit.end + inside - len(edit.text)
