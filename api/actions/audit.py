"""The audit log: a line for each search, count, export, login and administration, whichever door it came through.

A line says who did what from where, how many contacts came of it, and which search it was by its fingerprint. It never
holds anything of a contact, a URL, an e-mail or a token. It is JSON on the logger `audit`, at every log level.

Whoever is asked for something makes a `Deed`, before it is known whether it may be done, has it told what becomes known
on the way, and ends it once.
"""

import asyncio
import logging
from types import TracebackType
from typing import Self

import msgspec

from mappings.errors import ContactsError, Stopped

LOGGER = "audit"

REST, WEBSOCKET, COMMAND = "rest", "websocket", "command"
"""The doors, as logs and figures call them."""

NO_ADDRESS = "?"
"""The address of a client that has none, e.g. on a Unix socket."""

_log = logging.getLogger(LOGGER)


class Deed(msgspec.Struct, kw_only=True):
    """What somebody does, until its line is written.

    Attributes:
        door: `REST`, `WEBSOCKET` or `COMMAND`.
        action: of the table of actions, or what operators call it: `login`, `users create`.
        user: the uuid of who does it; `None` as long as nobody knows.
        address: where from, as a trusted proxy or the connection says.
        contacts: how many contacts, or uuids, were handed out or counted; `None` where that has no meaning.
        search: the fingerprint of what was searched for; of several searches, theirs with commas between.
        target: the uuid of another user whom it is done to.
        account: who runs a command, by the name on the machine.
        audited: whether there is a line of it.
    """

    door: str
    action: str
    user: str | None = None
    address: str | None = None
    contacts: int | None = None
    search: str | None = None
    target: str | None = None
    account: str | None = None
    audited: bool = True

    def end(self, error: BaseException | None = None) -> None:
        """Write the line; `error` is why it failed or was given up."""
        if not (self.audited and _log.isEnabledFor(logging.INFO)):
            return
        outcome = outcome_of(error)
        fields = {"door": self.door, "action": self.action, "outcome": outcome}
        for name in ("user", "account", "address", "contacts", "search", "target"):
            if (value := getattr(self, name)) is not None:
                fields[name] = value
        # By hand, since each search has one: `info` would first find out which line of code it stands in.
        record = logging.LogRecord(LOGGER, logging.INFO, "", 0, "%s %s", (self.action, outcome), None)
        record.fields = fields
        _log.handle(record)

    def __enter__(self) -> Self:
        """Do it in a block, and have the line written at its end."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """The block is over, by `error` if it failed."""
        self.end(error)


def unheard() -> Deed:
    """One without a line, for who works for nobody in particular."""
    return Deed(door="", action="", audited=False)


def outcome_of(error: BaseException | None) -> str:
    """`success`, `cancelled`, the kind of an error that was the caller's or ours to make, else `failed`."""
    match error:
        case None:
            return "success"
        case asyncio.CancelledError() | Stopped():
            return "cancelled"
        case ContactsError():
            return type(error).__name__
    # The framework's own refusals, such as a body that is too large, have a status and are foreseen.
    status = getattr(error, "status_code", 500)
    return type(error).__name__ if status < 500 else "failed"
