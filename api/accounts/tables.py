"""The four tables of the database of users, as its newest migration leaves them."""

from uuid import UUID

from sqlalchemy import (
    BINARY,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Uuid,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine


class BinaryUuid(TypeDecorator[UUID]):
    """A UUID: of PostgreSQL's own type there, 16 bytes elsewhere."""

    impl = BINARY(16)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[UUID] | TypeEngine[bytes]:
        """The type of the column."""
        return dialect.type_descriptor(Uuid()) if dialect.name == "postgresql" else BINARY(16)

    def process_bind_param(self, value: UUID | None, dialect: Dialect) -> UUID | bytes | None:
        """What the database is sent."""
        return value if value is None or dialect.name == "postgresql" else value.bytes

    def process_result_value(
        self,
        value: UUID | bytes | None,
        dialect: Dialect,  # noqa: ARG002 - the signature is SQLAlchemy's
    ) -> UUID | None:
        """What the database sent, as a UUID."""
        return UUID(bytes=value) if isinstance(value, bytes) else value


METADATA = MetaData()

USERS = Table(
    "users",
    METADATA,
    Column("id", BinaryUuid, primary_key=True),
    Column("email", String(320), nullable=False),
    Column("email_key", String(640), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("role", String(16), nullable=False, server_default="user"),
    # Earlier versions made it, and fill it no more than we do; without it they could not run on this database again.
    Column("sa_orm_sentinel", Integer),
)
"""`email_key` is the folded e-mail, so that two spellings are one user."""

SESSIONS = Table(
    "sessions",
    METADATA,
    Column("id", BinaryUuid, primary_key=True),
    Column("user_id", BinaryUuid, ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("refresh_id", String(36), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("revoked", Boolean, nullable=False),
    Column("started_at", BigInteger, nullable=False, server_default="0"),
    Column("renewed_at", BigInteger, nullable=False, server_default="0"),
    Column("address", String(64), nullable=False, server_default=""),
    Column("sa_orm_sentinel", Integer),
)
"""`refresh_id` is the `jti` of the refresh token that is good; `expires_at`, seconds since 1970, is that token's.
`started_at` and `renewed_at` are seconds too, 0 where an earlier version started it. `address` is where it was started.
"""

RENEWALS = Table(
    "renewals",
    METADATA,
    Column("session_id", BinaryUuid, ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True),
    Column("used_id", String(36), primary_key=True),
    Column("at", BigInteger, nullable=False),
)
"""The `jti` of a refresh token that was used up `at` so many milliseconds since 1970, a moment ago."""

SEARCHES = Table(
    "searches",
    METADATA,
    Column("user_id", BinaryUuid, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("request", LargeBinary, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Column("saved_at", BigInteger, nullable=False),
    Column("count_then", BigInteger, nullable=False),
)
"""What users saved under a name of their own: `request` is the JSON of what is asked for, `saved_at` milliseconds since
1970, `count_then` how many contacts it found then.
"""
