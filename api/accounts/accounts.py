"""Who may use the service: registration, login, refresh, logout, and whom a token belongs to. Free of any framework."""

import time
from collections.abc import Callable, Mapping
from typing import Annotated, Literal
from uuid import uuid4

import msgspec
from msgspec import Meta

from api.accounts.attempts import Attempts
from api.accounts.bodies import LONGEST_NAME, read_string
from api.accounts.database import Database
from api.accounts.emails import LONGEST_EMAIL, new_email
from api.accounts.keys import load_keys
from api.accounts.passwords import Passwords
from api.accounts.sessions import Sessions
from api.accounts.tokens import REFRESH_SECONDS, Claims, Kind, Tokens
from api.accounts.users import User, Users
from api.settings import Settings
from mappings.errors import (
    Conflict,
    Forbidden,
    InvalidField,
    Unauthorized,
    WrongCredentials,
)

NO_CREDENTIALS = "Authentication credentials were not provided."


class PublicUser(msgspec.Struct, frozen=True):
    """What a client learns about its user."""

    uuid: Annotated[str, Meta(examples=["0192f0c1-2345-7abc-8def-0123456789ab"])]
    email: Annotated[str, Meta(examples=["ada@example.com"])]
    name: Annotated[str, Meta(examples=["Ada"])]


class IssuedTokens(msgspec.Struct, frozen=True):
    """The answer to a login: the tokens of its session. `expires_in` is the seconds until the access token expires."""

    user: PublicUser
    access_token: str
    refresh_token: str
    token_type: Literal["bearer"]
    expires_in: Annotated[int, Meta(ge=1, examples=[1800])]


class Accounts:
    """Users, passwords, tokens and sessions together.

    Raises:
        SettingsError: there is no secret or no fitting key, or the database URL can't be used.
    """

    def __init__(self, settings: Settings) -> None:
        self._tokens = Tokens(load_keys(settings), settings.access_token_seconds)
        self.database = Database(settings.database_url, settings.engine.data_dir)
        self.users = Users(self.database)
        self.sessions = Sessions(self.database)
        self._passwords = Passwords()
        self._closed = settings.registration == "closed"
        self._attempts = Attempts(settings.login_rate_limit)
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, ended: Callable[[str], None]) -> None:
        """Have `ended` called with the id of each session that ends here: by a logout, or a refresh token used twice.

        Those that another process ends are found by asking `sessions.alive`.
        """
        self._listeners.append(ended)

    async def open(self) -> None:
        """Make ready: the tables, and the hash that unknown users are checked against."""
        await self.database.open()
        await self._passwords.prepare()

    async def close(self) -> None:
        """Give the database back."""
        await self.database.close()

    async def register(self, body: Mapping[str, object], address: str = "") -> IssuedTokens:
        """Create the user in `body` (`email`, `password`, optional `name`) and log in. `address` is the client's.

        Raises:
            Forbidden: registration is closed.
            Conflict: the e-mail is taken.
            TooManyRequests: too many from this address, or for this e-mail from it.
            MissingField, InvalidField: as it says.
        """
        self._attempts.by(address)
        if self._closed:
            raise Forbidden("Registration is closed; ask the operator for a user.")
        email, password = new_email(read_string(body, "email", LONGEST_EMAIL)), read_string(body, "password")
        self._attempts.on(email, address)
        name = "" if body.get("name") in (None, "") else read_string(body, "name", LONGEST_NAME).strip()
        return await self._log_in(await self.create(email, password, name))

    async def create(self, email: str, password: str, name: str) -> User:
        """Create a user, also where registration is closed."""
        return await create_user(self.users, self._passwords, email, password, name)

    async def login(self, body: Mapping[str, object], address: str = "") -> IssuedTokens:
        """The tokens of a new session, for the `email` and `password` in `body`. `address` is the client's.

        Raises:
            TooManyRequests: too many from this address, or for this e-mail from it; for unknown users too.
            WrongCredentials: in the same words and time for an unknown user, a wrong password and a disabled user.
        """
        self._attempts.by(address)
        email, password = read_string(body, "email", LONGEST_EMAIL), read_string(body, "password")
        self._attempts.on(email, address)
        user = await self.users.by_email(email)
        matches = await self._passwords.check(password, user.password_hash if user else None)
        if user is None or not matches or not user.active:
            raise WrongCredentials
        return await self._log_in(user)

    async def refresh(self, body: Mapping[str, object], address: str = "") -> IssuedTokens:
        """New tokens for the `refresh_token` in `body`, which is used up by it.

        Raises:
            Unauthorized: it does not hold. One that was used before ends its whole session.
        """
        self._attempts.by(address)
        claims = self._tokens.verify(read_string(body, "refresh_token"), Kind.REFRESH)
        fresh = str(uuid4())
        if not await self.sessions.renew(claims.session, claims.token_id, fresh, _refresh_end()):
            self._tell(claims.session)
            raise Unauthorized("Token is invalid.")
        user = await self.users.by_uuid(claims.user)
        if user is None or not user.active:
            raise Unauthorized("Token is invalid.")
        return self._answer(user, claims.session, fresh)

    async def logout(self, body: Mapping[str, object], access_token: str | None) -> None:
        """End the session of the access token, or of the `refresh_token` in `body`.

        Raises:
            Unauthorized: neither holds.
        """
        refresh_token = None if body.get("refresh_token") is None else read_string(body, "refresh_token")
        if access_token:
            claims = await self.identify(access_token)
        elif refresh_token:
            claims = self._tokens.verify(refresh_token, Kind.REFRESH)
        else:
            raise Unauthorized(NO_CREDENTIALS)
        await self.sessions.end(claims.session)
        self._tell(claims.session)

    async def identify(self, token: str | None) -> Claims:
        """Whose access token this is.

        Raises:
            Unauthorized: it does not hold, its session was ended, or its user is disabled or gone.
        """
        if not token:
            raise Unauthorized(NO_CREDENTIALS)
        claims = self._tokens.verify(token)
        if not await self.sessions.holds(claims.session, claims.user):
            raise Unauthorized("Token is invalid.")
        return claims

    async def me(self, token: str | None) -> PublicUser:
        """The user whose access token this is. Raises `Unauthorized`."""
        user = await self.users.by_uuid((await self.identify(token)).user)
        if user is None:
            raise Unauthorized("Token is invalid.")
        return _public(user)

    async def access_token(self, user: User) -> str:
        """An access token for `user`, of a session of its own that can't be refreshed: for the command line."""
        end = int(time.time()) + self._tokens.access_seconds
        return self._tokens.issue(user.uuid, await self.sessions.start(user.uuid, str(uuid4()), end))

    async def _log_in(self, user: User) -> IssuedTokens:
        fresh = str(uuid4())
        return self._answer(user, await self.sessions.start(user.uuid, fresh, _refresh_end()), fresh)

    def _tell(self, session: str) -> None:
        for ended in self._listeners:
            ended(session)

    def _answer(self, user: User, session: str, refresh_id: str) -> IssuedTokens:
        return IssuedTokens(
            user=_public(user),
            access_token=self._tokens.issue(user.uuid, session),
            refresh_token=self._tokens.issue(user.uuid, session, Kind.REFRESH, refresh_id),
            token_type="bearer",  # noqa: S106 - the name of the scheme
            expires_in=self._tokens.access_seconds,
        )


async def create_user(users: Users, passwords: Passwords, email: str, password: str, name: str) -> User:
    """A new user: the rules that registration and the command line share.

    Raises:
        Conflict: the e-mail is taken.
        InvalidField: what is no e-mail address or could be taken for another, or a password that is too short or long.
    """
    email, name = new_email(email), name.strip()
    if len(name) > LONGEST_NAME:
        raise InvalidField(f"name must have at most {LONGEST_NAME} characters")
    if await users.by_email(email) is not None:
        raise Conflict("A user with this email exists already.")
    return await users.add(email, name, await passwords.hash(password))


def _public(user: User) -> PublicUser:
    return PublicUser(user.uuid, user.email, user.name)


def _refresh_end() -> int:
    return int(time.time()) + REFRESH_SECONDS
