"""What the audit log is told of the requests of one connection: each of an action that is audited has a line, also one
that was refused, or given up before it began."""

from api.actions.audit import WEBSOCKET, Deed
from api.actions.table import ACTIONS
from api.operations.logs import Label, label
from api.socket.envelope import Request


class Deeds:
    """Makes and ends them.

    Args:
        user: who asks.
        address: where from.
        name: what log lines call the connection.
    """

    def __init__(self, user: str, address: str, name: str) -> None:
        self._user = user
        self._address = address
        self._name = name

    def of(self, request: Request) -> Deed:
        """What a request wants done; without a line if that is no action, or one that uses no contacts."""
        action = ACTIONS.get(request.action)
        return Deed(
            door=WEBSOCKET,
            action=request.action,
            user=self._user,
            address=self._address,
            audited=action is not None and action.uses_engine,
        )

    def end(self, deed: Deed, request: Request, error: BaseException | None) -> None:
        """It is over, whosever turn it is: the line is about the request."""
        before = label.set(Label(self._name, request.request_id))
        try:
            deed.end(error)
        finally:
            label.reset(before)

    def undone(self, request: Request, error: BaseException) -> None:
        """A request ends that never began."""
        self.end(self.of(request), request, error)
