"""Bytes that are held for clients: answers in the making or unread, batches of streams, messages that wait.

Whoever reads nothing has answers pile up, and has many connections. So what is held is counted for each account (a
connection, or an HTTP request), for each user and in all.
"""

import math
import time
from collections.abc import Callable

from api.actions.slots import Slots

SMALL = 128 * 1024
"""Bytes that an account may always hold: an answer of so many, or fewer, waits for nobody else's client."""


STREAMS_BEYOND = 8
"""Streams of one user that begin where there is no room for them, of connections that hold nothing else: a batch is
made before anybody knows its size, so it can't wait for room that it would fit into."""

UNCOUNTED = 32 * 1024
"""Bytes of an answer that count only once it is finished: so most answers are counted once."""


BEYOND_GRACE_SECONDS, BEYOND_PACE = 30.0, 2**20
"""An answer in its turn is to be read at so many bytes a second, after so long, where others wait for theirs."""


class Outgrown(Exception):
    """An answer is larger than there is room for: whoever makes it drops it, and makes it once more in its turn.

    No error of a client's: it is never answered.
    """


class Budget:
    """So many bytes may be held in all, and a user may hold as many as are left then.

    So a user alone may hold half of them and two a third each: something is always left for the next who comes, and
    nothing is set aside for users who do not. What has no room is made in its turn, one answer over all users, and does
    not count.

    Beyond `most` there is at most: that one answer; `small` for each account; a batch for each of the `STREAMS_BEYOND`
    of each user; and for each slot of the engine what was made before it was first counted, which is one batch.

    Args:
        most: bytes in all.
        small: bytes that an account may always hold.
        clock: seconds that never go back.

    Attributes:
        left: bytes that are not held; less than 0 where more accounts than have room for it have a little.
        turns: for the answers that have no room.
        in_turn: whose turn it is.
    """

    def __init__(self, most: int, small: int = SMALL, clock: Callable[[], float] = time.monotonic) -> None:
        self.left = most
        self.small = small
        self.clock = clock
        self.in_turn: Account | None = None
        self.turns = Slots(1)
        self._shares: dict[str, Share] = {}
        self._wanting: dict[Share, None] = {}

    def account(self, user: str, most_unread: float = math.inf) -> "Account":
        """An account of `user`; to be closed in the end.

        Args:
            user: whose it is.
            most_unread: bytes of finished answers from which on no other is begun for it.
        """
        share = self._shares.get(user)
        if share is None:
            share = self._shares[user] = Share(user)
        share.accounts += 1
        return Account(self, share, most_unread)

    def forget(self, share: "Share") -> None:
        """A user has no account any longer."""
        del self._shares[share.user]
        self._wanting.pop(share, None)

    def want(self, share: "Share") -> None:
        """Accounts of a user wait until there is room for its share."""
        self._wanting[share] = None

    def given_back(self) -> None:
        """Tell those that wait for room, where there is some by now."""
        for share in [share for share in self._wanting if share.held < self.left]:
            del self._wanting[share]
            share.told()

    @property
    def wanted(self) -> bool:
        """Whether anybody waits for room."""
        return bool(self._wanting)


class Share:
    """What one user holds over all accounts, how many of them have more than `SMALL` of answers, and which wait."""

    __slots__ = ("accounts", "held", "large", "user", "wanting")

    def __init__(self, user: str) -> None:
        self.user = user
        self.accounts = self.held = self.large = 0
        self.wanting: dict[Account, None] = {}

    def told(self) -> None:
        """Tell those that wait for room."""
        wanting, self.wanting = self.wanting, {}
        for account in wanting:
            account.told()


class Account:
    """What is held for one connection or HTTP request.

    Attributes:
        told: called after `want`, once there may be room.
    """

    def __init__(self, budget: Budget, share: Share, most_unread: float) -> None:
        self.told: Callable[[], None] = _nobody
        self._budget = budget
        self._share = share
        self._most_unread = most_unread
        self._held = self._answers = self._unread = 0
        self._wants = False
        self._turn: Hold | None = None
        self._late_at, self._others_wait = math.inf, False
        self._open = True

    @property
    def has_room(self) -> bool:
        """Whether another answer may be begun. It always may where there is none: somebody has to get on."""
        return not self._answers or self._has_its_share

    @property
    def has_room_to_stream(self) -> bool:
        """Whether a streamed answer may be begun: nobody knows the size of a batch before it is made."""
        return self._has_its_share or (not self._answers and self._share.large < STREAMS_BEYOND)

    @property
    def has_room_to_go_on(self) -> bool:
        """Whether the next batch of one may be made: it takes the place of the one before, once that has been read."""
        return not self._unread or self._has_its_share

    @property
    def _has_its_share(self) -> bool:
        return self._unread < self._most_unread and self._share.held < self._budget.left

    def want(self) -> None:
        """There is no room: have `told` called when there may be some."""
        if self._unread >= self._most_unread:
            self._wants = True
        else:
            self._share.wanting[self] = None
            self._budget.want(self._share)

    def fits(self, size: int) -> bool:
        """Whether so many bytes more may be held."""
        return self._held + size <= self._budget.small or self._share.held + size <= self._budget.left

    def answers(self, size: int, *, beyond: bool) -> None:
        """Hold so many bytes more of answers; fewer if `size` is less than 0. `beyond` the budget, they count here."""
        was_large = self._answers > SMALL
        self._answers += size
        if not beyond:
            self.keep(size)
        self._grew(was_large)
        if not self._answers and self in self._share.wanting:
            del self._share.wanting[self]
            self.told()

    def _grew(self, was_large: bool) -> None:
        """Count the account among the large ones, or no more."""
        is_large = self._open and self._answers > SMALL
        if is_large != was_large and self._open:
            self._share.large += 1 if is_large else -1
            if not is_large:
                self._share.told()

    def keep(self, size: int) -> None:
        """Hold so many bytes more, of messages that wait or of answers; fewer if `size` is less than 0."""
        if self._open:
            self._held += size
            self._share.held += size
            self._budget.left -= size
            if size < 0 and self._budget.wanted:
                self._budget.given_back()

    def unread(self, size: int) -> None:
        """So many of the bytes that are held are a finished answer; or are not any longer if `size` is less than 0."""
        self._unread += size
        if not self._unread and self in self._share.wanting:
            del self._share.wanting[self]
            self.told()
        if self._wants and self._unread < self._most_unread:
            self._wants = False
            self.told()

    def leaves(self, size: int) -> None:
        """An answer of so many bytes is finished, and its client begins to take it."""
        if self._turn is not None:
            self._late_at = self._budget.clock() + BEYOND_GRACE_SECONDS + size / BEYOND_PACE

    @property
    def overdue(self) -> bool:
        """Whether its client has had enough time for an answer for whose end another user has waited."""
        return self._others_wait and self._budget.clock() >= self._late_at

    def take_turn(self, hold: "Hold") -> bool:
        """Whether this answer of the account may have any size: because it is its turn, or nobody else's."""
        if self._turn is None and self._budget.turns.take(self._share.user):
            self._begin_turn(hold)
        return self._turn is hold

    async def turn(self, hold: "Hold") -> None:
        """Wait until this answer may have any size. Raises `TooManyRequests` if too many wait for that."""
        holder = self._budget.in_turn
        if holder is not None and holder._share is not self._share:
            holder._others_wait = True
        await self._budget.turns.acquire(self._share.user)
        if self._open:
            self._begin_turn(hold)
        else:
            self._budget.turns.release(self._share.user)

    def _begin_turn(self, hold: "Hold") -> None:
        self._turn, self._budget.in_turn = hold, self
        self._others_wait, self._late_at = self._budget.turns.wanted_besides(self._share.user), math.inf

    def has_turn(self, hold: "Hold") -> bool:
        """Whether it is this answer's turn."""
        return self._turn is hold

    def end_turn(self, hold: "Hold") -> None:
        """This answer has left, or will not be."""
        if self._turn is hold:
            self._turn = self._budget.in_turn = None
            self._late_at = math.inf
            self._budget.turns.release(self._share.user)

    def close(self) -> None:
        """Give everything back. What is held or given back after that counts no more."""
        if self._open:
            if self._turn is not None:
                self.end_turn(self._turn)
            self._share.wanting.pop(self, None)
            self.keep(-self._held)
            if self._answers > SMALL:
                self._share.large -= 1
            self._open = False
            self._share.told()
            self._share.accounts -= 1
            if not self._share.accounts:
                self._budget.forget(self._share)

    def __del__(self) -> None:
        """Nothing stays held for a request that was given up where nobody noticed."""
        self.close()


class Hold:
    """The bytes of one answer, from its first batch until it has left."""

    __slots__ = ("_account", "_made", "_size")

    def __init__(self, account: Account) -> None:
        self._account = account
        self._size = 0
        self._made = False

    @property
    def has_turn(self) -> bool:
        """Whether the answer may have any size."""
        return self._account.has_turn(self)

    def grow(self, size: int) -> None:
        """The answer has `size` bytes by now. Raises `Outgrown` if there is no room for so many."""
        if size <= UNCOUNTED:
            return
        more = size - self._size
        if more > 0 and not self.has_turn and not self._account.fits(more):
            if not self._account.take_turn(self):
                raise Outgrown
            # Or there would be no room for anybody else while a large answer is read.
            self._account.keep(-self._size)
        self.set(size)

    def set(self, size: int) -> None:
        """The answer has `size` bytes, whether or not there is room."""
        if size != self._size:
            self._account.answers(size - self._size, beyond=self.has_turn)
            self._size = size

    def made(self, size: int) -> None:
        """The answer is finished, and has `size` bytes."""
        self.set(size)
        self._made = True
        self._account.unread(size)
        if self.has_turn:
            self._account.leaves(size)

    async def turn(self) -> None:
        """Wait for the turn of an answer that has outgrown its room. Nothing is held of it meanwhile."""
        self.set(0)
        await self._account.turn(self)

    def end(self) -> None:
        """The answer has left, or will not be."""
        if self._made:
            self._made = False
            self._account.unread(-self._size)
        self.set(0)
        self._account.end_turn(self)


def _nobody() -> None:
    """Nobody waits."""
