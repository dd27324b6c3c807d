"""How a source is fetched: past its robots.txt, with its scripts run."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Bring the tables forward."""
    for name in ("ignore_robots", "render"):
        op.add_column("sources", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
