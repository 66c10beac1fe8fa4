"""The tables of docs/api.md, made of the tables in the code; `docs.generate` puts them between the page's own text."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from api.accounts.bodies import MOST_BYTES
from api.actions.fields import FIELDS, Field, Place
from api.actions.plans import LARGE_BYTES, LARGE_BYTES_IN_USE, MOST_PREDICATES
from api.actions.requests import fields_of, required_by
from api.actions.table import ACTIONS, Action
from api.edge import limits as edge
from api.edge.messages import LATE, NO_ROOM
from api.errors import CODES_BY_KIND, STATUSES_BY_KIND
from api.rest.routes import PATH
from api.settings import TABLE
from api.socket.close import REASONS, Close
from api.socket.control import AUTHENTICATE, CODES
from api.socket.envelope import LONGEST_ID
from api.socket.limits import ANSWERS_BYTES, REFUSALS_BYTES, WAITING_MESSAGES
from mappings.errors import Conflict, ContactsError, NotFound, Unauthorized, WrongCredentials
from mappings.free_text import MOST_WORDS
from mappings.url import LONGEST_URL, MOST_VALUES

ITS_OWN = "its own, as in the table of actions"
HTTP_ONLY = (WrongCredentials, Conflict, NotFound)
"""Errors of requests about accounts, which the WebSocket has none of."""

CLIENT_LEFT, TOO_LARGE = "The client left", "A message over `CONTACTS_MAX_MESSAGE_BYTES`"

_BOUNDS = (
    "CONTACTS_MAX_MESSAGE_BYTES",
    "CONTACTS_MAX_IN_FLIGHT",
    "CONTACTS_MAX_QUEUED",
    "CONTACTS_MAX_RUNNING",
    "CONTACTS_MAX_RESPONSE_BYTES",
    "CONTACTS_MAX_HELD_BYTES",
    "CONTACTS_MAX_PAGE_SIZE",
    "CONTACTS_ENGINE_TIMEOUT",
    "CONTACTS_STALL_SECONDS",
    "CONTACTS_PING_SECONDS",
    "CONTACTS_MAX_CONNECTIONS",
    "CONTACTS_MAX_USER_CONNECTIONS",
    "CONTACTS_RATE_LIMIT",
    "CONTACTS_LOGIN_RATE_LIMIT",
)
"""The settings that a client can run into."""


def filled(page: str) -> str:
    """`page` with each table between its two marks made anew.

    Raises:
        LookupError: a table has no place in the page, or the page has a place for none.
    """
    places = re.findall(r"^<!-- (\w+) -->$", page, re.MULTILINE)
    if sorted(places) != sorted(_TABLES):
        raise LookupError(f"the page has places for {places}, and there are tables {list(_TABLES)}")
    for name, table in _TABLES.items():
        before, rest = page.split(f"<!-- {name} -->\n", 1)
        _, after = rest.split(f"<!-- /{name} -->", 1)
        page = f"{before}<!-- {name} -->\n{table()}<!-- /{name} -->{after}"
    return page


def _actions() -> str:
    rows = [
        (
            f"`{name}`",
            action.description.partition("\n\n")[0].replace("\n", " "),
            ", ".join(_field_name(action, field) for field in fields_of(action.request)),
            f"`{action.method} {PATH}{action.path}`",
            f"`{action.error_code}`",
            f"`{action.least}`",
        )
        for name, action in ACTIONS.items()
    ]
    return _table(
        (
            "action",
            "what it does",
            "fields: **required** ones, *one of these*, others",
            "REST",
            "error code",
            "least role",
        ),
        rows,
    )


def _field_name(action: Action[Any], field: Field) -> str:
    if field.name in action.request.one_of:
        return f"*`{field.name}`*"
    return f"**`{field.name}`**" if field.name in required_by(action.request) else f"`{field.name}`"


def _fields() -> str:
    rows = [(f"`{name}`", _kind(field), field.description, _where(field)) for name, field in FIELDS.items()]
    return _table(("field", "JSON", "meaning", "where"), rows)


def _where(field: Field) -> str:
    """Where a field comes in; what has no body has all in its query."""
    bodiless = {action.method for action in ACTIONS.values() if field in fields_of(action.request)} - {"POST"}
    place = field.place.value.removeprefix("in ")
    return f"{place}; of a `DELETE` the query" if field.place is Place.BODY and "DELETE" in bodiless else place


def _kind(field: Field) -> str:
    """The type of a field's JSON value in words."""
    schemas = [schema for schema in (field.kind.also, field.kind.schema) if schema]
    names = {
        "string": "text",
        "integer": "whole number",
        "boolean": "true or false",
        "array": "list of texts",
        "object": "object",
    }
    words = " or ".join(names[str(schema["type"])] for schema in schemas) or "text"
    if field.kind.members:
        words += f" of {', '.join(f'`{member}`' for member in field.kind.members)}"
    least, most = field.kind.schema.get("minimum"), field.kind.schema.get("maximum")
    if least is None:
        return words
    return f"{words}, {least} or more" if most is None else f"{words}, {least} to {most}"


def _closes() -> str:
    words = {close: f"`{reason}`" for close, reason in REASONS.items()} | {Close.CLIENT_LEFT: CLIENT_LEFT}
    rows = [(str(int(close)), words[close]) for close in Close] + [("1009", TOO_LARGE)]
    rows += [(str(code), f"`{reason}`") for code, reason in (LATE, NO_ROOM)]
    return _table(("code", "why"), sorted(rows))


def _errors() -> str:
    # Over the WebSocket only `authenticate` has to do with tokens.
    codes, statuses = dict(CODES_BY_KIND) | {Unauthorized: CODES[AUTHENTICATE]}, dict(STATUSES_BY_KIND)
    kinds = dict.fromkeys((*codes, WrongCredentials, *statuses))
    rows = [
        (
            _meaning(kind),
            "" if kind in HTTP_ONLY else f"`{code}`" if (code := _first(codes, kind)) else ITS_OWN,
            str(_first(statuses, kind)),
        )
        for kind in kinds
    ]
    return _table(("what", "`error.code`", "HTTP"), [*rows, ("Nobody foresaw it.", ITS_OWN, "500")])


def _meaning(kind: type[ContactsError]) -> str:
    return (kind.__doc__ or "").partition("\n")[0]


def _first(table: Mapping[type[ContactsError], object], kind: type[ContactsError]) -> object:
    """What the table says of `kind`, or of the first that it is a kind of."""
    return next((said for listed, said in table.items() if issubclass(kind, listed)), None)


def _limits() -> str:
    settings = {row.variable: row for row in TABLE}
    fixed = [
        (f"{LONGEST_URL:,} bytes, {MOST_VALUES:,} values", "a URL", ""),
        (f"{edge.HEAD_BYTES:,} bytes", "request line and headers, also of a handshake; past it 431", ""),
        (f"{edge.HEAD_SECONDS:g} s", "for those, and for saying nothing; past it 408, or closed without a word", ""),
        (
            f"{edge.BODY_SECONDS:g} s",
            f"for a body, which after {edge.BODY_GRACE_SECONDS:g} s must have come at {edge.BODY_PACE:,} bytes a "
            "second; past it 408",
            "",
        ),
        (f"{MOST_BYTES:,} bytes", "a body about accounts; past it 413", ""),
        (str(edge.PIPELINED), "HTTP requests that wait behind the one their connection is at; past it 400", ""),
        (f"{MOST_WORDS} words", "free text, or each of its alternatives; what is beyond does not count", ""),
        (f"{MOST_PREDICATES:,} comparisons", "what a URL and the lists beside it ask for", ""),
        (
            f"{LARGE_BYTES_IN_USE:,} bytes",
            f"filters of over {LARGE_BYTES:,} bytes in use, of all connections; past it `too_many_requests`",
            "",
        ),
        (
            f"{WAITING_MESSAGES} of the largest messages",
            "bytes of a connection's requests that wait; past it `too_many_requests`",
            "",
        ),
        (
            f"{ANSWERS_BYTES:,} bytes",
            "answers that a connection has not taken; past it none is begun for it",
            "",
        ),
        (f"{LONGEST_ID:,} characters", "a `request_id`", ""),
        (f"{REFUSALS_BYTES:,} bytes", "errors that a connection has not taken; past it the connection is closed", ""),
    ]
    named = [(settings[name].default or "", settings[name].help, f"`{name}`") for name in _BOUNDS]
    return _table(("how much", "of what", "setting"), [*fixed, *named])


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


_TABLES: Mapping[str, Callable[[], str]] = {
    "actions": _actions,
    "fields": _fields,
    "closes": _closes,
    "errors": _errors,
    "limits": _limits,
}
"""The mark of each table, and what makes it."""
