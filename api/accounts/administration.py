"""Users as administrators see them: made, listed, changed and deleted, by the same rules over HTTP and in commands.

It makes and checks no tokens, so that the command line needs no secret for it.
"""

from collections.abc import Callable, Iterable

import msgspec

from api.accounts.bodies import LONGEST_NAME
from api.accounts.emails import new_email
from api.accounts.passwords import Passwords
from api.accounts.users import Changes, User, Users
from api.actions.roles import Role
from mappings.errors import Conflict, InvalidField, NotFound


class ListedUser(msgspec.Struct, frozen=True):
    """A user as administrators see one."""

    uuid: str
    email: str
    name: str
    active: bool
    role: Role


class Administration:
    """Makes, lists, changes and deletes users.

    Args:
        ended: told the ids of the sessions that end with a change.
    """

    def __init__(
        self, users: Users, passwords: Passwords, ended: Callable[[Iterable[str]], None] = lambda _sessions: None
    ) -> None:
        self._users = users
        self._passwords = passwords
        self._ended = ended

    async def create(self, email: str, password: str, name: str, role: Role = Role.USER) -> User:
        """A new user, also where registration is closed.

        Raises:
            Conflict: the e-mail is taken.
            InvalidField: what is no e-mail address or could be taken for another, or a password that is too short or
                long.
        """
        email, name = new_email(email), name.strip()
        if len(name) > LONGEST_NAME:
            raise InvalidField(f"name must have at most {LONGEST_NAME} characters")
        if await self._users.by_email(email) is not None:
            raise Conflict("A user with this email exists already.")
        return await self._users.add(email, name, await self._passwords.hash(password), role)

    async def all(self) -> list[ListedUser]:
        """Every user, by e-mail."""
        return [listed(user) for user in await self._users.all()]

    async def with_uuid(self, uuid: str) -> User:
        """The user with this uuid. Raises `NotFound`."""
        if (user := await self._users.by_uuid(uuid)) is None:
            raise NotFound("There is no such user.")
        return user

    async def with_email(self, email: str) -> User | None:
        """The user with this e-mail, in whatever case it is written."""
        return await self._users.by_email(email)

    async def change(
        self, uuid: str, *, active: bool | None = None, role: Role | None = None, password: str | None = None
    ) -> User:
        """Disable or enable a user, give another role or password; the user afterwards.

        Whatever is different then, all sessions of the user have ended: no token outlives a password, a role or a user.

        Raises:
            NotFound: there is no such user.
            InvalidField: the password is too short or too long.
        """
        password_hash = None if password is None else await self._passwords.hash(password)
        uuid = (await self.with_uuid(uuid)).uuid
        self._ended(await self._users.change(uuid, Changes(active, role, password_hash)))
        return await self.with_uuid(uuid)

    async def delete(self, uuid: str) -> User:
        """Delete a user with all sessions; who it was. Raises `NotFound`."""
        user = await self.with_uuid(uuid)
        self._ended(await self._users.delete(user.uuid))
        return user


def listed(user: User) -> ListedUser:
    """A user, without the hash of the password."""
    return ListedUser(user.uuid, user.email, user.name, user.active, user.role)
