"""Small pictures as inline SVG without scripts or styles of their own; every figure is also in words."""

from collections.abc import Mapping

from markupsafe import Markup

_WIDTH = 100.0


def severity_strip(levels: Mapping[str, int], label: str) -> Markup:
    """One bar parted by level, the worst first; its title says the numbers."""
    total = sum(levels.values())
    words = ", ".join(f"{count} {level}" for level, count in levels.items() if count) or "nothing published"
    shapes, at = Markup(""), 0.0
    if not total:
        shapes = Markup('<rect class="none" width="100" height="7"/>')
    for level, count in levels.items():
        width = _WIDTH * count / total if total else 0.0
        if width:
            shapes += Markup('<rect class="{}" x="{:.2f}" width="{:.2f}" height="7"/>').format(level, at, width)
        at += width
    return Markup(
        '<svg class="strip" viewBox="0 0 100 7" preserveAspectRatio="none" role="img" aria-label="{}: {}">{}</svg>'
    ).format(label, words, shapes)
