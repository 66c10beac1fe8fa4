"""The requests of one connection while they run, a task each. The session says which, and is told the outcome."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager, suppress
from functools import partial
from typing import Any

from api.actions.audit import Deed
from api.actions.budget import Hold, Outgrown
from api.actions.requests import ActionRequest, is_streamed
from api.actions.service import Body, ContactService
from api.actions.streams import AnswerStream
from api.actions.table import ACTIONS, Action
from api.errors import report
from api.operations.logs import Label, label
from api.services import Services
from api.socket.control import AUTHENTICATE, CANCELLED, fresh_token
from api.socket.deeds import Deeds
from api.socket.envelope import Request
from api.socket.session import Session
from mappings.errors import ContactsError, EngineTimeout, Stopped

STOP_SECONDS = 5.0
"""How long cancelled requests have to end, e.g. to tell the engine."""


class Runner:
    """Carries out requests, each known by its number.

    Args:
        session: told of every outcome.
        name: what log lines call the connection.
        deeds: what the audit log is told.
        told: called each time the session was told something.
    """

    def __init__(self, session: Session, services: Services, name: str, deeds: Deeds, told: Callable[[], None]) -> None:
        self._session = session
        self._services = services
        self._name = name
        self._deeds = deeds
        self._told = told
        self._loop = asyncio.get_running_loop()
        self._user = session.expiry.claims.user
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._reasons: dict[int, ContactsError] = {}
        self._resumed: dict[int, asyncio.Future[None]] = {}
        self._wanting: list[asyncio.Future[None]] = []
        session.account.told = self._make_room
        session.undone = deeds.undone

    def start(self, number: int, request: Request) -> None:
        """Carry out a request of one of the actions."""
        deed = self._deeds.of(request)
        self._begin(number, self._carry_out(number, request, deed), partial(self._deeds.end, deed, request))

    def renew(self, number: int, request: Request) -> None:
        """Find out whose token an `authenticate` brought."""
        self._begin(number, self._identify(number, request), lambda _reason: None)

    def resume(self, number: int) -> None:
        """The part that a stream made has found room."""
        if (waiting := self._resumed.pop(number, None)) is not None and not waiting.done():
            waiting.set_result(None)

    def cancel(self, number: int, reason: ContactsError) -> None:
        """Stop a request. It is done once in the life of each."""
        self._reasons[number] = reason
        self._tasks[number].cancel()

    async def close(self) -> None:
        """Stop all requests, and wait until they have ended. One that is being stopped already is not disturbed."""
        for number, task in self._tasks.items():
            if number not in self._reasons:
                task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=STOP_SECONDS)

    def _begin(self, number: int, work: Coroutine[Any, Any, None], given_up: Callable[[ContactsError], object]) -> None:
        task = self._tasks[number] = asyncio.create_task(work)
        task.add_done_callback(partial(self._ended, number, given_up))

    def _ended(self, number: int, given_up: Callable[[ContactsError], object], task: asyncio.Task[None]) -> None:
        del self._tasks[number]
        reason = self._reasons.pop(number, None)
        self._resumed.pop(number, None)
        if task.cancelled():
            # Told from here: of a task that is cancelled at once not even the first line has run.
            given_up(reason or Stopped(CANCELLED))
            self._session.stopped(number, self._loop.time())
            self._told()

    @property
    def _contacts(self) -> ContactService:
        """The service as it answers the user, whose token may have been renewed."""
        return self._services.contacts.for_role(self._session.expiry.claims.role)

    async def _carry_out(self, number: int, request: Request, deed: Deed) -> None:
        """Answer a request of one of the actions, once the audit log has its line; once given up, `_ended` has it."""
        label.set(Label(self._name, request.request_id))
        action, pace = ACTIONS[request.action], self._services.traffic.pace
        pace.begin(self._user)
        try:
            data = await self._data(number, action, request, self._contacts.doing(deed))
        except Exception as error:
            deed.end(self._reasons.get(number, error))
            report(error, request.action)
            self._session.failed(number, error, self._loop.time())
        else:
            deed.end()
            self._session.succeeded(number, data, self._loop.time())
        finally:
            pace.end(self._user)
        self._told()

    async def _data(
        self, number: int, action: Action[ActionRequest], request: Request, service: ContactService
    ) -> Body:
        """The `data` of the answer; of a streamed one, of the message that ends it."""
        hold = self._session.hold(number)
        if action.stream is not None and is_streamed(request.data):
            return await self._send_parts(number, await action.stream(service, request.data), request, hold)
        service = service.within(hold.grow)
        with suppress(Outgrown):
            return await self._made(number, action, request, service, hold)
        # What was made has to be forgotten by now, and with it the error, which knows where it was raised.
        await hold.turn()
        return await self._made(number, action, request, service, hold)

    async def _made(
        self, number: int, action: Action[ActionRequest], request: Request, service: ContactService, hold: Hold
    ) -> Body:
        """The `data` of an answer in one piece. Raises `Outgrown` if there is no room for it now."""
        if not action.uses_engine:
            async with self._services.traffic.explaining(self._user):
                data = await action.answer(service, request.data)
        else:
            await self._take_slot(lambda: self._session.account.has_room or hold.has_turn)
            try:
                async with self._in_engine(number, request):
                    data = await action.answer(service, request.data)
            finally:
                self._services.traffic.slots.release(self._user)
        hold.grow(len(data))
        return data

    async def _take_slot(self, has_room: Callable[[], bool]) -> None:
        """Wait for a slot, and before that for room."""
        slots = self._services.traffic.slots
        while True:
            while not has_room():
                await self._room()
            if not slots.take(self._user):
                await slots.acquire(self._user)
            if has_room():
                return
            slots.release(self._user)

    async def _room(self) -> None:
        """Wait until there may be room for another answer: because this client has read, or others have."""
        self._session.account.want()
        self._wanting.append(self._loop.create_future())
        await self._wanting[-1]

    def _make_room(self) -> None:
        for waiting in self._wanting:
            if not waiting.done():
                waiting.set_result(None)
        self._wanting.clear()

    @asynccontextmanager
    async def _in_engine(self, number: int, request: Request) -> AsyncGenerator[None]:
        """What is done with a slot. That the engine was too slow for it is logged here, since nobody else knows."""
        self._session.entered(number)
        try:
            yield
        except asyncio.CancelledError:
            if isinstance(reason := self._reasons.get(number), EngineTimeout):
                report(reason, request.action)
            raise
        finally:
            self._session.left(number)

    @asynccontextmanager
    async def _turn(self, number: int, request: Request, *, first: bool) -> AsyncGenerator[None]:
        """A slot, for one batch of a streamed answer. The batch before is out, and held until there is another."""
        account = self._session.account
        if not first and not account.has_room_to_go_on:
            self._session.paused(number)
            while not account.has_room_to_go_on:
                await self._room()
            self._session.resumed(number, self._loop.time())
            self._told()
        await self._take_slot(lambda: account.has_room_to_stream if first else account.has_room_to_go_on)
        try:
            async with self._in_engine(number, request):
                yield
        finally:
            self._services.traffic.slots.release(self._user)

    async def _send_parts(self, number: int, stream: AnswerStream, request: Request, hold: Hold) -> Body:
        """Send the partial messages of a streamed answer; the `data` of the one that ends it.

        A slot is held while the engine makes a part, and not while the client takes its time to read one.
        """
        sequence = 0
        async with aclosing(stream.parts(lambda: self._turn(number, request, first=not sequence))) as parts:
            async for part in parts:
                sequence += 1
                hold.set(stream.held)
                if not self._session.part(number, sequence, stream.key, part, self._loop.time()):
                    resumed = self._resumed[number] = self._loop.create_future()
                    await resumed
                self._told()
        return stream.end(sequence)

    async def _identify(self, number: int, request: Request) -> None:
        """Find out whose token an `authenticate` brought."""
        label.set(Label(self._name, request.request_id))
        try:
            claims = await self._services.accounts.identify(fresh_token(request.data))
        except Exception as error:
            report(error, AUTHENTICATE)
            self._session.failed(number, error, self._loop.time())
        else:
            self._session.renewed(number, claims, self._loop.time())
        self._told()
