"""Charts as inline SVG: a reliability diagram, risk against coverage, an interval bar; no script, no library."""

from collections.abc import Sequence

import numpy as np

from evals.scorers import Array
from evals.scorers.calibration import reliability, risk_coverage

_SIDE, _PADDING = 260, 34  # pixels


def _frame(body: str, x: str, y: str) -> str:
    """A chart with axes from 0 to 1 and their names."""
    middle = _SIDE / 2
    grid = "".join(
        f'<line class="grid" x1="{_PADDING}" x2="{_SIDE - _PADDING}" y1="{_y(n / 4):.1f}" y2="{_y(n / 4):.1f}"/>'
        f'<text class="tick" x="{_PADDING - 5}" y="{_y(n / 4) + 3:.1f}" text-anchor="end">{n * 25}</text>'
        f'<text class="tick" x="{_x(n / 4):.1f}" y="{_SIDE - _PADDING + 14}" text-anchor="middle">{n * 25}</text>'
        for n in range(5)
    )
    names = (
        f'<text class="axis" x="{middle}" y="{_SIDE - 4}" text-anchor="middle">{x}, %</text>'
        f'<text class="axis" transform="translate(9 {middle}) rotate(-90)" text-anchor="middle">{y}, %</text>'
    )
    return f'<svg viewBox="0 0 {_SIDE} {_SIDE}" role="img" aria-label="{y} against {x}">{grid}{names}{body}</svg>'


def _x(share: float) -> float:
    return _PADDING + share * (_SIDE - 2 * _PADDING)


def _y(share: float) -> float:
    return _SIDE - _PADDING - share * (_SIDE - 2 * _PADDING)


def reliability_diagram(counts: Array) -> str:
    """Share right against confidence: a dot for each tenth, as large as its number of drafts, and the diagonal."""
    bins = reliability(counts)
    largest = max(1.0, float(bins[:, 0].max()))
    dots = "".join(
        f'<circle class="dot" cx="{_x(confidence):.1f}" cy="{_y(right):.1f}" r="{3 + 9 * np.sqrt(n / largest):.1f}">'
        f"<title>{n:.0f} drafts, confidence {confidence:.0%}, right {right:.0%}</title></circle>"
        for n, confidence, right in bins
        if n
    )
    diagonal = f'<line class="ideal" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}"/>'
    return _frame(diagonal + dots, "confidence", "right")


def risk_coverage_curve(counts: Array) -> str:
    """Share wrong against the share of drafts kept, most confident first."""
    coverage, risk = risk_coverage(counts)
    points = [(c, r) for c, r in zip(coverage, risk, strict=True) if not (np.isnan(c) or np.isnan(r))]
    path = " ".join(f"{_x(c):.1f},{_y(r):.1f}" for c, r in points)
    return _frame(f'<polyline class="line" points="{path}"/>', "drafts kept", "wrong")


def interval_bar(value: float, low: float, high: float, before: float | None = None) -> str:
    """A value from 0 to 1 with its interval and the baseline's value."""
    width, middle = 120, 7

    def x(share: float) -> float:
        return 4 + min(1.0, max(0.0, share)) * (width - 8)

    whisker = "" if np.isnan(low) else f'<line class="whisker" x1="{x(low):.1f}" x2="{x(high):.1f}" y1="7" y2="7"/>'
    mark = ""
    if before is not None:
        mark = f'<line class="before" x1="{x(before):.1f}" x2="{x(before):.1f}" y1="1" y2="13"/>'
    dot = f'<circle class="dot" cx="{x(value):.1f}" cy="{middle}" r="3.5"/>'
    rail = f'<line class="rail" x1="4" x2="{width - 4}" y1="{middle}" y2="{middle}"/>'
    return f'<svg class="bar" viewBox="0 0 {width} 14" aria-hidden="true">{rail}{whisker}{mark}{dot}</svg>'


def heat(values: Sequence[Sequence[float]]) -> list[list[tuple[float, float]]]:
    """Each value of a table with its share of the row's sum, for shading."""
    return [[(value, value / max(1.0, sum(row))) for value in row] for row in values]
