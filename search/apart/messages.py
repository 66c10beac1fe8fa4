"""What goes between the two processes: pickled values, each with its length in front."""

import asyncio
import pickle
import struct

_LENGTH = struct.Struct("!Q")


def framed(message: object) -> bytes:
    """A message as it is sent."""
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return _LENGTH.pack(len(body)) + body


async def receive(reader: asyncio.StreamReader) -> bytes:
    """The next message, still pickled. Raises `EOFError` where there is none any more."""
    (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
    return await reader.readexactly(length)
