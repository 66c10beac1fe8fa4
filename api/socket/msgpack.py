"""MessagePack for connections that chose the subprotocol `msgpack`: the same envelope, in another notation.

A frame becomes the same request as if it had come as JSON, which text frames are here too. Answers are made as JSON,
which contacts are in the stores, and are turned into MessagePack as they go out.
"""

import asyncio
import math
from collections.abc import Container, Iterable
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec

from api.actions.parts import NESTED_BYTES, Notation, message_in_parts
from api.socket import envelope
from api.socket.envelope import KNOWN_FIELDS, Request, request_of, unreadable
from mappings.errors import InvalidField, shorten

SUBPROTOCOL = "msgpack"

AT_ONCE = 64 * 1024
"""Bytes that are turned at once; more would hold up other connections."""

ITEMS_IN_A_ROW = 64

INTEGERS = range(-(2**63), 2**64)
"""Those that there are in MessagePack."""

_UNREADABLE = (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError)

_UNSAYABLE = (
    " has something in it that JSON can't say: a text that is not UTF-8, a time out of range, or a key that is a map "
    "or an extension; leave it out"
)

MESSAGEPACK = Notation(msgspec.msgpack.decode, _UNREADABLE, _UNSAYABLE)


_HOLDERS = frozenset({dict, list})
"""Types of values that hold others."""

_SAYABLE = _HOLDERS | {str, int, float, bool, type(None)}
"""Types of values that JSON can say, of floats those that are finite."""


def read(frame: bytes | str, actions: Container[str]) -> Request:
    """The request in a frame, as `envelope.read` has it of JSON. Never raises.

    What JSON can't say, wherever it stands, is refused before all else, but `request_id` and `action` are echoed as far
    as they could be read. A `request_id` that MessagePack can't say would make every answer impossible.
    """
    if isinstance(frame, str):
        return envelope.read(frame, actions, INTEGERS)
    if len(frame) > NESTED_BYTES:
        return _read_in_parts(frame, actions)
    try:
        message = msgspec.msgpack.decode(frame)
    except _UNREADABLE:
        return _read_in_parts(frame, actions)
    if not isinstance(message, dict):
        return unreadable(len(frame), "Message is not a MessagePack map")
    return request_of(message, len(frame), actions, _fault(message))


def _read_in_parts(frame: bytes, actions: Container[str]) -> Request:
    """The request in a frame that can't be read as a whole, or is large: maybe its fields can, one by one."""
    try:
        message, fault = message_in_parts(frame, MESSAGEPACK, KNOWN_FIELDS)
    except msgspec.ValidationError:
        return unreadable(len(frame), "Message is not a MessagePack map with texts as keys")
    except _UNREADABLE:
        return unreadable(len(frame), "Message is not valid MessagePack")
    wrong = fault and InvalidField(f"MessagePack: {fault}")
    return request_of(message, len(frame), actions, _fault(message) or wrong)


def _fault(message: dict[Any, object]) -> InvalidField | None:
    """Names something in `message` that JSON can't say, if there is any.

    All that stands equally deep is looked at together: a message of a megabyte may hold a hundred thousand values.
    """
    levels: list[list[Any]] = [[message]]
    while levels[-1]:
        maps = [holder for holder in levels[-1] if type(holder) is dict]
        lists = [holder for holder in levels[-1] if type(holder) is list]
        values = [*chain.from_iterable(map(dict.values, maps)), *chain.from_iterable(lists)]
        types = set(map(type, values))
        if (
            not types <= _SAYABLE
            or set(map(type, chain.from_iterable(maps))) - {str}
            or (float in types and not all(map(math.isfinite, (value for value in values if type(value) is float))))
        ):
            return _named(levels)
        levels.append([value for value in values if value and type(value) in _HOLDERS] if types & _HOLDERS else [])
    return None


def _named(levels: list[list[Any]]) -> InvalidField | None:
    """Names the first thing in the holders of the last level that JSON can't say; those before are what holds them."""
    for holder in levels[-1]:
        for key, value in _items(holder):
            if type(holder) is dict and type(key) is not str:
                where = _place(levels, holder) or "the message"
                return InvalidField(f"MessagePack: {where} has a key that is {_kind(key)}; send keys as texts")
            if type(value) not in _SAYABLE or (type(value) is float and not math.isfinite(value)):
                where, cure = _place(levels, holder, key), "number" if type(value) is float else "text"
                return InvalidField(
                    f"MessagePack: {where} is {_kind(value)}, which JSON can't say; send a {cure} or leave it out"
                )
    return None


def _place(levels: list[list[Any]], holder: object, *within: object) -> str:
    """Where in the message a holder of the last level stands, or what is `within` it: `data.include_domain_list[0]`."""
    keys = list(within)
    for above in reversed(levels[:-1]):
        holder, key = next((one, key) for one in above for key, value in _items(one) if value is holder)
        keys.append(key)
    steps = (f"[{key}]" if isinstance(key, int) else f".{shorten(str(key))}" for key in reversed(keys))
    return shorten("".join(steps).removeprefix("."))


def _items(holder: Any) -> Iterable[tuple[object, object]]:
    return holder.items() if isinstance(holder, dict) else enumerate(holder)


def _kind(value: object) -> str:
    """What a value is, in words; no more of it than that."""
    match value:
        case float() if math.isnan(value):
            return "NaN"
        case float() if math.isinf(value):
            return "Infinity" if value > 0 else "-Infinity"
        case bytes():
            return "binary data"
        case datetime():
            return "a timestamp"
        case msgspec.msgpack.Ext():
            return f"an extension of type {value.code}"
        case tuple():
            return "a list"
    return shorten(msgspec.json.encode(value).decode())


async def packed(message: bytes | bytearray) -> bytes:
    """An answer as MessagePack. A large one is turned item by item, in turn with other work."""
    if len(message) <= AT_ONCE:
        return _packed(message)
    answer: dict[str, Any] = _raw_object(message)
    if not answer["data"].startswith(b"{"):
        return _packed(message)
    data: dict[str, Any] = _raw_object(answer["data"])
    for name, raw in data.items():
        data[name] = await _packed_list(raw) if raw.startswith(b"[") else msgspec.Raw(_packed(raw))
    return msgspec.msgpack.encode(
        {name: data if name == "data" else msgspec.Raw(_packed(raw)) for name, raw in answer.items()}
    )


async def _packed_list(raw: bytes) -> list[msgspec.Raw]:
    items = []
    for number, item in enumerate(msgspec.json.decode(raw, type=list[msgspec.Raw])):
        items.append(msgspec.Raw(_packed(item)))
        if number % ITEMS_IN_A_ROW == 0:
            await asyncio.sleep(0)
    return items


def _raw_object(json: bytes | bytearray) -> dict[str, bytes]:
    return {name: bytes(raw) for name, raw in msgspec.json.decode(json, type=dict[str, msgspec.Raw]).items()}


def _packed(json: bytes | bytearray | msgspec.Raw) -> bytes:
    return msgspec.msgpack.encode(msgspec.json.decode(json))
