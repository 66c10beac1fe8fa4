"""The service at work for an HTTP request: in its user's turn, and for as long as the client is there."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from typing import TypeVar

from litestar.types import Receive

from api.accounts.guard import HttpRequest
from api.actions.budget import Account, Hold, Outgrown
from api.actions.pace import Pace
from api.actions.service import ContactService
from api.actions.traffic import BUSY
from api.services import Services
from api.settings import Settings
from mappings.errors import EngineTimeout, Stopped, TooManyRequests

Result = TypeVar("Result")


def service_of(http: HttpRequest) -> ContactService:
    """The application's service, as it answers the user who asks."""
    return _services(http).contacts.for_role(http.state.role)


def settings_of(http: HttpRequest) -> Settings:
    """The application's settings."""
    return _services(http).settings


def turn(http: HttpRequest, *, uses_engine: bool = True) -> AbstractAsyncContextManager[object]:
    """A slot for the engine, for the user who asks, until a deadline: of the answer, or of a part of a streamed one."""
    return _services(http).traffic.admitted(http.state.user, uses_engine=uses_engine)


def _services(http: HttpRequest) -> Services:
    services: Services = http.app.state.services
    return services


def account_of(http: HttpRequest) -> Account:
    """What is held for the request, until its answer is sent or nobody needs it any longer."""
    account: Account | None = http.state.get("account")
    if account is None:
        account = http.state.account = _services(http).traffic.budget.account(http.state.user)
    return account


def hold(account: Account, size: int) -> None:
    """Hold so many bytes more of a request. Raises `TooManyRequests` if there is no room for them."""
    if not account.fits(size):
        raise TooManyRequests("Your requests hold all that they may; wait for answers before sending more")
    account.keep(size)


@asynccontextmanager
async def first_turn(http: HttpRequest) -> AsyncGenerator[None]:
    """The turn for the first batch of a streamed answer, which waits for room, too. Raises `EngineTimeout`."""
    account = account_of(http)
    while True:
        await _room_to_stream(http)
        async with turn(http):
            if account.has_room_to_stream:
                yield
                return


async def _room_to_stream(http: HttpRequest) -> None:
    account, loop = account_of(http), asyncio.get_running_loop()
    try:
        async with asyncio.timeout_at(_services(http).traffic.deadline()):
            while not account.has_room_to_stream:
                told = loop.create_future()
                account.told = partial(_set, told)
                account.want()
                await told
    except TimeoutError:
        raise EngineTimeout(BUSY) from None


def _set(future: "asyncio.Future[None]") -> None:
    if not future.done():
        future.set_result(None)


def pace_of(http: HttpRequest) -> Pace:
    """How long the user who asks has to wait for others."""
    return _services(http).traffic.pace


async def in_turn(
    http: HttpRequest,
    service: ContactService,
    work: Callable[[ContactService], Awaitable[Result]],
    *,
    uses_engine: bool = True,
) -> Result:
    """The result of `work`, which begins with the turn; without a slot if it does not use the engine.

    It is given `service` in a form that holds what it makes on the request's account.
    """
    traffic, user, account = _services(http).traffic, http.state.user, account_of(http)
    hold, by = Hold(account), traffic.deadline()
    within = service.within(hold.grow)

    async def working() -> Result:
        with suppress(Outgrown):
            async with traffic.admitted(user, uses_engine=uses_engine, by=by):
                return await work(within)
        # What was made has to be forgotten by now, and with it the error, which knows where it was raised.
        async with traffic.admitted(user, uses_engine=uses_engine, by=by, outgrown=hold):
            return await work(within)

    try:
        return await while_there(http, working())
    except BaseException:
        account.close()
        raise


async def while_there(http: HttpRequest, work: Awaitable[Result]) -> Result:
    """The result of `work`, which is cancelled, in the engine too, when the client leaves."""
    working, leaving = asyncio.ensure_future(work), asyncio.ensure_future(gone(http.receive))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Stopped("The client left")
        return working.result()
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def gone(receive: Receive) -> None:
    """Return when the client has left. The request's body must have been read."""
    while (await receive())["type"] != "http.disconnect":
        pass
