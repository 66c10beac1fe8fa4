"""The roles of users."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Whoever is a user already stays one: administrators are made on the command line."""
    op.add_column("users", sa.Column("role", sa.String(16), nullable=False, server_default="user"))


def downgrade() -> None:
    """Undo it."""
    op.drop_column("users", "role")
