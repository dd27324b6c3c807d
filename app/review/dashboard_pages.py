"""The lead's dashboard."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from app.review import agreement, figures, plots
from app.review.auth import Lead
from app.review.pages import page
from app.review.queue_pages import midnight
from smallprint.store import outbox

router = APIRouter()
REASONS_LABEL_WIDTH = 290  # points, for the longest reason


@router.get("/dashboard")
def show_dashboard(visit: Lead) -> Response:
    """Everything on one page, as plots and as the tables behind them."""
    with visit.store.read() as connection:
        days, people = figures.throughput(connection, visit.now)
        severities = figures.open_by_severity(connection)
        values: dict[str, Any] = {
            "totals": figures.totals(connection, midnight(visit.now)),
            "people": {name: sum(counts) for name, counts in people.items()},
            "throughput": plots.stacked(days, people),
            "severities": plots.bars(severities, classes=[level for level, _ in severities]),
            "waiting": plots.bars(figures.waiting(connection, visit.now)),
            "reasons": plots.bars(figures.reasons(connection), label_width=REASONS_LABEL_WIDTH),
            "edit_rates": figures.edit_rates(connection),
            "agreement": agreement.agreement(connection),
            "unsent": [backlog for backlog in outbox.backlog(connection) if backlog.problem],
        }
    share = visit.state.blind_share
    return page(visit.request, "dashboard.html", visit=visit, plots=plots, share=share, **values)
