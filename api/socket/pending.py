"""A request that was admitted and not answered yet."""

import msgspec

from api.actions.budget import Hold
from api.socket.envelope import Request
from api.socket.lanes import Lane
from mappings.errors import ContactsError


class Pending(msgspec.Struct, eq=False):
    """A request on its way through a session. It waits in its lane, runs, and may wait once more, for the outbox.

    Attributes:
        number: what the session and the connection call it; ids are the client's, and may be used twice.
        hold: what is held of its answer while that is made, and until it has left.
        deadline: when it is answered as late, in the session's clock; infinity while a part waits for its reader.
        started: when it began to run; `None` while it waits in its lane.
        reason: why it is being stopped.
        in_engine: it holds a slot, so that it is the engine that is waited for.
        finished: its answer is made, and waits for room.
    """

    number: int
    request: Request
    lane: Lane
    hold: Hold
    deadline: float
    started: float | None = None
    reason: ContactsError | None = None
    in_engine: bool = False
    finished: bool = False

    @property
    def running(self) -> bool:
        """Whether it is being carried out."""
        return self.started is not None and not self.finished
