"""Messages that leave frame by frame, as the bytes they were made as: an extension of ASGI.

ASGI knows text messages as `str` only. One character past U+FFFF makes a `str` four times as large as its UTF-8, which
then is encoded again: an answer of 256 MiB would cost more than 1 GiB. And a message that is handed over in one piece
waits in the server until the client has taken all of it, pings behind it. So here large messages are cut into frames
(RFC 6455, 5.4), which the client puts together again. `api.socket.wire` is the server's side.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypedDict

EXTENSION = "contacts.frames"
"""What a server that understands frames has among the `extensions` of a connection's scope."""

FRAME_BYTES = 2**20
"""The largest frame. Most messages are one; of a larger one no more than this is held by the server as well."""


class Meter(dict[str, object]):
    """What the server has under `EXTENSION`. The application puts in what it wants to be told.

    Attributes:
        spent: told how many seconds it took to look at what the client sent, or to send; how long to wait before the
            server looks on.
        holds: told how many bytes there are of a message that has not come whole; whether there is room for them.
    """

    def __init__(self) -> None:
        self.spent: Callable[[float], float] = lambda _seconds: 0.0
        self.holds: Callable[[int], bool] = lambda _bytes: True


class Frame(TypedDict):
    """An ASGI event: a piece of a message. `text` and `binary` are those that begin one."""

    type: Literal["contacts.frame"]
    data: bytes | bytearray | memoryview
    opcode: Literal["text", "binary", "continuation"]
    last: bool


def understood(scope: Mapping[str, Any]) -> bool:
    """Whether the server takes frames."""
    return EXTENSION in (scope.get("extensions") or {})


def tell(scope: Mapping[str, Any], spent: Callable[[float], float], holds: Callable[[int], bool]) -> None:
    """Have the server say what `Meter` has, and do as it is told."""
    meter = (scope.get("extensions") or {}).get(EXTENSION)
    if isinstance(meter, Meter):
        meter.spent, meter.holds = spent, holds


def frames(message: bytes | bytearray, *, text: bool) -> Iterator[Frame]:
    """The frames of a message; one at least. `message` is UTF-8 if it is a text, and is not copied."""
    opcode: Literal["text", "binary", "continuation"] = "text" if text else "binary"
    if len(message) <= FRAME_BYTES:
        yield Frame(type="contacts.frame", data=message, opcode=opcode, last=True)
        return
    view = memoryview(message)
    for start in range(0, len(message), FRAME_BYTES):
        end = start + FRAME_BYTES
        yield Frame(type="contacts.frame", data=view[start:end], opcode=opcode, last=end >= len(message))
        opcode = "continuation"
