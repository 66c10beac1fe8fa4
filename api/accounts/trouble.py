"""What is wrong with the database of users, and the cure, made of an error that its use raised: for the operator.

Clients learn only that users can't be looked up. What a driver says is not shown: it may hold a host, a user or a row.
"""

import sqlite3
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from mappings.errors import AccountsUnavailable

_RESTORE = "stop the service, and put a backup in its place, or delete it and create the users again"
_MAY_WRITE = "let the user that runs this read and write it and its directory (chown, chmod)"

_SQLITE: Mapping[str, tuple[str, str]] = {
    "SQLITE_CORRUPT": ("is damaged", _RESTORE),
    "SQLITE_NOTADB": ("is no SQLite database, or its beginning was overwritten", _RESTORE),
    "SQLITE_BUSY": ("is locked by another process", "end what holds it, which `fuser -v FILE` shows"),
    "SQLITE_LOCKED": ("is locked by another process", "end what holds it, which `fuser -v FILE` shows"),
    "SQLITE_READONLY": ("can't be written", _MAY_WRITE),
    "SQLITE_PERM": ("can't be opened", _MAY_WRITE),
    "SQLITE_CANTOPEN": ("can't be opened", _MAY_WRITE),
    "SQLITE_FULL": ("can't grow: the disk is full", "make room"),
    "SQLITE_IOERR": (
        "can't be read or written: the disk is full, or fails",
        "make room, or see what the system's log says of it",
    ),
    "SQLITE_ERROR": ("has other tables than ours", "restart the service, which makes those that are missing"),
}
"""What SQLite calls an error (https://sqlite.org/rescode.html), without what follows a second `_` → what is wrong, and
the cure."""

_POSTGRES: Mapping[str, tuple[str, str]] = {
    "28": ("refuses the user or the password", "correct them in CONTACTS_DATABASE_URL"),
    "3D": ("is not there", "create it (CREATE DATABASE), or correct its name in CONTACTS_DATABASE_URL"),
    "42501": ("does not let its user do that", "make that user the owner of the tables, or GRANT it all on them"),
    "42P01": ("lacks tables of ours", "restart the service, which makes those that are missing"),
    "25006": ("can't be written: it is a replica", "name the primary in CONTACTS_DATABASE_URL"),
    "53": ("has no connection, memory or disk left", "raise its limits, or end what uses it"),
    "57P03": ("is starting or stopping", "wait for it"),
}
"""The beginning of a code of PostgreSQL (https://www.postgresql.org/docs/current/errcodes-appendix.html) → the same."""

_WHILE_CONNECTING = (
    ("authentication failed", "28"),
    ("role ", "28"),
    ("pg_hba.conf", "28"),
    ("database ", "3D"),
)
"""Words of a server that refuses a connection, for which psycopg has no code → the code. Servers may say it in another
language: then it can't be told from one that is not there."""

_SLOW = ("does not answer in time", "see what it waits for; it may be locked or overloaded")
_AWAY = ("can't be reached, or refuses us", "start it, or correct CONTACTS_DATABASE_URL")

_HEADER = b"SQLite format 3\0"
"""What every file of SQLite begins with (https://sqlite.org/fileformat2.html)."""


def unavailable(error: BaseException, url: URL) -> AccountsUnavailable:
    """The error for clients, with what the operator reads in the log."""
    return AccountsUnavailable("Users can't be looked up at the moment; try again later.", trouble_of(error, url))


def trouble_of(error: BaseException, url: URL) -> str:
    """What is wrong with the database at `url`, and the cure, where its use raised `error`."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    what, cure = _found(cause, url)
    file = file_of(url)
    place = "the database of users (CONTACTS_DATABASE_URL)" if file is None else f"the database of users {file}"
    return f"{place} {what}; {cure.replace('FILE', str(file))}"


def check_file(url: URL) -> None:
    """Look at a database of SQLite before a driver does, whose words for it are few. Blocks.

    Raises:
        OSError: it is there, and can't be opened to be written.
        sqlite3.DatabaseError: it is of another kind.
    """
    file = file_of(url)
    if file is None or not file.exists():
        return
    with file.open("r+b") as stream:
        begins = stream.read(len(_HEADER))
    # An empty file is a database without tables.
    if begins and begins != _HEADER:
        error = sqlite3.DatabaseError()
        error.sqlite_errorname = "SQLITE_NOTADB"
        raise error


def file_of(url: URL) -> Path | None:
    """The file that the database is in; `None` for one that is on a server or in memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database)).resolve()


def _found(cause: BaseException, url: URL) -> tuple[str, str]:
    match cause:
        case TimeoutError() | PoolTimeout():
            return _SLOW
        case IsADirectoryError():
            return "is a directory", "remove it, or put a backup in its place"
        case PermissionError():
            return "can't be opened: permission denied", _MAY_WRITE
        case sqlite3.Error():
            name = "_".join(getattr(cause, "sqlite_errorname", "").split("_")[:2])
            return _SQLITE.get(name, (f"can't be used ({name or type(cause).__name__})", _RESTORE))
    code = getattr(cause, "sqlstate", None) or _code_of_words(str(cause))
    for begins, found in _POSTGRES.items():
        if code.startswith(begins):
            return found
    if code:
        return f"refused a statement (SQLSTATE {code})", "look that up in PostgreSQL's documentation"
    return (f"can't be opened ({type(cause).__name__})", _MAY_WRITE) if file_of(url) else _AWAY


def _code_of_words(text: str) -> str:
    _, fatal, said = text.partition("FATAL: ")
    return next((code for words, code in _WHILE_CONNECTING if words in said), "") if fatal else ""
