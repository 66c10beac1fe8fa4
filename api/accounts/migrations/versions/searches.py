"""The searches that users save."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

UUID = sa.BINARY(16).with_variant(postgresql.UUID(), "postgresql")


def upgrade() -> None:
    """Nobody has saved any yet."""
    op.create_table(
        "searches",
        sa.Column("user_id", UUID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
        sa.Column("count_then", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("user_id", "name", name="pk_searches"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_searches_user_id_users", ondelete="CASCADE"),
    )


def downgrade() -> None:
    """Undo it."""
    op.drop_table("searches")
