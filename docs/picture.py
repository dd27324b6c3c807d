"""``make picture``: draw the README's picture of ``make demo`` from its real output."""

import html
import importlib
import io
import os
import re
import sys
import tempfile
from pathlib import Path

from rich.terminal_theme import TerminalTheme
from rich.text import Text

from app.terminal import Terminal

WIDTH = 118
READER_HOME = "/home/you/smallprint/.smallprint"  # shown instead of the temporary workspace
_DARK = TerminalTheme(
    (24, 26, 31),
    (222, 222, 218),
    [
        (90, 94, 104),
        (240, 98, 98),
        (126, 200, 130),
        (229, 181, 103),
        (122, 178, 240),
        (205, 146, 224),
        (98, 200, 208),
        (255, 255, 255),
    ],
)


def main(target: Path) -> None:
    """Run the demo in a temporary workspace and write its output as SVG.

    Raises:
        SystemExit: the demo failed.

    """
    console = Terminal(record=True, file=io.StringIO(), width=WIDTH, force_terminal=True, highlight=False, markup=False)
    console.print(Text.assemble(("$ ", "dim"), ("make demo", "bold")))
    demo = importlib.import_module("app.cli.demo")  # as a name in app.cli, demo is the command
    demo.stdout = lambda: console
    with tempfile.TemporaryDirectory() as home:
        os.environ["SMALLPRINT_HOME"] = home
        code = demo.show_demo()
    if code:
        raise SystemExit(code)
    svg = console.export_svg(title="Smallprint", theme=_DARK, unique_id="demo")
    target.write_text(_with_reader_folder(_without_web_fonts(svg), str(Path(home).resolve())), encoding="utf-8")


def _without_web_fonts(svg: str) -> str:
    """The SVG without downloads: the reader's own monospaced font instead."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return svg.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace")


def _with_reader_folder(svg: str, home: str) -> str:
    """The SVG with a reader's workspace where the temporary one was, and the lengths of these texts adapted."""

    def renamed(element: re.Match[str]) -> str:
        start, length, middle, text = element.groups()
        shown = text.replace(home, READER_HOME)
        return f"{start}{float(length) * len(html.unescape(shown)) / len(html.unescape(text)):g}{middle}{shown}"

    return re.sub(rf'(<text[^>]*textLength=")([\d.]+)("[^>]*>)([^<]*{re.escape(home)}[^<]*)', renamed, svg)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
