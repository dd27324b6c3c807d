"""Blind double review: which drafts are read twice, and how far the two readers agree."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, select

from smallprint.severity import LEVELS
from smallprint.store import tables as t

FACTORS = ("rights_waived", "opt_out", "breadth", "exposure", "discretion")


@dataclass(frozen=True)
class Agreement:
    """Agreement on one field over the drafts that two people have read."""

    field: str
    pairs: int
    same: float  # share
    kappa: float | None  # None: one answer alone was ever given, kappa says nothing


def sampled(draft_id: str, share: float) -> bool:
    """Whether a draft is read twice; the same answer for ever, and nobody can choose it."""
    return int(sha256(f"blind|{draft_id}".encode()).hexdigest()[:8], 16) < share * 2**32


def agreement(connection: Connection) -> list[Agreement]:
    """Cohen's kappa by field; quadratic weights for severity and factors, where near is better than far.

    The verdict is compared over all pairs, the other fields where both would approve.
    """
    pairs = _pairs(connection)
    if not pairs:
        return []
    both = [(one, two) for (v1, one), (v2, two) in pairs if v1 == v2 == "approve"]
    found = [_agree("verdict", [(v1, v2) for (v1, _), (v2, _) in pairs], ("approve", "reject"))]
    if both:
        categories = tuple(sorted({body["category"] for pair in both for body in pair}))
        found.append(_agree("category", [(a["category"], b["category"]) for a, b in both], categories))
        found.append(_agree("severity", [(a["severity"], b["severity"]) for a, b in both], LEVELS, ordered=True))
        for name in FACTORS:
            values = [(str(a["factors"][name]), str(b["factors"][name])) for a, b in both]
            found.append(_agree(name, values, ("0", "1", "2", "3"), ordered=True))
    return found


Reading = tuple[str, dict[str, Any]]  # verdict and the draft's body


def _pairs(connection: Connection) -> list[tuple[Reading, Reading]]:
    """For each draft that was read blind the last open decision on it, by somebody else, and the blind one."""
    decided: dict[str, tuple[str, Reading]] = {}  # by whom, and what
    query = select(t.decisions.c.draft_id, t.decisions.c.kind, t.decisions.c.by, t.decisions.c.after)
    read = select(t.blind_readings.c.draft_id)
    query = query.where(t.decisions.c.kind.in_(("approve", "amend", "reject")), t.decisions.c.draft_id.in_(read))
    for row in connection.execute(query.order_by(t.decisions.c.id)):
        verdict = "reject" if row.kind == "reject" else "approve"
        decided[row.draft_id] = (row.by, (verdict, row.after["body"]))
    return [
        (decided[row.draft_id][1], (row.verdict, row.body))
        for row in connection.execute(select(t.blind_readings).order_by(t.blind_readings.c.at))
        if row.draft_id in decided and decided[row.draft_id][0] != row.by
    ]


def _agree(field: str, pairs: Sequence[tuple[str, str]], values: Sequence[str], *, ordered: bool = False) -> Agreement:
    same = sum(1 for a, b in pairs if a == b) / len(pairs)
    return Agreement(field, len(pairs), same, kappa(pairs, values, ordered=ordered))


def kappa(pairs: Sequence[tuple[str, str]], values: Sequence[str], *, ordered: bool = False) -> float | None:
    """Cohen's kappa, with quadratic weights where the values are in order; None where it is undefined.

    Source: Cohen, J. (1968), Weighted kappa, Psychological Bulletin 70(4).
    """
    place = {value: number for number, value in enumerate(values)}
    spread = max(1, len(values) - 1)

    def far(a: str, b: str) -> float:
        return ((place[a] - place[b]) / spread) ** 2 if ordered else float(a != b)

    number = len(pairs)
    observed = sum(far(a, b) for a, b in pairs) / number
    expected = sum(far(a, b) for a, _ in pairs for _, b in pairs) / number**2
    return None if expected == 0 else 1 - observed / expected
