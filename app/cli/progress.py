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
from flows.session import Event

_CAPTURED = 0.2  # how much of a document's work lies behind it once its text is there


@dataclass
class Tally:
    """What a run has come to so far, from its events.

    Attributes:
        total: documents to work on.
        clock: seconds, monotonic.

    """

    total: int
    clock: Callable[[], float]
    done: int = 0
    failed: int = 0
    clauses: int = 0
    drafts: int = 0
    calls: int = 0
    tokens: int = 0
    cost_usd: float | None = 0.0
    began: float | None = None  # when the first document was opened: waiting for the orchestrator is no measure
    shares: dict[int, float] = field(default_factory=dict)  # of each document's work, 0-1
    sizes: dict[int, int] = field(default_factory=dict)  # clauses of each captured document

    def take(self, event: Event) -> None:
        """Count one event in."""
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
            share = max(share, _CAPTURED)
        elif event.kind == "window":
            share += (1 - _CAPTURED) * event.clauses / max(1, self.sizes.get(event.position, event.clauses))
        elif event.kind in ("analyzed", "failed"):
            self.done += 1
            self.failed += event.kind == "failed"
            share = 1.0
        self.shares[event.position] = min(1.0, share)

    @property
    def share(self) -> float:
        """How much of the work is done, 0-1."""
        return sum(self.shares.values()) / self.total if self.total else 1.0

    @property
    def seconds_left(self) -> float | None:
        """At the pace so far; None while that says nothing yet."""
        if self.began is None or not 0.05 < self.share < 1.0:
            return None
        return (self.clock() - self.began) * (1 - self.share) / self.share

    def words(self) -> str:
        """The sums in one line."""
        parts = [counted(self.clauses, "clause"), counted(self.drafts, "draft")]
        if self.calls:
            parts += [counted(self.calls, "call"), f"{self.tokens:,} tokens", money(self.cost_usd)]
        return " · ".join(parts)


@contextmanager
def progress(names: Sequence[str], *, total: int) -> Iterator[Callable[[Event], None]]:
    """A listener that shows documents, clauses, drafts, calls, tokens, cost and time left."""
    console = stderr()
    tally = Tally(total, time.monotonic)
    if console.is_terminal and not console.is_dumb_terminal:
        board = Board(tally, names)
        with Live(board, console=console, refresh_per_second=8, transient=True):
            yield board.take
    else:
        yield _lines(console, tally, names)


class Board:
    """The two lines: how far, how long still; the sums."""

    def __init__(self, tally: Tally, names: Sequence[str]) -> None:
        self._tally, self._names = tally, names
        self._spinner = Spinner("dots")
        self._name = "starting the orchestrator"

    def take(self, event: Event) -> None:
        """Count one event in and name its document."""
        self._tally.take(event)
        self._name = self._names[event.position]

    def __rich__(self) -> Group:
        """Rebuilt at every refresh."""
        tally = self._tally
        first = Table.grid(padding=(0, 1))
        first.add_column(width=1)
        first.add_column(width=26)
        first.add_column(no_wrap=True)
        first.add_column(no_wrap=True, style="dim")
        count = Text(f"{tally.done} of {tally.total} documents")
        if tally.failed:
            count.append(f", {tally.failed} failed", style="red")
        bar = ProgressBar(total=1.0, completed=tally.share, width=26)
        left = tally.seconds_left
        first.add_row(self._spinner, bar, count, f"about {_clock(left)} left" if left is not None else "")
        second = Text(f"  {tally.words()} · ", style="dim", no_wrap=True, overflow="ellipsis")
        return Group(first, second.append(self._name))


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def _lines(console: Console, tally: Tally, names: Sequence[str]) -> Callable[[Event], None]:
    started = tally.clock()

    def show(event: Event) -> None:
        tally.take(event)
        if event.kind not in ("analyzed", "failed"):
            return
        what = f"failed: {event.message}" if event.kind == "failed" else counted(event.drafts, "draft")
        head = f"{tally.clock() - started:6.1f} s  {tally.done} of {tally.total}"
        cost = f" · {counted(tally.calls, 'call')}, {money(tally.cost_usd)} so far" if tally.calls else ""
        console.print(f"{head}  {names[event.position]}: {what}{cost}", soft_wrap=True)

    return show
