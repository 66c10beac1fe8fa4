"""The rules of one connection, without sockets, tasks or clocks.

A frame, an outcome or the time goes in; what is to be done comes out as effects, what is to be sent as messages. It is
to `api.socket.connection` what `websockets.protocol` is to that library's connections. `now` is seconds of any clock
that never goes back.

Every request that came in is answered once, or the connection ends. It has one deadline, from the frame to its place
in the outbox: in the lane, for a slot, in the engine and for room in the outbox. A streamed answer has it for its first
part, and each part after that one of its own, which begins when the part before has found room.
"""

import math
from collections.abc import Callable, Container, Iterable, Sequence

from api.accounts.tokens import Claims
from api.actions.audit import WEBSOCKET
from api.actions.budget import Hold
from api.actions.traffic import BUSY, SILENT, Traffic
from api.errors import message_of
from api.settings import Settings
from api.socket import envelope, limits
from api.socket.close import STOPPING, Close
from api.socket.control import AUTHENTICATE, CANCEL, CANCELLED, CODES, Actions, answer_code, cancelled_id, fresh_token
from api.socket.effects import Cancel, Effect, End, Renew, Resume, Start
from api.socket.envelope import Request
from api.socket.expiry import Expiry
from api.socket.moments import Moments
from api.socket.outbox import Message, Outbox
from api.socket.pending import Pending
from api.socket.roster import Roster
from mappings.errors import ContactsError, EngineTimeout, Stopped, TooManyRequests, Unauthorized


class Session:
    """What is known of one client, from the accepted handshake to the close.

    Args:
        settings: its caps and times.
        expiry: of the token that the client came with.
        traffic: counts requests towards the user's limit, and keeps the figures.
        actions: those that can be asked for, by name.
        read: makes a request of a frame and the names that are known.

    Attributes:
        requests: frames that came in.
        account: on which is held what the connection costs, until it ends.
        over: why the connection ends, once it does. Whatever goes in then has no effect.
        undone: told of each request that ends without having begun, refused or given up, and why.
        moments: `next` of them is when to call `time`, at the latest.
    """

    def __init__(
        self,
        settings: Settings,
        expiry: Expiry,
        traffic: Traffic,
        actions: Actions,
        read: Callable[[bytes | str, Container[str]], Request] = envelope.read,
    ) -> None:
        self.expiry = expiry
        self.requests = 0
        self.over: Close | None = None
        self.undone: Callable[[Request, ContactsError], None] = lambda _request, _reason: None
        self._actions = actions
        self._known = {*actions, *CODES}
        self._read = read
        self._traffic = traffic
        self._effects: list[Effect] = []
        self.account = traffic.budget.account(expiry.claims.user, limits.ANSWERS_BYTES)
        self._roster = Roster(settings, traffic.recorder, self.account, self._start)
        self._outbox = Outbox(limits.ANSWERS_BYTES, limits.REFUSALS_BYTES, self.account)
        self.moments = Moments(expiry, settings.stall_seconds)

    def effects(self) -> Sequence[Effect]:
        """What is to be done now, in order; each is told once."""
        effects, self._effects = self._effects, []
        return effects

    def message(self, now: float) -> Message | None:
        """What to send next, if there is anything; then say `sent`, and on the way `moved`."""
        message = self._outbox.first()
        if message is not None:
            self.moments.moved(now)
        return message

    @property
    def has_message(self) -> bool:
        """Whether there is something to send."""
        return self._outbox.first() is not None

    def frame(self, frame: bytes | str, now: float) -> float | None:
        """A frame came. Answers how many seconds to wait before the next is read, `None` for not at all."""
        if self.over is not None:
            return None
        self.requests += 1
        request = self._read(frame, self._known)
        try:
            self._take(request, now)
        except ContactsError as error:
            self._refuse(request, error, now)
        return None if self.requests % limits.FRAMES_IN_A_ROW else 0.0

    def entered(self, number: int) -> None:
        """A request was given a slot: from now on the engine works on it, or on a part of its answer."""
        if (pending := self._roster.get(number)) is not None:
            pending.in_engine = True

    def left(self, number: int) -> None:
        """A request has given its slot back."""
        if (pending := self._roster.get(number)) is not None:
            pending.in_engine = False

    def hold(self, number: int) -> Hold:
        """What is held of a request's answer while it is made. It is let go of when the answer has left."""
        pending = self._roster.get(number)
        return Hold(self.account) if pending is None else pending.hold

    def paused(self, number: int) -> None:
        """The next part of a streamed answer waits for room. No time runs meanwhile."""
        if (pending := self._roster.get(number)) is not None:
            self._roster.allow(pending, math.inf)

    def resumed(self, number: int, now: float) -> None:
        """There is room for the next part."""
        if (pending := self._roster.get(number)) is not None:
            self.moments.look_by(self._roster.allow(pending, now))

    def succeeded(self, number: int, data: bytes | bytearray, now: float) -> None:
        """A request was carried out; `data` is the answer's, as JSON, and no longer the caller's."""
        if (pending := self._roster.get(number)) is not None:
            self._finish(pending, envelope.success(pending.request.head, data), "success", now)

    def failed(self, number: int, error: Exception, now: float) -> None:
        """A request could not be carried out, or its token does not hold."""
        if (pending := self._roster.get(number)) is not None:
            code = answer_code(pending.request.action, error, self._actions)
            self._finish(pending, envelope.failure(pending.request.head, code, message_of(error)), code, now)

    def stopped(self, number: int, now: float) -> None:
        """A request has ended without an outcome, as `Cancel` asked."""
        if (pending := self._roster.get(number)) is not None:
            reason = pending.reason or Stopped(CANCELLED)
            code = answer_code(pending.request.action, reason, self._actions)
            self._roster.record(pending, "cancelled" if isinstance(reason, Stopped) else code, now)
            self._answer_instead(pending, reason, now)

    def part(self, number: int, sequence: int, key: str, part: bytes, now: float) -> bool:
        """A part of a streamed answer was made: `True` if the next one may follow, `False` if `Resume` will tell."""
        if (pending := self._roster.get(number)) is None:
            return False
        message = envelope.partial(pending.request.head, sequence, key, part)
        fits = self._outbox.put(number, message, Hold(self.account))
        self.moments.look_by(self._roster.allow(pending, now if fits else math.inf))
        return fits

    def renewed(self, number: int, claims: Claims, now: float) -> None:
        """The token that an `authenticate` brought is good, and these are its claims."""
        if claims.user != self.expiry.claims.user:
            self.failed(number, Unauthorized("The token belongs to another user."), now)
        elif self._roster.get(number) is not None:
            self.expiry.renew(claims)
            self.moments.look_by(self.expiry.notice_at)
            self.succeeded(number, b'{"expires_in":%d}' % max(0, round(self.expiry.at - now)), now)

    def moved(self, now: float) -> None:
        """The client has taken something of the message that is being sent. It ends if that has taken too long."""
        self.moments.moved(now)
        if self.account.overdue:
            self.end(Close.NOT_READING, now)

    def sent(self, now: float) -> None:
        """The last `message` has left."""
        if self.over is not None:
            return
        self.moments.arrived()
        for pending in filter(None, map(self._roster.get, self._outbox.sent())):
            if pending.finished:
                self._roster.release(pending, now)
            else:
                self.moments.look_by(self._roster.allow(pending, now))
                self._effects.append(Resume(pending.number))
        self._flush(now)

    def finish(self, seconds: float, now: float) -> None:
        """Take no more requests, answer those there are, then end: what is not done in time is answered as stopped."""
        if self.over is None:
            self.moments.finish(now + seconds)
            self._flush(now)

    def time(self, now: float) -> None:
        """It is so late: do what is due."""
        if (close := self.moments.close(now)) is not None:
            self.end(close, now)
            return
        if now >= self.expiry.notice_at:
            self.expiry.told()
            self._offer(envelope.expiring(round(self.expiry.at - now)), now)
        late, in_engine = self._roster.late(now)
        self._stop(late, EngineTimeout(BUSY), now)
        self._stop(in_engine, EngineTimeout(SILENT), now)
        if now >= self.moments.finish_by:
            self._stop(self._roster, Stopped(STOPPING), now)
        self._flush(now)
        self.moments.looked(now, self._roster.next_deadline())

    def end(self, close: Close, now: float) -> None:
        """End the connection at once, unless it has ended."""
        if self.over is None:
            self.over = close
            # Those that were to begin only now do not, either.
            unbegun = {effect.number for effect in self._effects if isinstance(effect, Start)}
            for pending in self._roster:
                if pending.started is None or pending.number in unbegun:
                    self.undone(pending.request, Stopped(CANCELLED))
            self._roster.clear(now)
            self.account.close()
            self._outbox.clear()
            self._effects = [End(close)]
            self.moments.next = math.inf

    def _take(self, request: Request, now: float) -> None:
        """Give a request to its lane, or raise why not."""
        if request.error is not None:
            raise request.error
        if request.action == CANCEL:
            self._cancel(request, now)
            return
        action = self._actions.get(request.action)
        if action is None:
            fresh_token(request.data)
        elif self.moments.finishing:
            raise Stopped(STOPPING)
        lane = self._roster.lane_of(action)
        if not lane.has_room(request.size):
            raise TooManyRequests(limits.FULL)
        if action is not None:
            # The last condition, so that what is refused for another reason costs nothing of the limit.
            self._traffic.let_in(self.expiry.claims.user, self.expiry.claims.role, action.least)
        self.moments.look_by(self._roster.enter(lane, request, now).deadline)

    def _cancel(self, request: Request, now: float) -> None:
        """`cancel`: end the requests of this connection that have the id in `data.request_id`."""
        meant = self._roster.with_id(cancelled_id(request.data))
        self._stop(meant, Stopped(CANCELLED), now)
        self._traffic.recorder.answered(WEBSOCKET, CANCEL, "success")
        self._offer(envelope.success(request.head, b'{"cancelled":true}' if meant else b'{"cancelled":false}'), now)

    def _start(self, pending: Pending) -> None:
        kind = Renew if pending.request.action == AUTHENTICATE else Start
        self._effects.append(kind(pending.number, pending.request))

    def _stop(self, several: Iterable[Pending], reason: ContactsError, now: float) -> None:
        """Answer these with `reason`: at once those that do not run, the others when they have ended."""
        # Those that wait in their lane come first, or they would begin in the place of others.
        for pending in sorted(several, key=lambda pending: pending.started is not None):
            if not pending.running:
                self._answer_instead(pending, reason, now)
            elif pending.reason is None and self.over is None:
                # Once is enough: a second time would disturb it while it tells the engine.
                pending.reason = reason
                self._effects.append(Cancel(pending.number, reason))

    def _finish(self, pending: Pending, answer: Message, outcome: str, now: float) -> None:
        self._roster.record(pending, outcome, now)
        pending.finished = True
        if self._outbox.put(pending.number, answer, pending.hold):
            self._roster.release(pending, now)

    def _answer_instead(self, pending: Pending, reason: ContactsError, now: float) -> None:
        """Answer `reason`, and nothing that waits for room. What ran was counted then."""
        self._outbox.drop(pending.number)
        pending.hold.end()
        self._refuse(pending.request, reason, now, begun=pending.started is not None)
        self._roster.release(pending, now)

    def _refuse(self, request: Request, error: ContactsError, now: float, *, begun: bool = False) -> None:
        """Answer `error` at once. Whoever stops a request knows of it, so that is not counted."""
        code = answer_code(request.action, error, self._actions)
        if not begun:
            self.undone(request, error)
        if not begun and not isinstance(error, Stopped):
            self._traffic.recorder.answered(WEBSOCKET, request.action or "unknown", code)
        self._offer(envelope.failure(request.head, code, message_of(error)), now)

    def _offer(self, message: Message, now: float) -> None:
        if not self._outbox.offer(message):
            self.end(Close.NOT_READING, now)

    def _flush(self, now: float) -> None:
        """Once the service stops and all requests are answered, what is left is to send the answers."""
        if self.moments.finishing and not len(self._roster):
            if self._outbox.empty:
                self.end(Close.GOING_AWAY, now)
            else:
                self.moments.flush(now)
