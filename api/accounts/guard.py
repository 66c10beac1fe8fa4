"""Who sends a request: what the routes of REST ask, and tell the audit log, before they look at anything of it."""

from typing import Any, TypeAlias

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State

from api.accounts.accounts import Accounts
from api.accounts.bearer import bearer
from api.accounts.tokens import Claims
from api.actions.audit import NO_ADDRESS, REST, Deed
from api.actions.roles import Role
from api.actions.traffic import Traffic

HttpRequest: TypeAlias = Request[None, None, State]
"""A request of the REST door: who sent it is asked here and not kept in it."""


async def let_in(request: HttpRequest, least: Role, deed: Deed) -> Claims:
    """Who sent `request`, for which a user needs the role `least`; it counts towards that user's rate limit.

    `deed` is what the user wants to do. It is ended here if that may not be done; else it is the `deed` of the
    request's state, for whoever does it to end.

    Raises:
        Unauthorized: no access token, or one that does not hold.
        Forbidden: the user's role is not enough.
        TooManyRequests: over the user's rate limit.
    """
    accounts: Accounts = request.app.state.accounts
    traffic: Traffic = request.app.state.traffic
    try:
        claims = await accounts.identify(bearer_token(request))
        deed.user = claims.user
        traffic.let_in(claims.user, claims.role, least)
    except BaseException as error:
        deed.end(error)
        raise
    request.state.deed = deed
    return claims


def deed_of(request: HttpRequest, action: str, *, audited: bool = True) -> Deed:
    """What the audit log is told of a request for an action, as long as nobody knows whose it is."""
    return Deed(door=REST, action=action, address=address_of(request), audited=audited)


def bearer_token(request: HttpRequest) -> str | None:
    """The token in `Authorization: Bearer`."""
    return bearer(request.headers.get("authorization", ""))


def address_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    """The client's address, as a trusted proxy or the connection says."""
    return connection.client.host if connection.client else NO_ADDRESS
