"""What administrators do below `/api/v2/auth/users`: list, create, change and delete users."""

from typing import Annotated

from litestar import Controller, Request, delete, get, patch, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.handlers import BaseRouteHandler
from litestar.params import PathParameter

from api.accounts.accounts import Accounts
from api.accounts.administration import Administration, ListedUser, listed
from api.accounts.bodies import (
    LONGEST_NAME,
    ChangeBody,
    CreateBody,
    read_flag,
    read_object,
    read_role,
    read_string,
    refuse_unknown,
)
from api.accounts.emails import LONGEST_EMAIL
from api.accounts.guard import HttpRequest, deed_of, let_in
from api.actions.audit import Deed
from api.actions.roles import Role
from api.openapi import BEARER, least_role, links_by_path, operation, problems
from mappings.errors import Conflict

LEAST = Role.ADMIN

_User = Annotated[str, PathParameter(description="The `uuid` of a user, as their list has it", min_length=1)]

OWN = "You can't do this to yourself; another administrator or the command line can."
"""So there is always an administrator left, and nobody locks out whom nobody can let in again over HTTP."""


async def administrator(connection: ASGIConnection[object, object, object, State], handler: BaseRouteHandler) -> None:
    """A guard, as that of the contacts: what is asked is looked at only afterwards."""
    assert isinstance(connection, Request)
    if connection.method != "OPTIONS":
        await let_in(connection, LEAST, deed_of(connection, handler.handler_name))


class UsersController(Controller):
    """Doors to `Administration`; bodies are JSON objects, errors `{"detail": …}`."""

    path = "/api/v2/auth/users"
    tags = ("Users",)
    guards = (administrator,)
    security = (BEARER,)

    @get(
        summary="List users",
        description=f"All users, by e-mail.\n\n{least_role(LEAST)}",
        operation_class=operation(
            links=links_by_path("user", "/0/uuid", "change_user", "delete_user"),
        ),
        responses=problems(401, 403, 429, 503),
    )
    async def list_users(self, request: HttpRequest) -> list[ListedUser]:
        """All users."""
        with _deed(request):
            return await _administration(request).all()

    @post(
        status_code=201,
        summary="Create a user",
        description=f"Create a user, also where registration is closed.\n\n{least_role(LEAST)}",
        operation_class=operation(body=CreateBody, links=links_by_path("user", "/uuid", "change_user", "delete_user")),
        responses=problems(400, 401, 403, 409, 413, 429, 503),
    )
    async def create_user(self, request: HttpRequest) -> ListedUser:
        """Create a user."""
        with _deed(request) as deed:
            body = read_object(await request.body())
            email, password = read_string(body, "email", LONGEST_EMAIL), read_string(body, "password")
            name = "" if body.get("name") in (None, "") else read_string(body, "name", LONGEST_NAME)
            role = read_role(body) or Role.USER
            created = await _administration(request).create(email, password, name, role)
            deed.target = created.uuid
        return listed(created)

    @patch(
        "/{user:str}",
        summary="Change a user",
        description=(
            "Disable or enable a user, give another role or a new password; what is absent stays. If anything is "
            f"different afterwards, all sessions of the user end, and their WebSockets close.\n\n{least_role(LEAST)}"
        ),
        operation_class=operation(body=ChangeBody),
        responses=problems(400, 401, 403, 404, 409, 413, 429, 503),
    )
    async def change_user(self, request: HttpRequest, user: _User) -> ListedUser:
        """Change a user."""
        administration = _administration(request)
        with _deed(request) as deed:
            body = read_object(await request.body())
            refuse_unknown(body, ChangeBody)
            active, role = read_flag(body, "active"), read_role(body)
            password = None if body.get("password") is None else read_string(body, "password")
            deed.target = await _other(request, administration, user)
            return listed(await administration.change(deed.target, active=active, role=role, password=password))

    @delete(
        "/{user:str}",
        status_code=204,
        summary="Delete a user",
        description=f"Delete a user with all sessions, whose WebSockets close.\n\n{least_role(LEAST)}",
        operation_class=operation(),
        responses=problems(400, 401, 403, 404, 409, 429, 503),
    )
    async def delete_user(self, request: HttpRequest, user: _User) -> None:
        """Delete a user."""
        administration = _administration(request)
        with _deed(request) as deed:
            deed.target = await _other(request, administration, user)
            await administration.delete(deed.target)


def _administration(request: HttpRequest) -> Administration:
    accounts: Accounts = request.app.state.accounts
    return accounts.administration


def _deed(request: HttpRequest) -> Deed:
    """What the guard has begun, as the user who was let in."""
    deed: Deed = request.state.deed
    return deed


async def _other(request: HttpRequest, administration: Administration, uuid: str) -> str:
    """The uuid of the user whom the path names, who is not the one who asks. Raises `NotFound` or `Conflict`."""
    uuid = (await administration.with_uuid(uuid)).uuid
    if uuid == _deed(request).user:
        raise Conflict(OWN)
    return uuid
