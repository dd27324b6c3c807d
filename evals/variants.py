"""Changed copies of a document whose provisions are the same: paraphrased, or with an injected instruction.

``variants.yml`` lists the words that are replaced and the paragraphs that are inserted. Offsets in a copy are mapped
back to the original.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from evals.gold import Case, TextSpan
from evals.results import VariantDraft
from extractors.clauses import cut_clauses
from smallprint.records import Block, Clause, Document, Draft, Noun

VariantKind = Literal["paraphrase", "injection"]


class Injection(Noun):
    """A paragraph that tries to give instructions to a machine that reads the document."""

    name: str
    text: str
    after: float  # position: the share of the document's blocks that come before it


class VariantRules(Noun):
    """The file ``variants.yml``."""

    paraphrases: dict[str, dict[str, str]]  # name -> words -> words with the same meaning
    injections: tuple[Injection, ...]


@cache
def rules() -> VariantRules:
    """The shipped rules."""
    return VariantRules.model_validate(
        yaml.safe_load((Path(__file__).parent / "variants.yml").read_text(encoding="utf-8"))
    )


@dataclass(frozen=True)
class TextEdit:
    """Characters of the original that are replaced in the copy."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Variant:
    """A changed copy, ready for an analyst."""

    kind: VariantKind
    name: str
    document: Document
    clauses: tuple[Clause, ...]
    edits: tuple[TextEdit, ...]

    def drafts_in_original(self, drafts: Sequence[Draft]) -> tuple[VariantDraft, ...]:
        """The drafts on this copy with their evidence at the original's offsets."""
        return tuple(
            VariantDraft(
                spans=tuple(
                    span
                    for evidence in draft.evidence
                    if (span := self._span_in_original(evidence.start, evidence.end))
                ),
                category=draft.category,
                severity=draft.severity,
            )
            for draft in drafts
        )

    def _span_in_original(self, start: int, end: int) -> TextSpan | None:
        """None for a span that lies in inserted words alone."""
        span = TextSpan(start=_offset_in_original(self.edits, start), end=_offset_in_original(self.edits, end))
        return span if span.end > span.start else None


def variants(case: Case) -> Iterator[Variant]:
    """Every variant of a case; a paraphrase that replaces nothing is left out, and only English is paraphrased."""
    if case.source.language == "en":
        for name, words in rules().paraphrases.items():
            edits = paraphrase(case.document.text, words)
            if edits:
                yield _vary(case, "paraphrase", name, edits)
    for injection in rules().injections:
        yield _vary(case, "injection", injection.name, (_insertion(case.document, injection),))


def paraphrase(text: str, words: dict[str, str]) -> tuple[TextEdit, ...]:
    """The replacements, in order; a capital at the start is kept, words in capitals are not replaced."""
    longest_first = sorted(words, key=len, reverse=True)
    pattern = re.compile(rf"\b(?:{'|'.join(re.escape(phrase) for phrase in longest_first)})\b", re.IGNORECASE)
    edits = []
    for match in pattern.finditer(text):
        if match[0].isupper():
            continue
        synonym = words[match[0].lower()]
        capitalized = synonym[0].upper() + synonym[1:]
        edits.append(TextEdit(*match.span(), capitalized if match[0][0].isupper() else synonym))
    return tuple(edits)


def _insertion(document: Document, injection: Injection) -> TextEdit:
    block = document.blocks[min(len(document.blocks) - 1, int(len(document.blocks) * injection.after))]
    return TextEdit(block.start, block.start, f"{injection.text}\n\n")


def _vary(case: Case, kind: VariantKind, name: str, edits: tuple[TextEdit, ...]) -> Variant:
    document = _edited(case.document, edits)
    return Variant(kind, name, document, cut_clauses(document), edits)


def _edited(document: Document, edits: tuple[TextEdit, ...]) -> Document:
    parts, copied = [], 0
    for edit in edits:
        parts += [document.text[copied : edit.start], edit.text]
        copied = edit.end
    text = "".join([*parts, document.text[copied:]])
    blocks = [
        block.model_copy(
            update={
                # A block starts after an insertion at its start.
                "start": _offset_in_copy(edits, block.start, after=True),
                "end": _offset_in_copy(edits, block.end, after=False),
                "bold": 0,
                "generated": block.generated,
                "page_breaks": (),
            }
        )
        for block in document.blocks
    ]
    for edit in edits:
        if edit.start == edit.end:
            start = _offset_in_copy(edits, edit.start, after=False)
            blocks.append(Block(kind="paragraph", start=start, end=start + len(edit.text.rstrip())))
    return document.model_copy(update={"text": text, "blocks": tuple(sorted(blocks, key=lambda block: block.start))})


def _offset_in_copy(edits: Sequence[TextEdit], offset: int, *, after: bool) -> int:
    """Where an offset of the original is in the copy; at an insertion, before or after it."""
    shift = 0
    for edit in edits:
        if edit.start > offset or (edit.start == offset and edit.end > offset):
            break
        if edit.start == edit.end == offset and not after:
            break
        shift += len(edit.text) - (edit.end - edit.start)
    return offset + shift


def _offset_in_original(edits: Sequence[TextEdit], offset: int) -> int:
    """Where an offset of the copy is in the original; offsets inside a replacement are mapped in proportion."""
    starts, shift = [], 0  # of the edits, in the copy
    for edit in edits:
        starts.append(edit.start + shift)
        shift += len(edit.text) - (edit.end - edit.start)
    n = bisect_right(starts, offset) - 1
    if n < 0:
        return offset
    edit = edits[n]
    inside = offset - starts[n]
    if inside < len(edit.text):
        return edit.start + round(inside * (edit.end - edit.start) / len(edit.text))
    return edit.end + inside - len(edit.text)
