"""Live progress of a run: a bar on a terminal, a line per document elsewhere; always on standard error."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from app.console import money, stderr
from flows.session import Event


@contextmanager
def progress(labels: Sequence[str], *, total: int, quiet: bool = False) -> Iterator[Callable[[Event], None]]:
    """A listener that shows documents, clauses, drafts, calls, tokens, cost and time left."""
    console = stderr()
    if quiet:
        yield lambda _event: None
    elif console.is_terminal:
        with _bar(console_width=console.width) as bar:
            yield _Tally(labels, total, bar)
    else:
        yield _lines(labels, total)


def _bar(console_width: int) -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=max(10, min(40, console_width // 4))),
        MofNCompleteColumn(),
        TextColumn("{task.fields[tally]}", style="dim"),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=stderr(),
        transient=False,
    )


class _Tally:
    """Sums of a run so far, shown beside the bar."""

    def __init__(self, labels: Sequence[str], total: int, bar: Progress) -> None:
        self._labels, self._bar = labels, bar
        self._task = bar.add_task("starting the orchestrator", total=total, tally="")
        self._clauses = self._drafts = self._calls = self._tokens = 0
        self._cost: float | None = 0.0

    def __call__(self, event: Event) -> None:
        """Take one step in; failures are also printed above the bar."""
        self._clauses += event.clauses
        self._drafts += event.drafts
        self._calls += event.calls
        self._tokens += event.tokens
        self._cost = None if self._cost is None or event.cost_usd is None else self._cost + event.cost_usd
        name = self._labels[event.position] if 0 <= event.position < len(self._labels) else ""
        if event.kind == "failed":
            self._bar.console.print(f"failed: {name}: {event.message}", style="red", markup=False)
        tally = f"{self._clauses:,} clauses · {self._drafts:,} drafts"
        if self._calls:
            tally += f" · {self._calls:,} calls · {self._tokens:,} tokens · {money(self._cost)}"
        self._bar.update(
            self._task, advance=event.kind in ("analyzed", "failed"), description=name[:40] or "reading", tally=tally
        )


def _lines(labels: Sequence[str], total: int) -> Callable[[Event], None]:
    console, started, done = stderr(), time.monotonic(), 0

    def show(event: Event) -> None:
        nonlocal done
        if event.kind not in ("analyzed", "failed"):
            return
        done += 1
        what = event.message if event.kind == "failed" else f"{event.drafts} drafts"
        clock = f"{time.monotonic() - started:6.1f}s"
        name = labels[event.position] if 0 <= event.position < len(labels) else ""
        console.print(f"{clock} [{done}/{total}] {event.kind}: {name}: {what}", markup=False, soft_wrap=True)

    return show
