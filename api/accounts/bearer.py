"""Reads the header `Authorization`, for both doors."""


def bearer(authorization: str) -> str | None:
    """The token in the value `Bearer <token>` of the header; `None` for another scheme, no token or an empty value."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
