"""The envelope of every WebSocket message: frames to requests, answers to bytes.

The keys of an answer always come in the order of the contract: `request_id`, `action`, `status`, `data`, `error`.
"""

import re
from collections.abc import Container, Mapping
from contextlib import suppress
from typing import Any

import msgspec

from api.actions.fields import FIELDS, OUT_OF_RANGE
from api.actions.parts import JSON, NESTED_BYTES, message_in_parts
from api.actions.weight import kept
from mappings.errors import ContactsError, InvalidField, InvalidJson, MissingField, UnknownAction, shorten

CONTROL_FIELDS = frozenset({"request_id", "token"})
"""What `data` may hold beside the fields of actions: those of `api.socket.control`."""

KNOWN_FIELDS = CONTROL_FIELDS | FIELDS.keys()

NO_JSON = "Message is not valid JSON"

LONGEST_ID = 1024
"""Characters or digits of a `request_id`, which is repeated in each part of a streamed answer."""

_HALF = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
"""An escape in JSON: a surrogate pair, half of one, or any other."""


class Request(msgspec.Struct, frozen=True):
    """One message of a client.

    Attributes:
        head: the start of every answer to it, `request_id` and `action` as far as they were readable.
        size: bytes that it takes as long as it is kept, about.
        data: what may be read of the message's, by a name that there is; of others one, for `strict` to refuse.
        error: why it can't be carried out. Of the other fields those are set then that could be read; an action is one
            that is known.
    """

    head: bytes
    size: int
    request_id: str | int = ""
    action: str = ""
    data: dict[str, Any] = {}
    error: ContactsError | None = None


def read(frame: bytes | str, actions: Container[str], integers: Container[int] | None = None) -> Request:
    """The request in a frame of JSON, text or binary. Never raises: what is wrong is in `Request.error`.

    Looked at in this order: JSON, `request_id`, `action`. The fields in `data` belong to the action. `integers` are
    those that can be a `request_id`, where the answers can't say any.
    """
    try:
        message, fault = _decoded(frame)
    except msgspec.ValidationError:
        return unreadable(len(frame), "Message is not a JSON object")
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return unreadable(len(frame), NO_JSON)
    if not isinstance(message, dict):
        return unreadable(len(frame), "Message is not a JSON object")
    return request_of(message, len(frame), actions, fault, integers)


def _decoded(frame: bytes | str) -> tuple[object, ContactsError | None]:
    """What a frame holds. Of an object with a value that can't be read (the number `1e400`, a text with half of a pair)
    the fields that can, and where that value is.

    Raises:
        MsgspecError, UnicodeError, RecursionError: it is no JSON.
    """
    large = len(frame) > NESTED_BYTES
    try:
        return message_in_parts(frame, JSON, KNOWN_FIELDS) if large else (msgspec.json.decode(frame), None)
    except (msgspec.MsgspecError, UnicodeError):
        readable = _HALF.sub(_unreadable, frame.encode() if isinstance(frame, str) else frame)
    if large:
        return message_in_parts(readable, JSON, KNOWN_FIELDS)
    fields, unread = _fields(readable)
    if not unread:
        return fields, None
    name, raw = next(iter(unread.items()))
    place = shorten(name)
    with suppress(msgspec.MsgspecError, UnicodeError):
        place += "".join(f".{shorten(inner)}" for inner in list(_fields(raw)[1])[:1])
    return fields, _fault(raw, place)


def _fault(raw: bytes, place: str) -> ContactsError:
    """What is wrong with a value that can't be read."""
    try:
        msgspec.json.decode(raw)
    except msgspec.ValidationError:
        return InvalidField(f"{place}: {OUT_OF_RANGE}")
    except (msgspec.MsgspecError, UnicodeError):
        pass
    return InvalidJson(f"{NO_JSON}: {place} can't be read")


def _unreadable(escape: re.Match[bytes]) -> bytes:
    """A byte that is no text in place of half a pair: fields with it can't be read, but passed over."""
    return b"\xff" if escape["half"] else escape[0]


def _fields(json: bytes) -> tuple[dict[str, object], dict[str, bytes]]:
    """The fields of an object, decoded, and the JSON of those that can't be."""
    fields: dict[str, object] = {}
    unread: dict[str, bytes] = {}
    for name, raw in msgspec.json.decode(json, type=dict[str, msgspec.Raw]).items():
        try:
            fields[name] = msgspec.json.decode(raw)
        except (msgspec.MsgspecError, UnicodeError):
            unread[name] = bytes(raw)
    return fields, unread


def unreadable(size: int, why: str) -> Request:
    """A message of which nothing could be read. `why` is told."""
    return Request(_head(None, None), size, error=InvalidJson(why))


def request_of(
    message: Mapping[str, Any],
    size: int,
    actions: Container[str],
    fault: ContactsError | None = None,
    integers: Container[int] | None = None,
) -> Request:
    """The request in a message that was read, whatever its notation.

    Args:
        message: names and JSON values; others only where there is a `fault`.
        size: bytes or characters of the frame.
        actions: the names that are known.
        fault: why it can't be carried out, if that is known already.
        integers: those that can be a `request_id`; `None`: any.
    """
    request_id, action, data = message.get("request_id"), message.get("action"), message.get("data")
    wrong_id = _error_in_id(request_id, integers)
    error = fault or wrong_id or _error_in_action(action, actions)
    head = _head(
        request_id if wrong_id is None else None,
        action if isinstance(action, str) and action else None,
    )
    known_id = "" if wrong_id is not None or request_id is None else request_id
    known_action = action if isinstance(action, str) and action in actions else ""
    fields, held = kept(data, CONTROL_FIELDS) if isinstance(data, dict) else ({}, 0)
    return Request(head, max(size, held), known_id, known_action, fields, error)


def success(head: bytes, data: bytes | bytearray) -> bytes | bytearray:
    """The answer that carries `data`, which is JSON already. A `bytearray` becomes the answer, and is not copied."""
    if isinstance(data, bytearray):
        data[:0] = b'%b"success","data":' % head
        data += b"}"
        return data
    return b'%b"success","data":%b}' % (head, data)


def partial(head: bytes, sequence: int, key: str, part: bytes) -> bytes:
    """One of several messages before the answer; `part` is the inside of the JSON list `key`."""
    return b'%b"partial","data":{"sequence":%d,"%b":[%b]}}' % (head, sequence, key.encode(), part)


def failure(head: bytes, code: str, message: str) -> bytes:
    """The answer that says what went wrong."""
    error = msgspec.json.encode({"message": message, "code": code})
    return b'%b"error","data":null,"error":%b}' % (head, error)


def expiring(seconds: int) -> bytes:
    """The message, not an answer, that the token expires in so many seconds."""
    return b'%b"expiring","data":{"expires_in":%d}}' % (_head(None, "authenticate"), seconds)


def _head(request_id: str | int | None, action: str | None) -> bytes:
    encode = msgspec.json.encode
    return b'{"request_id":%b,"action":%b,"status":' % (encode(request_id), encode(action))


def _error_in_id(request_id: object, integers: Container[int] | None) -> ContactsError | None:
    if request_id is None or request_id == "":
        return MissingField("request_id")
    if type(request_id) is not str and type(request_id) is not int:
        return InvalidField("request_id must be a string or an integer")
    if (length := len(str(request_id))) > LONGEST_ID:
        return InvalidField(f"request_id must have at most {LONGEST_ID} characters, not {length}")
    if integers is not None and type(request_id) is int and request_id not in integers:
        return InvalidField(
            f"request_id must be an integer of 64 bits, since MessagePack has no others, or a string, not {request_id}"
        )
    return None


def _error_in_action(action: object, actions: Container[str]) -> ContactsError | None:
    if action is None or action == "":
        return MissingField("action")
    if not isinstance(action, str):
        return UnknownAction(shorten(msgspec.json.encode(action).decode()))
    if action not in actions:
        return UnknownAction(shorten(action))
    return None
