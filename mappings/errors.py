"""Every error this product raises on purpose, in one tree.

It sits at the bottom of the import graph: all packages raise these, and only the edge and the command line turn
them into a WebSocket error, an HTTP status or an exit code. A message is written for the person who sent the
request: it names the field, the bad value and what was expected. It never holds a host, a query or a token.

    ContactsError
    ├── InvalidInput            the caller's mistake; sending the same again fails again
    │   ├── InvalidJson         the message can't be read, or is no JSON object
    │   ├── MissingField        a required field is absent
    │   ├── UnknownAction       the action is none of ours
    │   ├── InvalidField        a field's value is not what the protocol allows
    │   │   └── InvalidCursor   a cursor that is unreadable, tampered with or of another filter
    │   ├── ForeignUrl          the URL is not of apollo.io
    │   └── InvalidParameter    a parameter inside the URL is malformed (a number, a range, a date)
    ├── Unauthorized            no token, or one that does not hold
    │   └── WrongCredentials    e-mail and password do not match
    ├── Conflict                it exists already, or may not be changed
    ├── NotFound                what was named is not there
    ├── Forbidden               not for this user, or switched off by configuration
    ├── TooManyRequests         a bound was reached; wait and send again
    ├── Stopped                 the request was cancelled, or the service stops; another may be sent
    ├── AccountsUnavailable     the database of users can't be reached
    ├── EngineError             the engine could not answer; the request itself may be fine
    │   ├── EngineUnavailable   in trouble, or nothing has been indexed yet
    │   │   ├── EngineUnreachable   no connection to it
    │   │   ├── StoreUnreadable     the files that the contacts are in are damaged, or not there
    │   │   ├── EngineDenied        it does not know who asks, or does not let them do this
    │   │   ├── ViewLost            what a long answer was being read from is gone
    │   │   └── NothingIndexed      there are no contacts yet
    │   ├── EngineTimeout       no answer in time
    │   ├── EngineRejected      the engine refused this one query
    │   └── ResponseTooLarge    the answer is over the configured size
    ├── IndexingError           the job failed before the swap; the live contacts are untouched
    │   ├── NoSuchLoad          there is no load to go back to, or to go on with
    │   ├── LoadRunning         another load into the same alias is under way
    │   ├── Superseded          another load has gone over this one, or it is lost: it can't be gone on with
    │   ├── SourceError         the source can't be read as contacts
    │   └── RowRejected         one row can't become a contact; the job goes on with the next
    └── SettingsError           an environment variable or flag has a value that can't be used
"""

INVALID = "Invalid filter parameters: "
"""What the message about a parameter begins with, and over REST that about any field."""


class ContactsError(Exception):
    """Root of the tree. `str(error)` is safe to show to whoever sent the request."""

    def __reduce__(self) -> tuple[object, ...]:
        """As it is in another process, too: exceptions would be made again of their message."""
        return _again, (type(self), self.args, self.__dict__)


class InvalidInput(ContactsError):
    """The caller's mistake; sending the same again fails again."""


class InvalidJson(InvalidInput):
    """The message can't be read, or is no JSON object."""


class MissingField(InvalidInput):
    """A required field is absent, null or empty."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Missing required field: {name}")
        self.name = name


class UnknownAction(InvalidInput):
    """The action is none of ours."""

    def __init__(self, action: str) -> None:
        super().__init__(f"Unknown action: {action}")


class InvalidField(InvalidInput):
    """A field's value is not what the protocol allows. The message names the field and what is wrong."""


class InvalidCursor(InvalidField):
    """A cursor that is unreadable, tampered with, or that belongs to another filter or order."""


class ForeignUrl(InvalidInput):
    """The URL is not of apollo.io or a subdomain of it."""

    def __init__(self) -> None:
        super().__init__("URL must be from apollo.io domain")


class InvalidParameter(InvalidInput):
    """A parameter inside the URL is malformed, e.g. a range of three numbers.

    Args:
        parameter: the parameter's name as Apollo writes it.
        value: the offending value, shown shortened.
        expected: what would have been understood.
    """

    def __init__(self, parameter: str, value: str, expected: str) -> None:
        super().__init__(f"{INVALID}{parameter}: {shorten(value)!r} is not {expected}")
        self.parameter = parameter


class Unauthorized(ContactsError):
    """No token, or one that does not hold."""


class WrongCredentials(Unauthorized):
    """E-mail and password do not match.

    The same words for an unknown user, so that nobody can probe for users.
    """

    def __init__(self) -> None:
        super().__init__("Invalid email or password.")


class Conflict(ContactsError):
    """What was to be created exists already, or what was to be changed may not be."""


class NotFound(ContactsError):
    """What was named is not there."""


class Forbidden(ContactsError):
    """Not for this user's role, or switched off by configuration."""


class TooManyRequests(ContactsError):
    """A bound was reached; wait and send again.

    Attributes:
        retry_after: seconds to wait, where that is known.
    """

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Stopped(ContactsError):
    """The request was cancelled by its sender, or by the service because it stops."""


class AccountsUnavailable(ContactsError):
    """The database of users can't be reached or does not answer in time.

    Attributes:
        detail: as that of `EngineError`.
    """

    def __init__(self, message: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class EngineError(ContactsError):
    """The engine could not answer; the request itself may be fine.

    Attributes:
        detail: where, why, and the cure, for who runs the service: the command line and the log tell it. It names hosts
            and settings, so it is in no answer.
    """

    def __init__(self, message: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class EngineUnavailable(EngineError):
    """The engine is in trouble, or nothing has been indexed yet."""


class EngineUnreachable(EngineUnavailable):
    """There is no connection to the engine."""


class StoreUnreadable(EngineUnavailable):
    """What the contacts are kept in can't be read: it is damaged, not there, or of another kind.

    Args:
        trouble: the file, and what is wrong with it.
        cure: what to do about it.
    """

    def __init__(self, trouble: str, cure: str) -> None:
        super().__init__("The contacts can't be read: their files are damaged or out of reach", f"{trouble}; {cure}")
        self.trouble = trouble


class EngineDenied(EngineUnavailable):
    """The engine does not know who asks, or does not let them do this. Asking again does not help."""


class ViewLost(EngineUnavailable):
    """The view of the contacts that a long answer was being read from is gone, and what is there now may be another."""

    def __init__(self) -> None:
        super().__init__("The contacts engine no longer has what this answer was being read from; ask again.")


class NothingIndexed(EngineUnavailable):
    """There are no contacts yet. Where there are none, only the command line says: a message names no place.

    Attributes:
        cure: what to do, in the words of the command line.
    """

    def __init__(
        self,
        message: str = "No contacts have been indexed yet; run `contacts index csv FILE` first.",
        cure: str = "load some with `contacts index csv FILE`",
    ) -> None:
        super().__init__(message)
        self.cure = cure


class EngineTimeout(EngineError):
    """The engine gave no answer in time."""


class EngineRejected(EngineError):
    """The engine refused this one query, e.g. for having too many clauses."""


class ResponseTooLarge(EngineError):
    """The answer is over the configured size."""


class IndexingError(ContactsError):
    """The job failed before the swap; the live contacts are untouched."""


class NoSuchLoad(IndexingError):
    """There is no load to go back to, or to go on with. Where there is none, only the command line says."""


class LoadRunning(IndexingError):
    """Another load into the same alias is under way. The message says whose, since when, and the cure."""


class Superseded(IndexingError):
    """Another load has gone over this one since it began, or what it left is lost. It can't be gone on with."""


class SourceError(IndexingError):
    """The source can't be read as contacts."""


class RowRejected(IndexingError):
    """One row can't become a contact; it is written to the reject file and the job goes on."""


class SettingsError(ContactsError):
    """An environment variable or flag has a value that can't be used."""


def _again(kind: type[ContactsError], arguments: tuple[object, ...], attributes: dict[str, object]) -> ContactsError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(attributes)
    return error


def detail_of(error: BaseException | None) -> str:
    """The `detail` of the error of the engine or of the users' database that `error` is or came of; empty if there is
    none."""
    while error is not None:
        if isinstance(error, EngineError | AccountsUnavailable) and error.detail:
            return error.detail
        error = error.__cause__
    return ""


def shorten(value: str, limit: int = 80) -> str:
    """`value` cut to `limit` characters for a message: an error must not echo a megabyte back."""
    return value if len(value) <= limit else value[: limit - 1] + "…"
