"""`contacts users …`: who may use the service, also where registration is closed. Needs no server and no secret."""

import sys

import click
import msgspec

from api.settings import Settings
from indexing.cli.interrupts import run_async
from indexing.cli.options import current_deed, with_settings
from indexing.cli.places import users_place
from indexing.cli.terminal import Table, print_json, print_table, say
from mappings.errors import InvalidInput

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class ListedUser(msgspec.Struct, frozen=True):
    """A user as these commands print one."""

    uuid: str
    email: str
    name: str
    active: bool


@click.group()
def users() -> None:
    """Create, list and disable users."""


@users.command()
@click.argument("email")
@click.option("--name", default="", help="The user's name.")
@click.option("--password-stdin", is_flag=True, help="Take the first line of standard input, instead of asking.")
@_as_json
@with_settings()
def create(settings: Settings, email: str, name: str, password_stdin: bool, as_json: bool) -> None:
    """Create a user who logs in with EMAIL.

    \b
    Examples:
      contacts users create ada@example.com --name Ada
      pass show ada | contacts users create ada@example.com --password-stdin
    """
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    made = run_async(_create(settings, email, password, name))
    current_deed().target = made.uuid
    if as_json:
        print_json(made)
    else:
        say(f"created {made.email} ({made.uuid})")


@users.command()
@click.argument("email")
@_as_json
@with_settings()
def disable(settings: Settings, email: str, as_json: bool) -> None:
    """Take all access from the user with EMAIL: tokens end at once, open WebSockets within a minute.

    \b
    Example:
      contacts users disable ada@example.com
    """
    _report(run_async(_switch(settings, email, active=False)), as_json)


@users.command()
@click.argument("email")
@_as_json
@with_settings()
def enable(settings: Settings, email: str, as_json: bool) -> None:
    """Let the user with EMAIL log in again.

    \b
    Example:
      contacts users enable ada@example.com
    """
    _report(run_async(_switch(settings, email, active=True)), as_json)


@users.command("list")
@_as_json
@with_settings()
def list_users(settings: Settings, as_json: bool) -> None:
    """List all users, by e-mail.

    \b
    Example:
      contacts users list --json
    """
    listed = run_async(_list(settings))
    if as_json:
        print_json(listed)
        return
    if not listed:
        say(f"There are no users in {users_place(settings)} yet.")
        return
    rows = [(user.email, user.name, "yes" if user.active else "no", user.uuid) for user in listed]
    print_table(Table(("email", "name", "active", "uuid"), rows))


def _report(user: ListedUser, as_json: bool) -> None:
    current_deed().target = user.uuid
    if as_json:
        print_json(user)
    else:
        say(f"{'enabled' if user.active else 'disabled'} {user.email}")


# Only these commands pay for importing the database of users, hence the imports inside.


async def _create(settings: Settings, email: str, password: str, name: str) -> ListedUser:
    from api.accounts.accounts import create_user  # noqa: PLC0415
    from api.accounts.database import opened  # noqa: PLC0415
    from api.accounts.passwords import Passwords  # noqa: PLC0415
    from api.accounts.users import Users  # noqa: PLC0415

    async with opened(settings) as database:
        user = await create_user(Users(database), Passwords(), email, password, name)
    return ListedUser(user.uuid, user.email, user.name, user.active)


async def _switch(settings: Settings, email: str, *, active: bool) -> ListedUser:
    from api.accounts.database import opened  # noqa: PLC0415
    from api.accounts.sessions import Sessions  # noqa: PLC0415
    from api.accounts.users import Users  # noqa: PLC0415

    async with opened(settings) as database:
        accounts = Users(database)
        user = await accounts.by_email(email) if await accounts.set_active(email, active) else None
        if user is None:
            raise InvalidInput(f"There is no user with the email {email} in {users_place(settings)}")
        if not active:
            await Sessions(database).end_all(user.uuid)
    return ListedUser(user.uuid, user.email, user.name, user.active)


async def _list(settings: Settings) -> list[ListedUser]:
    from api.accounts.database import opened  # noqa: PLC0415
    from api.accounts.users import Users  # noqa: PLC0415

    async with opened(settings) as database:
        return [ListedUser(user.uuid, user.email, user.name, user.active) for user in await Users(database).all()]
