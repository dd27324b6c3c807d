"""Progress of a run for a listener in the same process; nothing else depends on there being one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Event:
    """One step of a run.

    Attributes:
        kind: of one document: ``captured``, ``window`` (one was read, with its clauses and bill), ``analyzed`` or
            ``failed``; of the run: ``batch`` (one was sent to the provider or has ended).
        position: the document's, in its run; -1 for a step of the run.
        message: why it failed, or what became of the batch.

    """

    kind: Literal["captured", "window", "analyzed", "failed", "batch"]
    position: int = -1
    clauses: int = 0
    drafts: int = 0
    calls: int = 0
    tokens: int = 0
    cost_usd: float | None = 0.0
    message: str = ""


Listener = Callable[[Event], None]
_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Have a listener called for every step of the runs that the block carries out."""
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def announce(event: Event) -> None:
    """Call the listener, if there is one."""
    listener = _LISTENER.get()
    if listener is not None:
        listener(event)
