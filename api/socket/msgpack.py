"""MessagePack for connections that chose the subprotocol `msgpack`: the same envelope, in another notation.

Everything behind the door speaks JSON, and contacts are JSON in the stores. So frames are turned into JSON as they come
in, and answers into MessagePack as they go out.
"""

import asyncio
from typing import Any

import msgspec

SUBPROTOCOL = "msgpack"

AT_ONCE = 64 * 1024
"""Bytes that are turned at once; more would hold up other connections."""

ITEMS_IN_A_ROW = 64


def json_of(frame: bytes) -> bytes:
    """A MessagePack frame as JSON; as nothing at all if it is neither.

    What JSON does not know, such as binary data or a time, becomes a text, and then is as wrong as that text.
    """
    try:
        return msgspec.json.encode(msgspec.msgpack.decode(frame))
    except (msgspec.MsgspecError, TypeError, ValueError, OverflowError, RecursionError):
        return b""


async def packed(message: bytes) -> bytes:
    """An answer as MessagePack. A large one is turned item by item, in turn with other work."""
    if len(message) <= AT_ONCE:
        return _packed(message)
    envelope: dict[str, Any] = _raw_object(message)
    data: dict[str, Any] = _raw_object(envelope["data"])
    for name, raw in data.items():
        data[name] = await _packed_list(raw) if raw.startswith(b"[") else msgspec.Raw(_packed(raw))
    return msgspec.msgpack.encode(
        {name: data if name == "data" else msgspec.Raw(_packed(raw)) for name, raw in envelope.items()}
    )


async def _packed_list(raw: bytes) -> list[msgspec.Raw]:
    items = []
    for number, item in enumerate(msgspec.json.decode(raw, type=list[msgspec.Raw])):
        items.append(msgspec.Raw(_packed(item)))
        if number % ITEMS_IN_A_ROW == 0:
            await asyncio.sleep(0)
    return items


def _raw_object(json: bytes) -> dict[str, bytes]:
    return {name: bytes(raw) for name, raw in msgspec.json.decode(json, type=dict[str, msgspec.Raw]).items()}


def _packed(json: bytes | msgspec.Raw) -> bytes:
    return msgspec.msgpack.encode(msgspec.json.decode(json))
