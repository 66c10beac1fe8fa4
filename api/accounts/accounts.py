"""Who may use the service: registration, login, refresh, logout, and whom a token belongs to. Free of any framework."""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Literal
from uuid import uuid4

import msgspec
from msgspec import Meta

from api.accounts.administration import Administration
from api.accounts.attempts import Attempts, network_of
from api.accounts.bodies import LONGEST_NAME, read_string
from api.accounts.database import Database
from api.accounts.emails import LONGEST_EMAIL, new_email
from api.accounts.keys import load_keys
from api.accounts.passwords import Passwords
from api.accounts.recent import RecentSessions
from api.accounts.searches import Searches
from api.accounts.sessions import Renewal, Sessions
from api.accounts.tokens import INVALID, REFRESH_SECONDS, Claims, Kind, Tokens
from api.accounts.users import User, Users
from api.actions.one_use import OneUse
from api.actions.roles import Role
from api.settings import Settings
from mappings.errors import Conflict, Forbidden, NotFound, Unauthorized, WrongCredentials

NO_CREDENTIALS = "Authentication credentials were not provided."
NO_CODE = "The code does not hold: it was used, or is too old."

CODE_SECONDS = 300
"""How long a code holds that signs in: as long as it takes to copy a link from a terminal into a browser."""


class PublicUser(msgspec.Struct, frozen=True):
    """What a client learns about its user."""

    uuid: Annotated[str, Meta(examples=["0192f0c1-2345-7abc-8def-0123456789ab"])]
    email: Annotated[str, Meta(examples=["ada@example.com"])]
    name: Annotated[str, Meta(examples=["Ada"])]


class OwnUser(PublicUser, frozen=True):
    """What a client learns about its user who asks for it: what that user may do, too."""

    role: Annotated[Role, Meta(examples=[Role.USER.value])]


class IssuedTokens(msgspec.Struct, frozen=True):
    """The answer to a login: the tokens of its session. `expires_in` is the seconds until the access token expires."""

    user: PublicUser
    access_token: str
    refresh_token: str
    token_type: Literal["bearer"]
    expires_in: Annotated[int, Meta(ge=1, examples=[1800])]


class PageTokens(msgspec.Struct, frozen=True):
    """The same for a page in a browser, which has the refresh token in a cookie, with the role of the user."""

    user: PublicUser
    role: Role
    access_token: str
    token_type: Literal["bearer"]
    expires_in: Annotated[int, Meta(ge=1, examples=[1800])]


class SignInCode(msgspec.Struct, frozen=True):
    """What stands for a refresh token, once, for `expires_in` seconds."""

    code: str
    expires_in: Annotated[int, Meta(ge=1, examples=[CODE_SECONDS])]


class OwnSession(msgspec.Struct, frozen=True):
    """A session of the user who asks. Times are seconds since 1970; `address` is where it was started.

    `started_at` is 0 where an earlier version started it.
    """

    uuid: str
    started_at: int
    renewed_at: int
    expires_at: int
    address: str
    current: bool


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
        self.searches = Searches(self.database)
        self.recent = RecentSessions(self.sessions)
        self._passwords = Passwords()
        self.administration = Administration(self.users, self._passwords, self._tell)
        self._open = settings.registration_open
        self._attempts = Attempts(settings.login_rate_limit)
        self._codes: OneUse[str] = OneUse(CODE_SECONDS)
        self._listeners: list[Callable[[str], None]] = []

    def listen(self, ended: Callable[[str], None]) -> None:
        """Have `ended` called with the id of each session that ends here, by whatever it does.

        Those that another process ends are found by asking `sessions.alive`.
        """
        self._listeners.append(ended)

    async def open(self) -> None:
        """Make ready: the tables, and the hash that unknown users are checked against."""
        await self.database.open()
        await self._passwords.prepare()

    async def deserted(self) -> bool:
        """Whether nobody can come in: there are no users, and registration is closed."""
        return not self._open and not await self.users.any()

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
        if not self._open:
            raise Forbidden("Registration is closed; ask the operator for a user.")
        email, password = new_email(read_string(body, "email", LONGEST_EMAIL)), read_string(body, "password")
        self._attempts.on(email, address)
        name = "" if body.get("name") in (None, "") else read_string(body, "name", LONGEST_NAME).strip()
        return await self._log_in(await self.administration.create(email, password, name), address)

    async def login(self, body: Mapping[str, object], address: str = "") -> IssuedTokens:
        """The tokens of a new session, for the `email` and `password` in `body`. `address` is the client's.

        Raises:
            TooManyRequests: too many from this address, or for this e-mail from it; for unknown users too.
            WrongCredentials: in the same words and time for an unknown user, a wrong password and a disabled user.
        """
        self._attempts.by(address)
        email, password = read_string(body, "email", LONGEST_EMAIL), read_string(body, "password")
        self._attempts.on(email, address)
        client = network_of(address)
        user = await self.users.by_email(email, client)
        stored = user.password_hash if user else None
        matches = await self._passwords.check(password, stored, client)
        if user is None or not matches or not user.active:
            raise WrongCredentials
        return await self._log_in(user, address)

    async def refresh(self, body: Mapping[str, object], address: str = "") -> IssuedTokens:
        """New tokens for the `refresh_token` in `body`, which is used up by it; see `api.accounts.sessions`.

        Raises:
            Unauthorized: it does not hold. One that was used up longer ago than a moment ends its whole session.
        """
        self._attempts.by(address)
        return await self._renewed(read_string(body, "refresh_token"))

    async def code(self, body: Mapping[str, object], address: str = "") -> tuple[SignInCode, str]:
        """A code that stands for the `refresh_token` in `body`, for a link that signs in; and the uuid of its user.

        It gives nothing that its owner has not: with it one goes on with the same session, in another place.

        Raises:
            Unauthorized: the token does not hold, or its session has ended.
            TooManyRequests: too many from this address, or too many codes of others.
        """
        self._attempts.by(address)
        token = read_string(body, "refresh_token")
        claims = self._tokens.verify(token, Kind.REFRESH)
        if await self.sessions.role_in(claims.session, claims.user) is None:
            raise Unauthorized(INVALID)
        return SignInCode(self._codes.issue(claims.user, token), CODE_SECONDS), claims.user

    async def redeem(self, body: Mapping[str, object], address: str = "") -> IssuedTokens:
        """New tokens of the session that the `code` in `body` is of, which is used up by it.

        Raises:
            Unauthorized: it does not hold.
            TooManyRequests: too many from this address.
        """
        self._attempts.by(address)
        token = self._codes.take(read_string(body, "code"))
        if token is None:
            raise Unauthorized(NO_CODE)
        return await self._renewed(token)

    async def of_page(self, issued: IssuedTokens) -> PageTokens:
        """What of `issued` a page in a browser learns, and the role of its user."""
        role = (await self.identify(issued.access_token)).role
        return PageTokens(issued.user, role, issued.access_token, issued.token_type, issued.expires_in)

    async def logout(self, body: Mapping[str, object], access_token: str | None) -> str:
        """End the session of the access token, or of the `refresh_token` in `body`; the uuid of its user.

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
        self._tell([claims.session])
        return claims.user

    async def identify(self, token: str | None) -> Claims:
        """Whose access token this is, and what role that user has.

        Raises:
            Unauthorized: it does not hold, its session was ended, or its user is disabled or gone.
            AccountsUnavailable: that can't be looked up, and was not a moment ago (`api.accounts.recent`).
        """
        if not token:
            raise Unauthorized(NO_CREDENTIALS)
        claims = self._tokens.verify(token)
        role = await self.recent.role_in(claims.session, claims.user)
        if role is None:
            raise Unauthorized(INVALID)
        return msgspec.structs.replace(claims, role=role)

    async def me(self, token: str | None) -> OwnUser:
        """The user whose access token this is. Raises `Unauthorized`."""
        user = await self._user_of(token)
        return OwnUser(user.uuid, user.email, user.name, user.role)

    async def change_password(self, body: Mapping[str, object], token: str | None, address: str = "") -> IssuedTokens:
        """Give the user whose access token this is the `new_password` in `body`, whose `password` is the one so far.

        All sessions of the user end, that of the token too; the tokens are those of a new one.

        Raises:
            Unauthorized: the token does not hold.
            Forbidden: `password` is not the user's.
            TooManyRequests: too many from this address, or for this user from it.
            MissingField, InvalidField: as it says.
        """
        self._attempts.by(address)
        user = await self._user_of(token)
        password, new = read_string(body, "password"), read_string(body, "new_password")
        self._attempts.on(user.email, address)
        if not await self._passwords.check(password, user.password_hash, network_of(address)):
            raise Forbidden("password is not the one that you have now.")
        return await self._log_in(await self.administration.change(user.uuid, password=new), address)

    async def own_sessions(self, token: str | None) -> list[OwnSession]:
        """The sessions of the user whose access token this is. Raises `Unauthorized`."""
        claims = await self.identify(token)
        return [
            OwnSession(
                session.uuid,
                session.started_at,
                session.renewed_at,
                session.expires_at,
                session.address,
                session.uuid == claims.session,
            )
            for session in await self.sessions.of(claims.user)
        ]

    async def end_session(self, token: str | None, session: str) -> str:
        """End a session of the user whose access token this is; the uuid of that user.

        Raises:
            Unauthorized: the token does not hold.
            NotFound: the user has no such session.
        """
        user = (await self.identify(token)).user
        if session not in [own.uuid for own in await self.sessions.of(user)]:
            raise NotFound("You have no such session.")
        await self.sessions.end(session)
        self._tell([session])
        return user

    async def end_sessions(self, token: str | None) -> str:
        """End all sessions of the user whose access token this is, its own too; the uuid of that user.

        Raises:
            Unauthorized: the token does not hold.
        """
        user = (await self.identify(token)).user
        self._tell(await self.sessions.end_all(user))
        return user

    async def access_token(self, user: User) -> str:
        """An access token for `user`, of a session of its own that can't be refreshed: for the command line.

        Raises:
            Conflict: the user is disabled.
        """
        first = _first()
        end = first.made_at + self._tokens.access_seconds
        session = await self.sessions.start(user.uuid, user.password_hash, first, end)
        if session is None:
            raise Conflict(f"{user.email} is disabled; a token would open nothing.")
        return self._tokens.issue(user.uuid, session)

    async def _user_of(self, token: str | None) -> User:
        """The user whose access token this is. Raises `Unauthorized`."""
        return await self._user_with((await self.identify(token)).user)

    async def _user_with(self, uuid: str) -> User:
        """A user with a session a moment ago. Raises `Unauthorized` for one who is gone since."""
        if (user := await self.users.by_uuid(uuid)) is None:
            raise Unauthorized(INVALID)
        return user

    async def _renewed(self, refresh_token: str) -> IssuedTokens:
        """New tokens for a refresh token, which is used up by it. Raises `Unauthorized`."""
        claims = self._tokens.verify(refresh_token, Kind.REFRESH)
        renewal = await self.sessions.renew(claims.session, claims.token_id, str(uuid4()), REFRESH_SECONDS)
        if renewal is None:
            self._tell([claims.session])
            raise Unauthorized(INVALID)
        return self._answer(await self._user_with(claims.user), claims.session, renewal)

    async def _log_in(self, user: User, address: str) -> IssuedTokens:
        """Tokens of a new session. Raises `WrongCredentials` if the user was disabled or changed in this moment."""
        first = _first()
        end = first.made_at + REFRESH_SECONDS
        session = await self.sessions.start(user.uuid, user.password_hash, first, end, address)
        if session is None:
            raise WrongCredentials
        return self._answer(user, session, first)

    def _tell(self, sessions: Iterable[str]) -> None:
        """These have ended here, by whatever it was."""
        for session in sessions:
            self.recent.forget(session)
            for ended in self._listeners:
                ended(session)

    def _answer(self, user: User, session: str, good: Renewal) -> IssuedTokens:
        return IssuedTokens(
            user=_public(user),
            access_token=self._tokens.issue(user.uuid, session),
            refresh_token=self._tokens.issue(user.uuid, session, Kind.REFRESH, good.token_id, good.made_at),
            token_type="bearer",  # noqa: S106 - the name of the scheme
            expires_in=self._tokens.access_seconds,
        )


def _public(user: User) -> PublicUser:
    return PublicUser(user.uuid, user.email, user.name)


def _first() -> Renewal:
    """A refresh token for a new session."""
    return Renewal(str(uuid4()), int(time.time()))
