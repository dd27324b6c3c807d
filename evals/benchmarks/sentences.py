"""Build documents from labeled sentences, and calculate F1 over labeled units."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from evals.scorers.metric import Array, f1, ratio
from evals.statistics import interval
from smallprint.records import Block, Document

Marks = Mapping[str, set[int]]  # label -> indices of the units that carry it


@dataclass(frozen=True)
class Units:
    """A document and the spans that labels are counted on: sentences, clauses or the whole."""

    document: Document
    spans: tuple[tuple[int, int], ...]

    def touched(self, start: int, end: int) -> Iterable[int]:
        """Indices of the units that share a character with a span."""
        return (n for n, (unit_start, unit_end) in enumerate(self.spans) if unit_start < end and start < unit_end)


def assemble(name: str, sentences: Sequence[str]) -> Units:
    """A document with one block for each sentence; an empty sentence becomes a dash."""
    text, blocks = "", []
    for sentence in sentences:
        flat = " ".join(sentence.split()) or "-"
        start = len(text) + (2 if text else 0)
        text = f"{text}\n\n{flat}" if text else flat
        blocks.append(Block(kind="paragraph", start=start, end=start + len(flat)))
    document = Document(
        source=name,
        media_type="text/plain",
        sha256=sha256(text.encode()).hexdigest(),
        title=name,
        language="en",
        extractor="sentences/1",
        text=text,
        blocks=tuple(blocks),
    )
    return Units(document, tuple((block.start, block.end) for block in blocks))


def counts(gold: Marks, predicted: Marks, labels: Sequence[str]) -> Array:
    """For each label (true, predicted, gold) of one document, flat."""
    rows = [
        (
            len(gold.get(label, set()) & predicted.get(label, set())),
            len(predicted.get(label, ())),
            len(gold.get(label, ())),
        )
        for label in labels
    ]
    return np.array(rows, dtype=float).ravel()


def micro(table: Array) -> Array:
    """F1 over everything, from flat counts (..., 3 * labels)."""
    total = table.reshape(*table.shape[:-1], -1, 3).sum(axis=-2)
    return f1(total[..., 0], total[..., 1], total[..., 2])


def macro(table: Array) -> Array:
    """Mean F1 of the labels; a label without gold and predictions is left out."""
    rows = table.reshape(*table.shape[:-1], -1, 3)
    each = f1(rows[..., 0], rows[..., 1], rows[..., 2])
    known = ~np.isnan(each)
    return ratio(np.where(known, each, 0.0).sum(axis=-1), known.sum(axis=-1).astype(float))


def support(table: Array) -> Array:
    """Gold labels."""
    total: Array = table.reshape(*table.shape[:-1], -1, 3)[..., 2].sum(axis=-1)
    return total


def lines(tables: Array, labels: Sequence[str], names: Mapping[str, str]) -> Iterable[str]:
    """A line for each label, then micro and macro F1 with intervals over documents."""
    rows = tables.sum(axis=0).reshape(-1, 3)
    yield f"  {'':28}{'gold':>6}{'found':>7}{'P':>8}{'R':>8}{'F1':>8}"
    for label, (true, predicted, gold) in zip(labels, rows, strict=True):
        shares = (float(ratio(true, predicted)), float(ratio(true, gold)), float(f1(true, predicted, gold)))
        cells = "".join(f"{'-' if np.isnan(share) else format(share, '.3f'):>8}" for share in shares)
        yield f"  {names[label]:28}{gold:>6.0f}{predicted:>7.0f}{cells}"
    for name, value in (("F1 micro", micro), ("F1 macro", macro)):
        figure = interval(tables, value, support)
        bounds = f"[{figure.low:.3f}, {figure.high:.3f}]"
        yield f"  {name:28}{figure.support:>6.0f}{'':>7}{'':>16}{figure.value:>8.3f}  {bounds}"
