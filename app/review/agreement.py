"""Blind double review: which drafts are read twice, and how far the two readers agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from smallprint.records import Factors
from smallprint.severity import LEVELS
from smallprint.store import Connection, blind_readings


@dataclass(frozen=True)
class Agreement:
    """Agreement on one field over the drafts that two people have read."""

    field: str
    pairs: int
    same: float  # share
    kappa: float | None  # None: undefined, because everybody always gave the same answer


def is_sampled(draft_id: str, share: float) -> bool:
    """Whether a draft is read twice; decided by a hash of its id, so that it stays and nobody can influence it."""
    return int(sha256(f"blind|{draft_id}".encode()).hexdigest()[:8], 16) < share * 2**32


def agreement(connection: Connection) -> list[Agreement]:
    """Cohen's kappa by field; quadratic weights for severity and factors, where a near miss counts less.

    The verdict is compared over all pairs, the other fields where both would approve.
    """
    pairs = blind_readings.list_reading_pairs(connection)
    if not pairs:
        return []
    agreements = [_agree("verdict", [(a.verdict, b.verdict) for a, b in pairs], ("approve", "reject"))]
    approved = [(a.draft, b.draft) for a, b in pairs if a.verdict == b.verdict == "approve"]
    if approved:
        categories = tuple(sorted({draft.category for pair in approved for draft in pair}))
        agreements.append(_agree("category", [(a.category, b.category) for a, b in approved], categories))
        agreements.append(_agree("severity", [(a.severity, b.severity) for a, b in approved], LEVELS, ordered=True))
        for name in Factors.model_fields:
            scores = [(str(getattr(a.factors, name)), str(getattr(b.factors, name))) for a, b in approved]
            agreements.append(_agree(name, scores, ("0", "1", "2", "3"), ordered=True))
    return agreements


def _agree(field: str, pairs: Sequence[tuple[str, str]], values: Sequence[str], *, ordered: bool = False) -> Agreement:
    same = sum(1 for a, b in pairs if a == b) / len(pairs)
    return Agreement(field, len(pairs), same, kappa(pairs, values, ordered=ordered))


def kappa(pairs: Sequence[tuple[str, str]], values: Sequence[str], *, ordered: bool = False) -> float | None:
    """Cohen's kappa, with quadratic weights where the values are in order; None where it is undefined.

    Source: Cohen, J. (1968), Weighted kappa, Psychological Bulletin 70(4).
    """
    rank = {value: number for number, value in enumerate(values)}
    spread = max(1, len(values) - 1)

    def distance(a: str, b: str) -> float:
        return ((rank[a] - rank[b]) / spread) ** 2 if ordered else float(a != b)

    number = len(pairs)
    observed = sum(distance(a, b) for a, b in pairs) / number
    expected = sum(distance(a, b) for a, _ in pairs for _, b in pairs) / number**2
    return None if expected == 0 else 1 - observed / expected
