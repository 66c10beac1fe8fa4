"""`contacts users …`: who may use the service, also where registration is closed. Needs no server and no secret."""

import getpass
import sys
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from api.actions.roles import Role
from api.settings import Settings
from indexing.cli.interrupts import run_async
from indexing.cli.options import current_deed, with_settings
from indexing.cli.places import users_place
from indexing.cli.terminal import Table, print_json, print_table, say
from mappings.errors import InvalidInput

if TYPE_CHECKING:
    from api.accounts.administration import Administration, ListedUser
    from api.accounts.sessions import OpenSession, Sessions
    from api.accounts.users import User

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Take the first line of standard input, instead of asking."
)
_LONGEST_LINE = 64 * 1024
"""Bytes that are read of a line with a password."""

_role = click.Choice([role.value for role in Role])


@click.group()
def users() -> None:
    """Create, list, change and delete users."""


@users.command()
@click.argument("email")
@click.option("--name", default="", help="The user's name.")
@click.option("--role", type=_role, default=Role.USER.value, show_default=True, help="What the user may do.")
@_password_stdin
@_as_json
@with_settings()
def create(settings: Settings, email: str, name: str, role: str, password_stdin: bool, as_json: bool) -> None:
    """Create a user who logs in with EMAIL.

    A counter learns how many contacts there are and never who they are, a user reads contacts, an admin looks after
    users too.

    \b
    Examples:
      contacts users create ada@example.com --name Ada --role admin
      pass show ada | contacts users create ada@example.com --password-stdin
    """
    password = _password(password_stdin)

    async def run() -> "User":
        async with _opened(settings) as (administration, _):
            return await administration.create(email, password, name, Role(role))

    made = run_async(run())
    _report(made, f"created {made.email} ({made.uuid})", as_json)


@users.command()
@click.argument("email")
@_as_json
@with_settings()
def disable(settings: Settings, email: str, as_json: bool) -> None:
    """Take all access from the user with EMAIL: tokens end at once, open WebSockets close within ten seconds.

    \b
    Example:
      contacts users disable ada@example.com
    """
    changed = run_async(_change(settings, email, active=False))
    _report(changed, f"disabled {changed.email}", as_json)


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
    changed = run_async(_change(settings, email, active=True))
    _report(changed, f"enabled {changed.email}", as_json)


@users.command()
@click.argument("email")
@click.argument("new", metavar="ROLE", type=_role)
@_as_json
@with_settings()
def role(settings: Settings, email: str, new: str, as_json: bool) -> None:
    """Give the user with EMAIL another ROLE: admin, user or counter. All sessions of the user end.

    \b
    Example:
      contacts users role ada@example.com counter
    """
    changed = run_async(_change(settings, email, role=Role(new)))
    _report(changed, f"{changed.email} is now {changed.role}", as_json)


@users.command()
@click.argument("email")
@_password_stdin
@_as_json
@with_settings()
def password(settings: Settings, email: str, password_stdin: bool, as_json: bool) -> None:
    """Give the user with EMAIL a new password. All sessions of the user end.

    \b
    Examples:
      contacts users password ada@example.com
      pass show ada | contacts users password ada@example.com --password-stdin
    """
    new = _password(password_stdin)
    changed = run_async(_change(settings, email, password=new))
    _report(changed, f"{changed.email} has a new password", as_json)


@users.command()
@click.argument("email")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_as_json
@with_settings()
def delete(settings: Settings, email: str, yes: bool, as_json: bool) -> None:
    """Delete the user with EMAIL, with all sessions. To keep the user and take all access there is `disable`.

    \b
    Example:
      contacts users delete ada@example.com --yes
    """
    if not yes:
        click.confirm(f"Delete {email!r} for good?", abort=True, err=True)

    async def run() -> "User":
        async with _opened(settings) as (administration, _):
            return await administration.delete((await _found(settings, administration, email)).uuid)

    deleted = run_async(run())
    _report(deleted, f"deleted {deleted.email}", as_json)


@users.command()
@click.argument("email")
@click.option("--end", is_flag=True, help="End them all.")
@_as_json
@with_settings()
def sessions(settings: Settings, email: str, end: bool, as_json: bool) -> None:
    """List the logins of the user with EMAIL that hold, or end them: open WebSockets close within ten seconds then.

    \b
    Examples:
      contacts users sessions ada@example.com
      contacts users sessions ada@example.com --end
    """

    async def run() -> "list[OpenSession]":
        async with _opened(settings) as (administration, kept):
            user = await _found(settings, administration, email)
            listed = await kept.of(user.uuid)
            if end:
                await kept.end_all(user.uuid)
            return listed

    listed = run_async(run())
    if as_json:
        print_json(listed)
    elif end:
        say(f"ended {len(listed)} {'session' if len(listed) == 1 else 'sessions'} of {email}")
    elif listed:
        rows = [(_time(one.started_at), _time(one.renewed_at), _time(one.expires_at), one.address) for one in listed]
        print_table(Table(("started", "renewed", "expires", "from"), rows))
    else:
        say(f"{email} is not logged in.")


@users.command("list")
@_as_json
@with_settings()
def list_users(settings: Settings, as_json: bool) -> None:
    """List all users, by e-mail.

    \b
    Example:
      contacts users list --json
    """

    async def run() -> "list[ListedUser]":
        async with _opened(settings) as (administration, _):
            return await administration.all()

    listed = run_async(run())
    if as_json:
        print_json(listed)
    elif listed:
        rows = [(user.email, user.name, user.role, "yes" if user.active else "no", user.uuid) for user in listed]
        print_table(Table(("email", "name", "role", "active", "uuid"), rows))
    else:
        say(f"There are no users in {users_place(settings)} yet.")


def _report(user: "User", words: str, as_json: bool) -> None:
    from api.accounts.administration import listed  # noqa: PLC0415

    current_deed().target = user.uuid
    if as_json:
        print_json(listed(user))
    else:
        say(words)


def _password(from_stdin: bool) -> str:
    try:
        if from_stdin:
            # Of a longer line no more is needed to refuse it.
            return sys.stdin.buffer.readline(_LONGEST_LINE).rstrip(b"\r\n").decode()
        typed = _asked()
        typed.encode()
    except UnicodeError:
        raise InvalidInput("The password is no text in UTF-8, in which clients send theirs") from None
    return typed


def _asked() -> str:
    """A password that was typed twice, unseen. Raises `InvalidInput` where there is no terminal to type it on."""
    with warnings.catch_warnings():
        # It would go on with standard input, and show what is typed.
        warnings.simplefilter("error", getpass.GetPassWarning)
        try:
            return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
        except getpass.GetPassWarning:
            raise InvalidInput(
                "There is no terminal to ask for the password on; give it with --password-stdin"
            ) from None


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S") if seconds else "?"


async def _change(
    settings: Settings, email: str, *, active: bool | None = None, role: Role | None = None, password: str | None = None
) -> "User":
    async with _opened(settings) as (administration, _):
        user = await _found(settings, administration, email)
        return await administration.change(user.uuid, active=active, role=role, password=password)


async def _found(settings: Settings, administration: "Administration", email: str) -> "User":
    """The user with this e-mail. Raises `InvalidInput`."""
    if (user := await administration.with_email(email)) is None:
        raise InvalidInput(f"There is no user with the email {email} in {users_place(settings)}")
    return user


# Only these commands pay for importing the database of users, hence the imports inside.


@asynccontextmanager
async def _opened(settings: Settings) -> "AsyncIterator[tuple[Administration, Sessions]]":
    from api.accounts.administration import Administration  # noqa: PLC0415
    from api.accounts.database import opened  # noqa: PLC0415
    from api.accounts.passwords import Passwords  # noqa: PLC0415
    from api.accounts.sessions import Sessions  # noqa: PLC0415
    from api.accounts.users import Users  # noqa: PLC0415

    async with opened(settings) as database:
        # The service finds out by itself which sessions have ended.
        yield Administration(Users(database), Passwords()), Sessions(database)
