"""Access and refresh tokens: signed JWTs that hold a user's id and nothing else about them."""

import time
from enum import StrEnum
from uuid import uuid4

import jwt
import msgspec

from mappings.errors import Unauthorized

ALGORITHM = "HS256"
"""Pinned: a token never chooses how it is checked."""

ISSUER = AUDIENCE = "apollo-contact-search"

REFRESH_SECONDS = 14 * 86_400
"""How long a refresh token holds."""

LONGEST_TOKEN = 4096
"""Characters of a token that is looked at. Ours have about 350."""

_REQUIRED = ("iss", "aud", "exp", "iat", "sub", "jti", "typ")


class Kind(StrEnum):
    """The `typ` claim: a refresh token is not an access token."""

    ACCESS = "access"
    REFRESH = "refresh"


class Claims(msgspec.Struct, frozen=True):
    """What a valid token says. `expires_at` is in seconds since 1970; `token_id` is unique to the token."""

    user: str
    expires_at: int
    token_id: str


class Tokens:
    """Makes and checks tokens with one secret.

    Args:
        secret: at least 32 bytes.
        access_seconds: how long an access token holds.
    """

    def __init__(self, secret: str, access_seconds: int) -> None:
        self._secret = secret
        self.access_seconds = access_seconds

    def issue(self, user: str, kind: Kind = Kind.ACCESS) -> str:
        """A new token for the user with this uuid."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user,
            "iat": now,
            "exp": now + (self.access_seconds if kind is Kind.ACCESS else REFRESH_SECONDS),
            "jti": str(uuid4()),
            "typ": kind.value,
        }
        return jwt.encode(claims, self._secret, algorithm=ALGORITHM)

    def verify(self, token: str, kind: Kind = Kind.ACCESS) -> Claims:
        """What `token` says, if it is of `kind`, ours and not expired.

        Raises:
            Unauthorized: it is not. The message does not tell an attacker more than the token itself does.
        """
        try:
            if len(token) > LONGEST_TOKEN:
                raise Unauthorized("Token is invalid.")
            found = jwt.decode(
                token,
                self._secret,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=AUDIENCE,
                options={"require": list(_REQUIRED)},
            )
        except jwt.ExpiredSignatureError as error:
            raise Unauthorized("Token has expired.") from error
        except (jwt.PyJWTError, ValueError) as error:
            raise Unauthorized("Token is invalid.") from error
        if found["typ"] != kind.value or not isinstance(found["jti"], str):
            raise Unauthorized(f"Token is not an {kind.value} token." if kind is Kind.ACCESS else "Token is invalid.")
        return Claims(found["sub"], int(found["exp"]), found["jti"])
