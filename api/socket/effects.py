"""What a session wants done: `api.socket.connection` does it. What is to be sent, it asks the session for."""

import msgspec

from api.socket.close import Close
from api.socket.envelope import Request
from mappings.errors import ContactsError


class Start(msgspec.Struct, frozen=True):
    """Carry out a request of one of the actions."""

    number: int
    request: Request


class Renew(msgspec.Struct, frozen=True):
    """Find out whose token this `authenticate` brought."""

    number: int
    request: Request


class Resume(msgspec.Struct, frozen=True):
    """The part that this stream made has found room: make the next."""

    number: int


class Cancel(msgspec.Struct, frozen=True):
    """Stop a request that runs, and tell the session once it has ended. There is one for a request at most."""

    number: int
    reason: ContactsError


class End(msgspec.Struct, frozen=True):
    """Stop everything and close the connection. Nothing comes after it."""

    close: Close


Effect = Start | Renew | Resume | Cancel | End
