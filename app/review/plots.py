"""Plots as SVG, drawn on the server: shapes and positions as attributes, so that the strict policy on styles holds."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

# Units of the drawings' own coordinates; the page scales them.
BAR_HEIGHT, BAR_GAP, BARS_WIDTH = 16, 9, 460
COLUMNS_WIDTH, COLUMNS_HEIGHT, AXIS_WIDTH, LEGEND_STEP = 1240, 150, 34, 170
VALUE_WIDTH = 60  # kept free behind a bar for its value
CHARACTER_WIDTH = 6  # of a label, on average
MAX_LEGEND_NAME = 24  # characters
BAND_CLASSES = ("a", "b", "c", "d", "e")  # of the style sheet, a color each


def bars(
    rows: Sequence[tuple[str, float]], *, classes: Sequence[str] = (), percent: bool = False, label_width: int = 120
) -> Markup:
    """Horizontal bars, each with its label on the left and its value on the right.

    Args:
        rows: labels and values.
        classes: of the style sheet, that color the bars.
        percent: values are shares, drawn against the whole; else against the greatest of them.
        label_width: room for the labels.

    """
    greatest = 1 if percent else max((value for _, value in rows), default=0) or 1
    full_width = BARS_WIDTH - label_width - VALUE_WIDTH
    svg = Markup()
    for number, (name, value) in enumerate(rows):
        top = number * (BAR_HEIGHT + BAR_GAP)
        svg += Markup(
            '<text x="{label_end}" y="{baseline}" text-anchor="end">{label}</text>'
            '<rect class="ghost" x="{left}" y="{top}" width="{full_width}" height="{height}" rx="3"/>'
            '<rect class="bar {color}" x="{left}" y="{top}" width="{width}" height="{height}" rx="3"/>'
            '<text class="value" x="{value_start}" y="{baseline}">{value}</text>'
        ).format(
            label_end=label_width - 8,
            baseline=top + 12,
            label=_shortened(name, label_width // CHARACTER_WIDTH),
            left=label_width,
            top=top,
            full_width=full_width,
            height=BAR_HEIGHT,
            color=classes[number] if number < len(classes) else "",
            width=round(full_width * value / greatest, 1),
            value_start=label_width + full_width + 8,
            value=f"{value:.0%}" if percent else f"{value:,.0f}",
        )
    return _drawing(svg, max(1, len(rows)) * (BAR_HEIGHT + BAR_GAP), f"{len(rows)} bars", width=BARS_WIDTH)


def stacked(days: Sequence[str], series: Mapping[str, Sequence[int]]) -> Markup:
    """A column for each day, with a band for each of the first people and one for all the others."""
    bands = merged(series)
    sums = [sum(counts[number] for counts in bands.values()) for number in range(len(days))]
    greatest = max(sums, default=0) or 1
    step = (COLUMNS_WIDTH - AXIS_WIDTH) / max(1, len(days))
    svg = Markup('<line class="grid" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>').format(
        AXIS_WIDTH, COLUMNS_WIDTH, COLUMNS_HEIGHT
    )
    svg += Markup('<text x="{}" y="10" text-anchor="end">{}</text>').format(AXIS_WIDTH - 6, greatest)
    for number, day in enumerate(days):
        left, bottom = AXIS_WIDTH + number * step + step * 0.18, float(COLUMNS_HEIGHT)
        for color, counts in zip(BAND_CLASSES, bands.values(), strict=False):
            height = counts[number] / greatest * (COLUMNS_HEIGHT - 8)
            bottom -= height
            svg += Markup('<rect class="bar {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                color, left, bottom, step * 0.64, height
            )
        middle = left + step * 0.32
        if sums[number]:
            svg += Markup('<text class="value" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
                middle, bottom - 4, sums[number]
            )
        svg += Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(middle, COLUMNS_HEIGHT + 15, day)
    svg += _legend(list(bands))
    return _drawing(svg, COLUMNS_HEIGHT + 46, "decisions by day and person", width=COLUMNS_WIDTH)


def _legend(names: Sequence[str]) -> Markup:
    svg = Markup()
    for number, (color, name) in enumerate(zip(BAND_CLASSES, names, strict=False)):
        left = AXIS_WIDTH + number * LEGEND_STEP
        svg += Markup('<rect class="bar {}" x="{}" y="{}" width="10" height="10" rx="2"/>').format(
            color, left, COLUMNS_HEIGHT + 30
        )
        svg += Markup('<text x="{}" y="{}">{}</text>').format(left + 16, COLUMNS_HEIGHT + 39, _shortened(name))
    return svg


def merged(series: Mapping[str, Sequence[int]]) -> Mapping[str, Sequence[int]]:
    """At most as many series as there are colors; the last is the sum of all the others."""
    names = list(series)
    if len(names) <= len(BAND_CLASSES):
        return series
    first_series = {name: series[name] for name in names[: len(BAND_CLASSES) - 1]}
    others = [series[name] for name in names[len(BAND_CLASSES) - 1 :]]
    return {**first_series, f"{len(others)} others": [sum(counts) for counts in zip(*others, strict=True)]}


def _shortened(name: str, max_length: int = MAX_LEGEND_NAME) -> str:
    return name if len(name) <= max_length else name[: max_length - 1] + "…"


def _drawing(svg: Markup, height: float, label: str, *, width: int) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(width, height, label, svg)
