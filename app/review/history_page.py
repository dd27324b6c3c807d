"""The history of a draft: every decision on it, field by field, as the audit chain has it."""

from fastapi import APIRouter
from fastapi.responses import Response

from app.review.addresses import filters_of, view_query
from app.review.auth import See
from app.review.loading import standing_or_404
from app.review.pages import page
from smallprint.store import history

router = APIRouter()


@router.get("/draft/{draft_id}/history")
def show_history(visit: See, draft_id: str) -> Response:
    """The page, the newest decision first."""
    standing = standing_or_404(visit, draft_id)
    with visit.store.read() as connection:
        events = history.list_history(connection, draft_id)
    view = view_query(filters_of(visit))
    return page(visit.request, "history.html", visit=visit, standing=standing, events=events, view=view)
