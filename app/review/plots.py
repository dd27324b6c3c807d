"""Plots as SVG, drawn on the server: shapes and positions as attributes, so that the strict policy on styles holds."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

_BAR, _GAP, _WIDTH, _WIDE = 16, 9, 460, 1240
_SERIES = ("a", "b", "c", "d", "e")


def bars(
    rows: Sequence[tuple[str, float]], *, classes: Sequence[str] = (), percent: bool = False, label: int = 120
) -> Markup:
    """Horizontal bars with labels and values, shares against the whole; ``classes`` color, ``label`` is for names."""
    most = 1 if percent else max((value for _, value in rows), default=0) or 1
    room = _WIDTH - label - 60
    drawn = Markup()
    for number, (name, value) in enumerate(rows):
        top = number * (_BAR + _GAP)
        wide = round(room * value / most, 1)
        kind = classes[number] if number < len(classes) else ""
        said = f"{value:.0%}" if percent else f"{value:,.0f}"
        drawn += Markup(
            '<text x="{x}" y="{y}" text-anchor="end">{label}</text>'
            '<rect class="ghost" x="{left}" y="{top}" width="{room}" height="{high}" rx="3"/>'
            '<rect class="bar {kind}" x="{left}" y="{top}" width="{wide}" height="{high}" rx="3"/>'
            '<text class="value" x="{after}" y="{y}">{said}</text>'
        ).format(
            x=label - 8,
            y=top + 12,
            label=_short(name, label // 6),
            left=label,
            top=top,
            room=room,
            high=_BAR,
            kind=kind,
            wide=wide,
            after=label + room + 8,
            said=said,
        )
    return _drawing(drawn, max(1, len(rows)) * (_BAR + _GAP), f"{len(rows)} bars")


def stacked(days: Sequence[str], series: Mapping[str, Sequence[int]]) -> Markup:
    """A column for each day, a band in it for each of the first people, the others in the last band."""
    bands = merged(series)
    sums = [sum(values[n] for values in bands.values()) for n in range(len(days))]
    most, high, left = max(sums, default=0) or 1, 150, 34
    step = (_WIDE - left) / max(1, len(days))
    drawn = Markup('<line class="grid" x1="{0}" x2="{1}" y1="{2}" y2="{2}"/>').format(left, _WIDE, high)
    drawn += Markup('<text x="{}" y="10" text-anchor="end">{}</text>').format(left - 6, most)
    for n, day in enumerate(days):
        x, bottom = left + n * step + step * 0.18, float(high)
        for kind, values in zip(_SERIES, bands.values(), strict=False):
            tall = values[n] / most * (high - 8)
            bottom -= tall
            drawn += Markup('<rect class="bar {}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>').format(
                kind, x, bottom, step * 0.64, tall
            )
        middle = x + step * 0.32
        if sums[n]:
            drawn += Markup('<text class="value" x="{:.1f}" y="{:.1f}" text-anchor="middle">{}</text>').format(
                middle, bottom - 4, sums[n]
            )
        drawn += Markup('<text x="{:.1f}" y="{}" text-anchor="middle">{}</text>').format(middle, high + 15, day)
    for number, (kind, name) in enumerate(zip(_SERIES, bands, strict=False)):
        drawn += Markup('<rect class="bar {}" x="{}" y="{}" width="10" height="10" rx="2"/>').format(
            kind, left + number * 170, high + 30
        )
        drawn += Markup('<text x="{}" y="{}">{}</text>').format(left + number * 170 + 16, high + 39, _short(name))
    return _drawing(drawn, high + 46, "decisions by day and person", width=_WIDE)


def merged(series: Mapping[str, Sequence[int]]) -> Mapping[str, Sequence[int]]:
    """At most as many series as there are colors; the last holds all the others."""
    names = list(series)
    if len(names) <= len(_SERIES):
        return series
    kept = {name: series[name] for name in names[: len(_SERIES) - 1]}
    rest = [series[name] for name in names[len(_SERIES) - 1 :]]
    return {**kept, f"{len(rest)} others": [sum(values) for values in zip(*rest, strict=True)]}


def _short(name: str, most: int = 24) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"


def _drawing(drawn: Markup, height: float, what: str, *, width: int = _WIDTH) -> Markup:
    return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(width, height, what, drawn)
