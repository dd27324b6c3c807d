"""What the tasks of one run share in one process: store, snapshots, analyst, budget, and whom to tell of progress."""

from collections.abc import Callable
from dataclasses import dataclass, field

from classifiers.analyze import Analyst, Budget
from extractors.capture.snapshots import SnapshotFolder
from extractors.layout import Options
from smallprint.settings import Settings
from smallprint.store import Store


@dataclass(frozen=True)
class Event:
    """One step of a run: ``kind`` is captured, window (one is read, with its clauses and bill), analyzed or failed."""

    kind: str
    position: int = -1
    clauses: int = 0
    drafts: int = 0
    calls: int = 0
    tokens: int = 0
    cost_usd: float | None = 0.0
    message: str = ""


def _nobody(_event: Event) -> None:
    """The listener of a run that nobody watches."""


@dataclass
class Session:
    """Built once per run and process; tasks find it by the run's id, so that their parameters stay plain strings."""

    run_id: str
    settings: Settings
    store: Store
    analyst: Analyst
    options: Options = field(default_factory=Options)
    budget: Budget | None = None
    failed_only: bool = False  # leave alone what was never begun or lies over the budget
    listener: Callable[[Event], None] = _nobody

    @property
    def snapshots(self) -> SnapshotFolder:
        """Where this run keeps bytes."""
        return SnapshotFolder(self.settings.snapshots)


_SESSIONS: dict[str, Session] = {}


def join(session: Session) -> None:
    """Make a session known to the tasks of its run in this process."""
    _SESSIONS[session.run_id] = session


def leave(run_id: str) -> None:
    """Forget a session once its run has ended."""
    _SESSIONS.pop(run_id, None)


def session_of(run_id: str) -> Session:
    """The session of a run.

    Raises:
        KeyError: no session has joined under this id in this process.

    """
    return _SESSIONS[run_id]
