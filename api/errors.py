"""What the error tree becomes: a WebSocket code, an HTTP status and body, a line of the log.

REST words a caller's mistakes in its own way (`api.rest.questions`); the status is the one in the table here.
"""

import logging
import traceback

import msgspec

from mappings.errors import (
    AccountsUnavailable,
    Conflict,
    ContactsError,
    EngineError,
    Forbidden,
    InvalidInput,
    InvalidJson,
    MissingField,
    NotFound,
    ResponseTooLarge,
    Stopped,
    TooManyRequests,
    Unauthorized,
    UnknownAction,
    detail_of,
)

UNEXPECTED = "Something went wrong on our side. The request may be sent again."
"""What a caller sees of an error nobody foresaw; the log has the rest."""

CODES_BY_KIND: tuple[tuple[type[ContactsError], str], ...] = (
    (InvalidJson, "invalid_json"),
    (MissingField, "missing_field"),
    (UnknownAction, "unknown_action"),
    (TooManyRequests, "too_many_requests"),
    (InvalidInput, "validation_error"),
    (Unauthorized, "validation_error"),
    (Forbidden, "forbidden"),
)
"""Kind of error → WebSocket error code; the first that fits."""

CODES = frozenset(code for _, code in CODES_BY_KIND)
"""The WebSocket error codes of a caller's mistakes; each action has one of its own beside them."""

STATUSES_BY_KIND: tuple[tuple[type[ContactsError], int], ...] = (
    (InvalidInput, 400),
    (Unauthorized, 401),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (ResponseTooLarge, 413),
    (TooManyRequests, 429),
    (Stopped, 503),
    (AccountsUnavailable, 503),
    (EngineError, 503),
)
"""Kind of error → HTTP status; the first that fits."""

_log = logging.getLogger(__name__)


def code_of(error: Exception, otherwise: str) -> str:
    """The WebSocket error code of `error`; `otherwise`, the action's own, for the engine and the unexpected."""
    return next((code for kind, code in CODES_BY_KIND if isinstance(error, kind)), otherwise)


def status_of(error: Exception) -> int:
    """The HTTP status of `error`; 500 for the unexpected."""
    return next((status for kind, status in STATUSES_BY_KIND if isinstance(error, kind)), 500)


def message_of(error: Exception) -> str:
    """What the caller may read: the message of an error of ours, else a plain sentence."""
    return str(error) if isinstance(error, ContactsError) else UNEXPECTED


def problem(detail: str) -> bytes:
    """The body of every error over HTTP: what is wrong, and the cure."""
    return msgspec.json.encode({"detail": detail})


def report(error: Exception, where: str) -> None:
    """Log what the operator must know: engine errors in a line, unexpected ones with their traceback.

    A caller's mistake is not logged. Exception texts of others are left out, since they may quote contacts, hosts
    or tokens; the traceback has only our own source lines.
    """
    if isinstance(error, EngineError | AccountsUnavailable):
        cause = detail_of(error) or (f"from {type(error.__cause__).__name__}" if error.__cause__ else "")
        _log.warning("%s: %s: %s%s", where, type(error).__name__, error, f" ({cause})" if cause else "")
    elif not isinstance(error, ContactsError):
        _log.error("%s: unexpected %s\n%s", where, type(error).__name__, "".join(_frames(error)))


def _frames(error: BaseException) -> list[str]:
    lines = []
    if error.__cause__ is not None:
        lines = [*_frames(error.__cause__), "which led to\n"]
    return [*lines, *traceback.format_tb(error.__traceback__), type(error).__qualname__, "\n"]
