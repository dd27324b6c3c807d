"""The desk as an ASGI application: routes, errors as pages, static files."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from app.review import (
    add_pages,
    blind_pages,
    bulk_pages,
    checks,
    conflict_pages,
    dashboard_pages,
    draft_pages,
    history_page,
    invitation_pages,
    oidc_pages,
    people_pages,
    queue_pages,
    sign_in,
    split_merge_pages,
)
from app.review.api import create_api
from app.review.denials import DeniedError, SignInNeededError
from app.review.document_cache import DocumentCache
from app.review.oidc import Provider
from app.review.page_images import PageImages
from app.review.pages import page
from app.review.shield import Shield, TooLargeError
from app.review.state import DeskState
from smallprint.registry import load
from smallprint.store import Store
from smallprint.store.decisions import Act

PAGES = (
    sign_in,
    invitation_pages,
    oidc_pages,
    queue_pages,
    bulk_pages,
    draft_pages,
    conflict_pages,
    split_merge_pages,
    add_pages,
    history_page,
    checks,
    people_pages,
    dashboard_pages,
    blind_pages,
)


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)


def create_desk(
    store: Store,
    *,
    clock: Callable[[], datetime] = utc_now,
    announce: Callable[[Act], None] | None = None,
    https: bool = False,
    blind_share: float = 0.0,
    snapshots: Path | None = None,
    provider: Provider | None = None,
) -> FastAPI:
    """The application.

    Args:
        store: an open database.
        clock: gives the time; aware, UTC.
        announce: called after each decision that was written.
        https: whether browsers reach it by https alone.
        blind_share: of the drafts, 0-1, that a second person reads without seeing the first decision.
        snapshots: the folder of captured bytes, for pictures of PDF pages; None: no pictures.
        provider: where people sign in elsewhere.

    """
    app = FastAPI(title="Smallprint review desk", docs_url=None, redoc_url=None, openapi_url=None)
    app.state.desk = DeskState(
        store=store,
        documents=DocumentCache(store),
        registry=load(),
        clock=clock,
        announce=announce or (lambda _act: None),
        blind_share=blind_share,
        images=PageImages(snapshots) if snapshots else None,
        provider=provider,
    )
    app.add_middleware(Shield, https=https)
    for module in PAGES:
        app.include_router(module.router)
    app.add_exception_handler(SignInNeededError, sign_in.sign_in_needed)
    app.add_exception_handler(DeniedError, _denied)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(TooLargeError, _too_large)
    api = create_api()
    api.state = app.state
    app.mount("/api", api)
    with as_file(files("app.review") / "static") as folder:
        app.mount("/static", CachedFiles(directory=folder))
    return app


class CachedFiles(StaticFiles):
    """Static files; their addresses change with their content, so browsers may keep them."""

    async def get_response(self, path: str, scope) -> Response:  # type: ignore[no-untyped-def]  # noqa: ANN001 -- Starlette's
        """The file, to be kept for a year."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


HTTP_MESSAGES = {404: "There is no such page.", 405: "This page cannot do that."}


def _message(request: Request, status: int, title: str, message: str) -> Response:
    visit = getattr(request.state, "visit", None)
    return page(request, "message.html", visit=visit, status=status, title=title, message=message)


def _denied(request: Request, error: Exception) -> Response:
    assert isinstance(error, DeniedError)  # noqa: S101 -- registered for this class alone
    return _message(request, error.status, "Not found" if error.status == 404 else "Not done", error.sentence)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 -- registered for this class alone
    message = HTTP_MESSAGES.get(error.status_code, str(error.detail))
    return _message(request, error.status_code, "Not found", message)


def _invalid(request: Request, _error: Exception) -> Response:
    return _message(request, 422, "Not understood", "Something is missing from this address.")


def _too_large(request: Request, _error: Exception) -> Response:
    return _message(request, 413, "Too much", "This is more than a form of the desk can hold.")
