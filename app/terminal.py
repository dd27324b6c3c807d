"""Where output goes: standard output and standard error as rich consoles that no document can take over."""

import io
import os
import re
import sys
from collections.abc import Iterable
from typing import Any, TextIO, cast

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

PIPED_WIDTH = 118  # columns where there is no terminal to ask

# Escape sequences move the cursor, retitle the window or rewrite what was printed; bidi controls turn words around.
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def printable(text: str) -> str:
    """The text with every control character but the line end made visible as a replacement character."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


class Terminal(Console):
    """A console that prints no control character of a file name, a document or a model."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Segments as rich makes them, their words made harmless."""
        for segment in super().render(renderable, options):
            if segment.control is None and _CONTROLS.search(segment.text):
                yield Segment(printable(segment.text), segment.style)
            else:
                yield segment


class _HarmlessStream(io.TextIOBase):
    """Standard output at a terminal, with control characters in data made visible."""

    def write(self, text: str) -> int:
        """Write text; returns its length."""
        sys.stdout.write(printable(text.replace("\t", " ")))
        return len(text)


def result_stream() -> TextIO:
    """Where data goes (JSON, CSV): to the letter into files and pipes, harmless at a terminal."""
    return cast("TextIO", _HarmlessStream()) if sys.stdout.isatty() else sys.stdout


def stdout() -> Console:
    """Where results go; wide enough for tables when it is not a terminal."""
    return Terminal(**_looks(terminal=sys.stdout.isatty()))


def stderr() -> Console:
    """Where progress and messages go."""
    return Terminal(stderr=True, **_looks(terminal=sys.stderr.isatty()))


def _looks(*, terminal: bool) -> dict[str, Any]:
    width = None if terminal or "COLUMNS" in os.environ else PIPED_WIDTH
    return {"width": width, "highlight": False, "markup": False, "emoji": False}
