"""The one reading of the header `Authorization`."""


def bearer(authorization: str) -> str | None:
    """The token in `Bearer TOKEN`, in any case of the scheme; `None` for another scheme or no token."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
