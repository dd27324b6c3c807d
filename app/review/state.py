"""What all requests of a desk share: its database, the documents in memory, the registry, the clock, its listeners."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from app.review.document_cache import DocumentCache
from app.review.oidc import Provider
from app.review.page_images import PageImages
from smallprint.registry import Registry
from smallprint.store import Store
from smallprint.store.decisions import Act


@dataclass(frozen=True)
class DeskState:
    """The parts of a running desk."""

    store: Store
    documents: DocumentCache
    registry: Registry
    clock: Callable[[], datetime]  # aware, UTC
    announce: Callable[[Act], None]  # called after each decision that was written
    blind_share: float  # 0-1, of the drafts that a second person reads without seeing the first decision
    images: PageImages | None  # of PDF pages; None: the captured bytes are not at hand
    provider: Provider | None  # where people sign in elsewhere


def state_of(request: Request) -> DeskState:
    """The state of the desk that a request came to."""
    state: DeskState = request.app.state.desk
    return state
