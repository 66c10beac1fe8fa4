"""The requests of one connection that were admitted and not answered yet, in their lanes. Without I/O."""

import math
from collections.abc import Callable, Iterator
from functools import partial

from api.actions.audit import WEBSOCKET
from api.actions.budget import Account, Hold
from api.actions.requests import ActionRequest
from api.actions.table import Action
from api.actions.traffic import Recorder
from api.settings import Settings
from api.socket import limits
from api.socket.envelope import Request
from api.socket.lanes import Lane
from api.socket.pending import Pending


class Roster:
    """Numbers requests, has them run in their turn, and counts what became of those that ran.

    Args:
        settings: the caps.
        recorder: where they are counted.
        account: on which is held what they cost.
        start: told of each request that runs from now on.

    Attributes:
        renewals: the lane of `authenticate`, which is neither timed nor in flight for the recorder.
    """

    def __init__(
        self, settings: Settings, recorder: Recorder, account: Account, start: Callable[[Pending], None]
    ) -> None:
        lane = partial(Lane, most_bytes=limits.WAITING_MESSAGES * settings.max_message_bytes, account=account)
        self._engine = lane(width=settings.max_in_flight, depth=settings.max_queued)
        self._analyses = lane(width=limits.ANALYSES_AT_ONCE, depth=settings.max_queued)
        self.renewals = lane(width=1, depth=limits.RENEWALS_WAITING)
        self._account = account
        self._timeout = settings.engine.timeout
        self._recorder = recorder
        self._start = start
        self._pending: dict[int, Pending] = {}
        self._last_number = 0

    def __iter__(self) -> Iterator[Pending]:
        """In the order in which they came; others may be released meanwhile."""
        return iter(list(self._pending.values()))

    def __len__(self) -> int:
        return len(self._pending)

    def get(self, number: int) -> Pending | None:
        """The request with this number, unless it was answered."""
        return self._pending.get(number)

    def with_id(self, request_id: str | int) -> list[Pending]:
        """Those that a `cancel` of this id means."""
        return [
            pending
            for pending in self
            if pending.request.request_id == request_id and pending.lane is not self.renewals
        ]

    def lane_of(self, action: Action[ActionRequest] | None) -> Lane:
        """Where requests of this action go; `None` stands for `authenticate`."""
        if action is None:
            return self.renewals
        return self._engine if action.uses_engine else self._analyses

    def enter(self, lane: Lane, request: Request, now: float) -> Pending:
        """Take in a request that its lane has room for. It runs now or later."""
        self._last_number += 1
        pending = Pending(self._last_number, request, lane, Hold(self._account), now + self._timeout)
        self._pending[pending.number] = pending
        if lane.enter(pending.number, request.size):
            self._run(pending, now)
        return pending

    def allow(self, pending: Pending, now: float) -> float:
        """Give a request the whole time again, from `now` on, for the next part of its answer; its new deadline."""
        pending.deadline = now + self._timeout
        return pending.deadline

    def record(self, pending: Pending, outcome: str, now: float) -> None:
        """Count what became of a request that ran: `success`, `cancelled` or the code of its error."""
        if pending.lane is self.renewals:
            self._recorder.answered(WEBSOCKET, pending.request.action, outcome)
        elif pending.started is not None:
            self._recorder.in_flight -= 1
            self._recorder.answered(WEBSOCKET, pending.request.action, outcome, now - pending.started)

    def release(self, pending: Pending, now: float) -> None:
        """A request has its answer; the next in its lane runs. Nothing happens if it was released before."""
        if self._pending.pop(pending.number, None) is not None:
            following = pending.lane.leave(pending.number)
            if following is not None:
                self._run(self._pending[following], now)

    def clear(self, now: float) -> None:
        """Forget all of them; those that run are counted as cancelled."""
        for pending in self:
            if pending.running and pending.lane is not self.renewals:
                self.record(pending, "cancelled", now)
        self._pending.clear()

    def late(self, now: float) -> tuple[list[Pending], list[Pending]]:
        """Those whose time is up: the ones that wait, or need no engine, and the ones that are in the engine."""
        late = [pending for pending in self if pending.deadline <= now]
        in_engine = [pending for pending in late if pending.in_engine]
        return [pending for pending in late if not pending.in_engine], in_engine

    def next_deadline(self) -> float:
        """When the time of the next is up."""
        return min((pending.deadline for pending in self if pending.reason is None), default=math.inf)

    def _run(self, pending: Pending, now: float) -> None:
        pending.started = now
        if pending.lane is not self.renewals:
            self._recorder.in_flight += 1
        self._start(pending)
