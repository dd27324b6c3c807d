"""Live progress of a run on standard error: two lines in place on a terminal, a line per document elsewhere."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from app.cli.console import counted, money
from app.terminal import stderr
from flows.progress import Event, Listener

_CAPTURE_SHARE = 0.2  # of a document's work, for the bar and the time left; a guess, as models' speeds differ


@dataclass
class RunTotals:
    """What a run has come to so far, from its events.

    Attributes:
        documents: to work on.
        clock: seconds, monotonic.

    """

    documents: int
    clock: Callable[[], float]
    finished: int = 0
    failed: int = 0
    clauses: int = 0
    drafts: int = 0
    calls: int = 0
    tokens: int = 0
    cost_usd: float | None = 0.0
    began: float | None = None  # when the first document was opened: waiting for the orchestrator is no measure
    shares: dict[int, float] = field(default_factory=dict)  # of each document's work, 0-1
    sizes: dict[int, int] = field(default_factory=dict)  # clauses of each captured document

    def add(self, event: Event) -> None:
        """Count one event of a document."""
        if self.began is None:
            self.began = self.clock()
        self.calls += event.calls
        self.tokens += event.tokens
        self.cost_usd = None if self.cost_usd is None or event.cost_usd is None else self.cost_usd + event.cost_usd
        self.drafts += event.drafts
        share = self.shares.get(event.position, 0.0)
        if event.kind == "captured":
            self.clauses += event.clauses
            self.sizes[event.position] = event.clauses
            share = max(share, _CAPTURE_SHARE)
        elif event.kind == "window":
            share += (1 - _CAPTURE_SHARE) * event.clauses / max(1, self.sizes.get(event.position, event.clauses))
        elif event.kind in ("analyzed", "failed"):
            self.finished += 1
            self.failed += event.kind == "failed"
            share = 1.0
        self.shares[event.position] = min(1.0, share)

    @property
    def share(self) -> float:
        """How much of the work is done, 0-1."""
        return sum(self.shares.values()) / self.documents if self.documents else 1.0

    @property
    def seconds_left(self) -> float | None:
        """At the pace so far; None while that says nothing yet."""
        if self.began is None or not 0.05 < self.share < 1.0:
            return None
        return (self.clock() - self.began) * (1 - self.share) / self.share

    def line(self) -> str:
        """The sums in one line."""
        parts = [counted(self.clauses, "clause"), counted(self.drafts, "draft")]
        if self.calls:
            parts += [counted(self.calls, "call"), f"{self.tokens:,} tokens", money(self.cost_usd)]
        return " · ".join(parts)


@contextmanager
def progress(names: Sequence[str], *, total: int) -> Iterator[Listener]:
    """A listener that shows documents, clauses, drafts, calls, tokens, cost and time left.

    Args:
        names: of the run's documents, by their position.
        total: how many of them there are to work on.

    """
    console = stderr()
    totals = RunTotals(total, time.monotonic)
    if console.is_terminal and not console.is_dumb_terminal:
        board = Board(totals, names)
        with Live(board, console=console, refresh_per_second=8, transient=True):
            yield _with_batches(console, board.show)
    else:
        yield _with_batches(console, _lines(console, totals, names))


def _with_batches(console: Console, show: Listener) -> Listener:
    """A listener that prints news of batches and passes the steps of documents on."""

    def listener(event: Event) -> None:
        if event.kind == "batch":
            console.print(event.message)
        else:
            show(event)

    return listener


class Board:
    """The two lines on a terminal: how far, how long still; the sums."""

    def __init__(self, totals: RunTotals, names: Sequence[str]) -> None:
        self._totals, self._names = totals, names
        self._spinner = Spinner("dots")
        self._activity = "starting the orchestrator"

    def show(self, event: Event) -> None:
        """Count one event and name its document."""
        self._totals.add(event)
        self._activity = self._names[event.position]

    def __rich__(self) -> Group:
        """Rebuilt at every refresh."""
        totals = self._totals
        first = Table.grid(padding=(0, 1))
        first.add_column(width=1)
        first.add_column(width=26)
        first.add_column(no_wrap=True)
        first.add_column(no_wrap=True, style="dim")
        count = Text(f"{totals.finished} of {totals.documents} documents")
        if totals.failed:
            count.append(f", {totals.failed} failed", style="red")
        bar = ProgressBar(total=1.0, completed=totals.share, width=26)
        seconds = totals.seconds_left
        first.add_row(self._spinner, bar, count, f"about {_duration(seconds)} left" if seconds is not None else "")
        second = Text(f"  {totals.line()} · ", style="dim", no_wrap=True, overflow="ellipsis")
        return Group(first, second.append(self._activity))


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def _lines(console: Console, totals: RunTotals, names: Sequence[str]) -> Listener:
    """A listener that prints a line for every document that is done."""
    started = totals.clock()

    def show(event: Event) -> None:
        totals.add(event)
        if event.kind not in ("analyzed", "failed"):
            return
        outcome = f"failed: {event.message}" if event.kind == "failed" else counted(event.drafts, "draft")
        head = f"{totals.clock() - started:6.1f} s  {totals.finished} of {totals.documents}"
        cost = f" · {counted(totals.calls, 'call')}, {money(totals.cost_usd)} so far" if totals.calls else ""
        console.print(f"{head}  {names[event.position]}: {outcome}{cost}", soft_wrap=True)

    return show
