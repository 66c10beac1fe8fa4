"""Access and refresh tokens: signed JWTs that hold the ids of a user and a session, and nothing else about them."""

import time
from enum import StrEnum
from typing import Any
from uuid import uuid4

import jwt
import msgspec

from api.accounts.keys import Checking, Keys
from api.actions.roles import Role
from mappings.errors import Unauthorized

ISSUER = AUDIENCE = "apollo-contact-search"

REFRESH_SECONDS = 14 * 86_400
"""How long a refresh token holds."""

LONGEST_TOKEN = 4096
"""Characters of a token that is looked at. Ours have about 400, with RSA 700."""

INVALID = "Token is invalid."
"""What is said of a token whose holder is to learn no more."""

LEEWAY_SECONDS = 5
"""How far the clock of the host that made a token may be ahead of ours. No token holds any longer for it."""

_REQUIRED = ("iss", "aud", "exp", "iat", "sub", "jti", "typ", "sid")


class Kind(StrEnum):
    """The `typ` claim: a refresh token is not an access token."""

    ACCESS = "access"
    REFRESH = "refresh"


class Claims(msgspec.Struct, frozen=True):
    """What a valid token says.

    Attributes:
        user: the user's uuid.
        session: the login that the token descends from, through however many refreshes: its family.
        expires_at: seconds since 1970.
        token_id: unique to the token.
        role: of the user, where `api.accounts` asked the database for it; a token does not say, so before it is the
            least there is.
    """

    user: str
    session: str
    expires_at: int
    token_id: str
    role: Role = Role.COUNTER


class Tokens:
    """Makes and checks tokens with one algorithm.

    Args:
        keys: what they are signed and checked with.
        access_seconds: how long an access token holds.
    """

    def __init__(self, keys: Keys, access_seconds: int) -> None:
        self._keys = keys
        self.access_seconds = access_seconds

    def issue(
        self, user: str, session: str, kind: Kind = Kind.ACCESS, token_id: str | None = None, made_at: int | None = None
    ) -> str:
        """A token of the session of the user with this uuid. The same arguments, all of them, make the same token."""
        now = int(time.time()) if made_at is None else made_at
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user,
            "sid": session,
            "iat": now,
            "exp": now + (self.access_seconds if kind is Kind.ACCESS else REFRESH_SECONDS),
            "jti": token_id or str(uuid4()),
            "typ": kind.value,
        }
        return jwt.encode(claims, self._keys.signing, algorithm=self._keys.algorithm)

    def verify(self, token: str, kind: Kind = Kind.ACCESS) -> Claims:
        """What `token` says, if it is of `kind`, ours and not expired.

        Raises:
            Unauthorized: it is not. The message does not tell an attacker more than the token itself does.
        """
        try:
            if len(token) > LONGEST_TOKEN:
                raise Unauthorized(INVALID)
            claims = self._decoded(token)
            if int(claims["exp"]) <= time.time():
                raise Unauthorized("Token has expired.")
        except jwt.ExpiredSignatureError as error:
            raise Unauthorized("Token has expired.") from error
        except (jwt.PyJWTError, ValueError, RecursionError) as error:
            raise Unauthorized(INVALID) from error
        if claims["typ"] != kind.value or not isinstance(claims["jti"], str) or not isinstance(claims["sid"], str):
            raise Unauthorized(f"Token is not an {kind.value} token." if kind is Kind.ACCESS else INVALID)
        return Claims(claims["sub"], claims["sid"], int(claims["exp"]), claims["jti"])

    def _decoded(self, token: str) -> dict[str, Any]:
        """The claims of a token that one of the keys has signed, today's or one from before. Raises as PyJWT does."""
        *earlier, last = self._keys.all_checking
        for checking in earlier:
            try:
                return _decoded(token, checking)
            except (jwt.InvalidSignatureError, jwt.InvalidAlgorithmError):
                continue
        return _decoded(token, last)


def _decoded(token: str, checking: Checking) -> dict[str, Any]:
    return jwt.decode(
        token,
        checking.key,
        algorithms=[checking.algorithm],
        issuer=ISSUER,
        audience=AUDIENCE,
        options={"require": list(_REQUIRED)},
        leeway=LEEWAY_SECONDS,
    )
