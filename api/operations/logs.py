"""Log lines: JSON for machines or text for people, with the request they belong to, and never a token."""

import logging
import os
import re
import sys
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import WatchedFileHandler
from pathlib import Path
from traceback import format_tb

import msgspec

from api.actions.audit import LOGGER
from mappings.errors import SettingsError

_log = logging.getLogger(__name__)

_TOKEN = re.compile(
    r"eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?|(?i:(?<=token=)|(?<=ticket=)|(?<=bearer )|(?<=bearer, ))[^\s&\"',]{8,}"
)
_REQUEST_ID = re.compile(r"[\w.:-]{1,64}")


class Label(msgspec.Struct, frozen=True):
    """What a line is about: a connection and the request on it, or an HTTP request."""

    connection: str | None = None
    request: str | int | None = None


label: ContextVar[Label | None] = ContextVar("label", default=None)
"""Of the running task, and of the threads it waits for."""


def redacted(text: str) -> str:
    """`text` without whatever looks like a token: the last line of defence, for what others log."""
    return _TOKEN.sub("[token]", text)


def is_request_id(text: str) -> bool:
    """Whether `text`, which a client or proxy made up, looks like an id and nothing else, so that it may be logged."""
    return _REQUEST_ID.fullmatch(redacted(text)) is not None


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        about = "".join(f" [{name} {value}]" for name, value in _ids(label.get()).items())
        when = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S.%f")[:-3]
        return redacted(f"{when} {record.levelname} {record.name}{about}: {_message(record)}")


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redacted(_message(record)),
            **_ids(label.get()),
            **getattr(record, "fields", {}),
        }
        return msgspec.json.encode(line).decode()


def _message(record: logging.LogRecord) -> str:
    """The message, with a traceback but without the text of the error: that may quote contacts or hosts."""
    text = record.getMessage()
    if record.exc_info and record.exc_info[0]:
        text += "\n" + "".join(format_tb(record.exc_info[2])) + record.exc_info[0].__qualname__
    return text


def _ids(about: Label | None) -> dict[str, str]:
    if about is None:
        return {}
    ids = {} if about.connection is None else {"connection": about.connection}
    if about.request is not None and is_request_id(str(about.request)):
        ids["request"] = str(about.request)
    return ids


def configure_logging(level: str = "info", *, as_json: bool = False, audit_log: Path | None = None) -> None:
    """One line a record on standard error; of other packages only warnings. The audit log may go to a file.

    uvicorn logs the query string of every WebSocket, which holds the token, at INFO, and all headers at DEBUG: it
    gets no chance to. Warnings and errors of it are kept.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if as_json else _Text())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for package in ("api", "search", "mappings", "indexing"):
        logging.getLogger(package).setLevel(level.upper())
    configure_audit(audit_log)
    # The engine's client logs every request, and each failure with its host; what matters of it we log ourselves.
    logging.getLogger("elastic_transport").setLevel(logging.ERROR)
    silence_uvicorn()


class _AuditFile(WatchedFileHandler):
    """Appends to a file that is its owner's alone, and to a new one when that was moved away.

    While it can't be written (no room, or a directory where we may make no new one) its lines go to standard error:
    none is lost, and whoever asks is answered.
    """

    _told = False

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600))

    def emit(self, record: logging.LogRecord) -> None:
        """Append a line."""
        try:
            self.reopenIfNeeded()
            stream = self.stream or self._open()
            self.stream = stream
            stream.write(f"{self.format(record)}\n")
            stream.flush()
        except OSError as error:
            self._close_broken()
            if not self._told:
                _log.warning("%s can't be written (%s): the audit log goes on here", self.baseFilename, error.strerror)
            self._told = True
            instead = logging.StreamHandler(sys.stderr)
            instead.setFormatter(self.formatter)
            instead.emit(record)
        else:
            self._told = False

    def _close_broken(self) -> None:
        """So that the next line opens it anew; what it did not take is written elsewhere."""
        stream, self.stream = self.stream, None
        if stream is not None:
            with suppress(OSError):
                stream.close()


def configure_audit(path: Path | None = None) -> None:
    """The audit log, as JSON whatever else is logged and how: appended to a file, or on standard error.

    Raises:
        SettingsError: the file can't be written.
    """
    try:
        handler = logging.StreamHandler(sys.stderr) if path is None else _AuditFile(path)
    except OSError as error:
        raise SettingsError(f"CONTACTS_AUDIT_LOG: {str(path)!r} can't be written ({error.strerror})") from error
    handler.setFormatter(_Json())
    audit = logging.getLogger(LOGGER)
    audit.setLevel(logging.INFO)
    audit.handlers, audit.propagate = [handler], False


_SAID_BETTER = ("ASGI callable returned without completing response.", "Invalid UTF-8 sequence received from client.")
"""What uvicorn logs as its error and is none of ours, or has a line of its own."""


def silence_uvicorn() -> None:
    """Keep tokens out of the log, and what is said better in a line of ours."""
    logger = logging.getLogger("uvicorn.error")
    logger.setLevel(logging.WARNING)
    logger.addFilter(_not_broken)


def _not_broken(record: logging.LogRecord) -> bool:
    """An answer that broke off is told by `api.operations.observer`, with its action; a text that is none is closed."""
    return record.msg not in _SAID_BETTER
