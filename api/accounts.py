"""Who may use the service: registration, login, and whom a token belongs to. Free of any framework."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from api.passwords import Passwords
from api.settings import Settings
from api.tokens import Claims, Kind, Tokens
from api.users import User, Users
from mappings.errors import (
    Conflict,
    Forbidden,
    InvalidField,
    MissingField,
    SettingsError,
    Unauthorized,
    WrongCredentials,
)

LONGEST_EMAIL, LONGEST_NAME = 320, 200
"""Characters: RFC 5321's 64 + 1 + 255 for an e-mail address."""

_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")


class PublicUser(msgspec.Struct, frozen=True):
    """What a client learns about its user."""

    uuid: str
    email: str
    name: str


class Session(msgspec.Struct, frozen=True):
    """The answer to a login. `expires_in` is the seconds until the access token expires."""

    user: PublicUser
    access_token: str
    refresh_token: str
    token_type: str
    expires_in: int


class Accounts:
    """Users, passwords and tokens together.

    Raises:
        SettingsError: there is no secret, or the database URL can't be used.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.jwt_secret is None:
            raise SettingsError("CONTACTS_JWT_SECRET: not set; expected the secret that signs tokens")
        self.users = Users(settings.database_url, settings.engine.data_dir)
        self._passwords = Passwords()
        self._tokens = Tokens(settings.jwt_secret, settings.access_token_seconds)
        self._closed = settings.registration == "closed"

    async def open(self) -> None:
        """Make ready: the table, and the hash that unknown users are checked against."""
        await self.users.open()
        await self._passwords.prepare()

    async def close(self) -> None:
        """Give the database back."""
        await self.users.close()

    async def register(self, body: Mapping[str, Any]) -> Session:
        """Create the user in `body` (`email`, `password`, optional `name`) and log in.

        Raises:
            Forbidden: registration is closed.
            Conflict: the e-mail is taken.
            MissingField, InvalidField: as it says.
        """
        if self._closed:
            raise Forbidden("Registration is closed; ask the operator for a user.")
        email, password = _email(body), _string(body, "password")
        name = "" if body.get("name") is None else _string(body, "name", LONGEST_NAME).strip()
        return self._session(await self.create(email, password, name))

    async def create(self, email: str, password: str, name: str) -> User:
        """Create a user, also where registration is closed: the command line does so."""
        if await self.users.by_email(email) is not None:
            raise Conflict("A user with this email exists already.")
        return await self.users.add(email, name, await self._passwords.hash(password))

    async def login(self, body: Mapping[str, Any]) -> Session:
        """A session for the `email` and `password` in `body`.

        Raises:
            WrongCredentials: in the same words and time for an unknown user, a wrong password and a disabled user.
        """
        email, password = _string(body, "email", LONGEST_EMAIL), _string(body, "password")
        user = await self.users.by_email(email)
        matches = await self._passwords.check(password, user.password_hash if user else None)
        if user is None or not matches or not user.active:
            raise WrongCredentials
        return self._session(user)

    async def identify(self, token: str | None) -> Claims:
        """Whose access token this is. Raises `Unauthorized`, also for a user who is disabled or gone."""
        if not token:
            raise Unauthorized("Authentication credentials were not provided.")
        claims = self._tokens.verify(token)
        user = await self.users.by_uuid(claims.user)
        if user is None or not user.active:
            raise Unauthorized("Token is invalid.")
        return claims

    def access_token(self, user: User) -> str:
        """An access token for `user`."""
        return self._tokens.issue(user.uuid)

    def _session(self, user: User) -> Session:
        return Session(
            user=PublicUser(user.uuid, user.email, user.name),
            access_token=self._tokens.issue(user.uuid),
            refresh_token=self._tokens.issue(user.uuid, Kind.REFRESH),
            token_type="bearer",  # noqa: S106 - the name of the scheme
            expires_in=self._tokens.access_seconds,
        )


def _string(body: Mapping[str, Any], name: str, longest: int | None = None) -> str:
    value = body.get(name)
    if value is None or value == "":
        raise MissingField(name)
    if not isinstance(value, str):
        raise InvalidField(f"{name} must be a string")
    if longest is not None and len(value) > longest:
        raise InvalidField(f"{name} must have at most {longest} characters")
    return value


def _email(body: Mapping[str, Any]) -> str:
    email = _string(body, "email", LONGEST_EMAIL).strip()
    if not _EMAIL.fullmatch(email):
        raise InvalidField("email must be an e-mail address such as ada@example.com")
    return email
