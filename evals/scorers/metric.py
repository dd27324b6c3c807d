"""A metric: counts that add up over documents, and a formula over their sums.

Because every metric is a function of sums, resampling documents is one matrix product (statistics.py), and a figure
for dev, for test or for one company is the same function of fewer rows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evals.alignment import Alignment, Mode, Side, align
from evals.gold import GoldProvision
from evals.results import CaseRun
from smallprint.records import Draft
from smallprint.registry import Registry

Array = NDArray[np.float64]
Better = Literal["higher", "lower", "zero"]  # zero: a signed figure that is best at 0


@dataclass(frozen=True)
class Scored:
    """One case with its drafts aligned to the gold, as every scorer reads it."""

    run: CaseRun
    registry: Registry
    _alignments: dict[Mode, Alignment] = field(default_factory=dict)

    @property
    def gold(self) -> tuple[GoldProvision, ...]:
        """The gold provisions."""
        return self.run.case.provisions

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """The drafts."""
        return self.run.drafts

    def alignment(self, mode: Mode = "overlap") -> Alignment:
        """The one-to-one alignment in a mode."""
        if mode not in self._alignments:
            gold = Side.of(
                [provision.spans for provision in self.gold], [provision.category for provision in self.gold]
            )
            drafts = Side.of([draft.evidence for draft in self.drafts], [draft.category for draft in self.drafts])
            self._alignments[mode] = align(gold, drafts, mode, self.run.case.clauses)
        return self._alignments[mode]

    @cached_property
    def pairs(self) -> tuple[tuple[GoldProvision, Draft], ...]:
        """Gold and draft of every pair of the overlap alignment."""
        return tuple((self.gold[g], self.drafts[d]) for g, d in self.alignment().pairs)

    @cached_property
    def missed(self) -> tuple[GoldProvision, ...]:
        """Gold that no draft is paired with."""
        return tuple(self.gold[g] for g in self.alignment().missed)

    @cached_property
    def spurious(self) -> tuple[Draft, ...]:
        """Drafts without gold that count as errors: all in a complete case, else those on a known negative."""
        extra = [self.drafts[d] for d in self.alignment().extra]
        return tuple(draft for draft in extra if self.run.case.complete or self.on_negative(draft))

    def on_negative(self, draft: Draft) -> bool:
        """Whether the evidence touches a known negative: a passage without a provision."""
        return any(
            evidence.start < negative.end and negative.start < evidence.end
            for evidence in draft.evidence
            for negative in self.run.case.negatives
        )


@dataclass(frozen=True)
class Metric:
    """A figure: how a case is counted, and the value of summed counts.

    ``value`` and ``support`` take counts of shape (..., k) and return (...); a value without support is nan.
    """

    name: str
    title: str
    better: Better
    count: Callable[[Scored], Array]
    value: Callable[[Array], Array]
    support: Callable[[Array], Array]
    group: str = ""
    percent: bool = True
    needs_complete: bool = False  # measurable only where every provision of a document is labeled
    blameless: bool = False  # a floor is met where there is nothing to count, such as no citation that could be wrong


def ratio(numerator: Array, denominator: Array) -> Array:
    """The quotient; nan where the denominator is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator > 0, numerator / np.where(denominator > 0, denominator, 1.0), np.nan)


def f1(true: Array, predicted: Array, gold: Array) -> Array:
    """F1 = 2 TP / (predicted + gold) (van Rijsbergen 1979, Information Retrieval, ch. 7)."""
    return ratio(2 * true, predicted + gold)


def share(
    name: str,
    title: str,
    count: Callable[[Scored], tuple[float, float]],
    *,
    better: Better,
    group: str,
    blameless: bool = False,
) -> Metric:
    """A metric that is the share of one count in another."""
    return Metric(
        name=name,
        title=title,
        better=better,
        count=lambda scored: np.array(count(scored), dtype=float),
        value=lambda c: ratio(c[..., 0], c[..., 1]),
        support=lambda c: c[..., 1],
        group=group,
        blameless=blameless,
    )


def mean(
    name: str, title: str, count: Callable[[Scored], tuple[float, float]], *, better: Better, group: str
) -> Metric:
    """A metric that is a mean: a sum over a number, not a percentage."""
    return replace(share(name, title, count, better=better, group=group), percent=False)
