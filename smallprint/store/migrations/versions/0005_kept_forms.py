"""Forms that an ended session had sent, while their person signs in elsewhere."""

import sqlalchemy as sa
from alembic import op

import smallprint.store.tables

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Bring the tables forward."""
    op.create_table(
        "kept_forms",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=80), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("at", smallprint.store.tables.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user"], ["users.name"], name=op.f("fk_kept_forms_user")),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_kept_forms")),
    )
