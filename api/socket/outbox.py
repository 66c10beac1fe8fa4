"""Messages on their way to one client: everything that is sent passes through here, in order. Without I/O.

It counts bytes of finished messages, since these are what a client that does not read costs. What is being sent counts
until it has left.
"""

from collections import deque


class Outbox:
    """A queue with a bound in bytes for each kind of sender.

    Answers of requests, known by their number, wait for room; one that is larger than `most_bytes` goes alone. The
    reader never waits, so what it has to say is small, and has a bound of its own.

    Args:
        most_bytes: of answers in the queue.
        most_offered: bytes of what `offer` put there.
    """

    def __init__(self, most_bytes: int, most_offered: int) -> None:
        self._most_bytes = most_bytes
        self._most_offered = most_offered
        self._bytes = self._offered = self._waiting_bytes = 0
        self._queue: deque[tuple[bytes, bool]] = deque()
        self._waiting: dict[int, bytes] = {}

    @property
    def empty(self) -> bool:
        """Whether everything has left."""
        return not self._queue and not self._waiting

    @property
    def full(self) -> bool:
        """Whether as much is held as there may be, so that nothing else should be made."""
        return self._bytes + self._waiting_bytes >= self._most_bytes

    def put(self, number: int, message: bytes) -> bool:
        """Queue an answer of a request; `False` if it waits for room, of which `sent` tells."""
        if self._waiting or not self._has_room(message):
            self._waiting[number] = message
            self._waiting_bytes += len(message)
            return False
        self._append(message)
        return True

    def drop(self, number: int) -> None:
        """Forget the answer of this request if it still waits for room."""
        self._waiting_bytes -= len(self._waiting.pop(number, b""))

    def offer(self, message: bytes) -> bool:
        """Queue a small message at once; `False` if too many of them are left unread."""
        if self._offered + len(message) > self._most_offered:
            return False
        self._offered += len(message)
        self._queue.append((message, True))
        return True

    def first(self) -> bytes | None:
        """The message to send next; it stays here until `sent`."""
        return self._queue[0][0] if self._queue else None

    def sent(self) -> list[int]:
        """The first message has left; the numbers of the requests whose answers have found room by that."""
        message, offered = self._queue.popleft()
        if offered:
            self._offered -= len(message)
        else:
            self._bytes -= len(message)
        admitted = []
        while self._waiting:
            number, message = next(iter(self._waiting.items()))
            if not self._has_room(message):
                break
            self.drop(number)
            self._append(message)
            admitted.append(number)
        return admitted

    def _has_room(self, message: bytes) -> bool:
        return not self._bytes or self._bytes + len(message) <= self._most_bytes

    def _append(self, message: bytes) -> None:
        self._bytes += len(message)
        self._queue.append((message, False))
