"""Which refresh tokens were used up a moment ago, and may come again; and where sessions come from."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

UUID = sa.BINARY(16).with_variant(postgresql.UUID(), "postgresql")


def upgrade() -> None:
    """The defaults are for processes of the version before, which write while this one starts."""
    op.add_column("sessions", sa.Column("started_at", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("renewed_at", sa.BigInteger, nullable=False, server_default="0"))
    op.add_column("sessions", sa.Column("address", sa.String(64), nullable=False, server_default=""))
    op.create_table(
        "renewals",
        sa.Column("session_id", UUID, nullable=False),
        sa.Column("used_id", sa.String(36), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "used_id", name="pk_renewals"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name="fk_renewals_session_id_sessions", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("renewals")
    for name in ("address", "renewed_at", "started_at"):
        op.drop_column("sessions", name)
