"""How much a client may send, and how long it may take for it, before its request is one."""

HEAD_BYTES = 64 * 1024
"""Request line and headers, with the trailers of a body; and any bytes in a row that bring a request no further.
Cookies of single sign-on are large."""

SMALL_HEAD_BYTES = 8 * 1024
UNFINISHED_BYTES = 16 * 2**20
"""Of the heads of requests that are not whole, over all connections. An address alone has half of it at most, and any
connection a little."""

HEAD_SECONDS = 10.0
"""From the connection, or the first byte of a further request, to the end of the headers; and for silence."""

BODY_SECONDS = 30.0
"""For a whole body, or a message of a WebSocket from its first byte on. Time in which the service itself does not read
does not count."""

BODY_GRACE_SECONDS = 5.0
BODY_PACE = 1024
"""After that many seconds a body must have come at so many bytes a second."""

LOOK_SECONDS = 5.0
"""The longest between two looks at the clock of a connection."""

PIPELINED = 16
"""Requests that may wait behind the one that is being answered, on one connection."""

LINGER_SECONDS = 2.0
LINGER_BYTES = 8 * 2**20
"""What is read, and thrown away, of a client that was refused: closed in its face, it might never see why. The same
number of bytes of a body is read that nobody wants any more."""

CLOSE_SECONDS = 10.0
"""From the close frame of a WebSocket to that of its client. Who takes nothing is cut off `LINGER_SECONDS` later."""

GULP_BYTES = 256 * 1024
PAUSE_SECONDS = 0.05
"""After so many bytes that nobody wants nothing is read for so long: who sends without an end costs little by it."""

SLICE_BYTES = 64 * 1024
"""Of a body that are handed to the system at once. With as many that may wait there, it is what an answer that nobody
takes costs beside what its maker keeps of it."""

HTTP_CONNECTIONS = 1024
"""Connections beside the WebSockets' cap. Past both, those that ask nothing are closed, and requests answered 503."""

OTHER_DESCRIPTORS = 256
"""Descriptors that the process needs beside those of connections: files, the engine, the database of users."""

FULL_SECONDS = 60.0
"""The least between two lines of the log that say there is no more room."""
