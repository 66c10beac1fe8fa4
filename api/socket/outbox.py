"""Messages on their way to one client: everything that is sent passes through here, in order. Without I/O.

It counts bytes of finished messages, since these are what a client that does not read costs. What is being sent counts
until it has left.
"""

from collections import deque

from api.actions.budget import SMALL, Account, Hold

Message = bytes | bytearray
"""UTF-8 JSON. Nobody changes one that is in the outbox."""


class Outbox:
    """A queue with a bound in bytes for each kind of sender.

    Answers of requests, known by their number, wait for room; one that is larger than `most_bytes` goes alone. The
    reader never waits, so what it has to say is small, and has a bound of its own.

    Args:
        most_bytes: of answers in the queue.
        most_offered: bytes of what `offer` put there.
        account: on which all of it is held.
    """

    def __init__(self, most_bytes: int, most_offered: int, account: Account) -> None:
        self._most_bytes = most_bytes
        self._most_offered = most_offered
        self._account = account
        self._bytes = self._offered = 0
        self._queue: deque[tuple[Message, Hold | None]] = deque()
        self._waiting: dict[int, tuple[Message, Hold]] = {}

    @property
    def empty(self) -> bool:
        """Whether everything has left."""
        return not self._queue and not self._waiting

    def put(self, number: int, message: Message, hold: Hold) -> bool:
        """Queue an answer of a request, which is held until it has left; `False` if it waits for room.

        `sent` tells when it has found some.
        """
        hold.made(len(message))
        if self._waiting or not self._has_room(message):
            self._waiting[number] = message, hold
            return False
        self._append(message, hold)
        return True

    def drop(self, number: int) -> None:
        """Forget the answer of this request if it still waits for room."""
        if (waiting := self._waiting.pop(number, None)) is not None:
            waiting[1].end()

    def offer(self, message: Message) -> bool:
        """Queue a small message at once; `False` if too many of them are left unread."""
        size = len(message)
        unread = self._offered + size
        if unread > self._most_offered or (unread > SMALL and not self._account.fits(size)):
            return False
        self._offered = unread
        self._account.keep(size)
        self._queue.append((message, None))
        return True

    def first(self) -> Message | None:
        """The message to send next; it stays here until `sent`."""
        return self._queue[0][0] if self._queue else None

    def sent(self) -> list[int]:
        """The first message has left; the numbers of the requests whose answers have found room by that."""
        message, hold = self._queue.popleft()
        if hold is None:
            self._offered -= len(message)
            self._account.keep(-len(message))
        else:
            self._bytes -= len(message)
            hold.end()
        admitted = []
        while self._waiting:
            number, (message, hold) = next(iter(self._waiting.items()))
            if not self._has_room(message):
                break
            del self._waiting[number]
            self._append(message, hold)
            admitted.append(number)
        return admitted

    def clear(self) -> None:
        """Forget everything: nobody is sent to any longer."""
        self._queue.clear()
        self._waiting.clear()

    def _has_room(self, message: Message) -> bool:
        return not self._bytes or self._bytes + len(message) <= self._most_bytes

    def _append(self, message: Message, hold: Hold) -> None:
        self._bytes += len(message)
        self._queue.append((message, hold))
