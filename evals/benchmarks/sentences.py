"""Documents that come as labeled sentences, made into documents of ours, and figures over labeled units."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np

from evals.scorers.metric import Array, f1, ratio
from evals.statistics import interval
from smallprint.records import Block, Document

Marks = Mapping[str, set[int]]  # label -> units that carry it


@dataclass(frozen=True)
class Units:
    """A document and the spans that labels are counted on."""

    document: Document
    spans: tuple[tuple[int, int], ...]

    def touched(self, start: int, end: int) -> Iterable[int]:
        """Units that share a character with a span."""
        return (n for n, (begin, stop) in enumerate(self.spans) if begin < end and start < stop)


def assemble(name: str, sentences: Sequence[str]) -> Units:
    """A document with one block a sentence."""
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


def counts(gold: Marks, found: Marks, labels: Sequence[str]) -> Array:
    """For each label (true, predicted, gold) of one document, flat."""
    rows = [
        (len(gold.get(one, set()) & found.get(one, set())), len(found.get(one, ())), len(gold.get(one, ())))
        for one in labels
    ]
    return np.array(rows, dtype=float).ravel()


def micro(table: Array) -> Array:
    """F1 over everything, from flat counts (..., 3 * labels)."""
    total = table.reshape(*table.shape[:-1], -1, 3).sum(axis=-2)
    return f1(total[..., 0], total[..., 1], total[..., 2])


def macro(table: Array) -> Array:
    """Mean F1 of the labels; one that nobody has or finds is left out."""
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
    for label, (true, found, gold) in zip(labels, rows, strict=True):
        figures = (float(ratio(true, found)), float(ratio(true, gold)), float(f1(true, found, gold)))
        shown = "".join(f"{'-' if np.isnan(one) else format(one, '.3f'):>8}" for one in figures)
        yield f"  {names[label]:28}{gold:>6.0f}{found:>7.0f}{shown}"
    for name, value in (("F1 micro", micro), ("F1 macro", macro)):
        one = interval(tables, value, support)
        yield f"  {name:28}{one.support:>6.0f}{'':>7}{'':>16}{one.value:>8.3f}  [{one.low:.3f}, {one.high:.3f}]"
