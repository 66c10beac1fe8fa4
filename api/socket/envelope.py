"""The envelope of every WebSocket message: frames to requests, answers to bytes.

The keys of an answer always come in the order of the contract: `request_id`, `action`, `status`, `data`, `error`.
"""

from collections.abc import Container, Mapping
from typing import Any

import msgspec

from mappings.errors import ContactsError, InvalidField, InvalidJson, MissingField, UnknownAction, shorten


class Request(msgspec.Struct, frozen=True):
    """One message of a client.

    Attributes:
        head: the start of every answer to it, `request_id` and `action` as far as they were readable.
        size: bytes or characters of the frame.
        error: why it can't be carried out; the other fields are then of no use.
    """

    head: bytes
    size: int
    request_id: str | int = ""
    action: str = ""
    data: dict[str, Any] = {}
    error: ContactsError | None = None


def read(frame: bytes | str, actions: Container[str]) -> Request:
    """The request in a frame of JSON, text or binary. Never raises: what is wrong is in `Request.error`.

    Looked at in this order: JSON, `request_id`, `action`. The fields in `data` belong to the action.
    """
    try:
        message = msgspec.json.decode(frame)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return unreadable(len(frame), "Message is not valid JSON")
    if not isinstance(message, dict):
        return unreadable(len(frame), "Message is not a JSON object")
    return request_of(message, len(frame), actions)


def unreadable(size: int, why: str) -> Request:
    """A message of which nothing could be read. `why` is told."""
    return Request(_head(None, None), size, error=InvalidJson(why))


def request_of(
    message: Mapping[str, Any], size: int, actions: Container[str], fault: ContactsError | None = None
) -> Request:
    """The request in a message that was read, whatever its notation.

    Args:
        message: names and JSON values; others only where there is a `fault`.
        size: bytes or characters of the frame.
        actions: the names that are known.
        fault: why it can't be carried out, if that is known already.
    """
    request_id, action, data = message.get("request_id"), message.get("action"), message.get("data")
    error = fault or _error_in(request_id, action, actions)
    head = _head(
        request_id if _is_id(request_id) and request_id != "" else None,
        action if isinstance(action, str) and action else None,
    )
    if error is not None or request_id is None or action is None:
        return Request(head, size, error=error)
    return Request(head, size, request_id, action, data if isinstance(data, dict) else {})


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


def _is_id(value: object) -> bool:
    return type(value) in (str, int)


def _error_in(request_id: object, action: object, actions: Container[str]) -> ContactsError | None:
    if request_id is None or request_id == "":
        return MissingField("request_id")
    if not _is_id(request_id):
        return InvalidField("request_id must be a string or an integer")
    if action is None or action == "":
        return MissingField("action")
    if not isinstance(action, str):
        return UnknownAction(shorten(msgspec.json.encode(action).decode()))
    if action not in actions:
        return UnknownAction(shorten(action))
    return None
