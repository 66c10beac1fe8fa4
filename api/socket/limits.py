"""How much one connection may ask for and leave unread, beside what the settings say."""

ANALYSES_AT_ONCE = 4
"""Slots of the actions that need no engine, apart from the others: a slow search never delays an `analyze`."""

RENEWALS_WAITING = 8
"""`authenticate` messages that wait behind the one that is looked at."""

WAITING_MESSAGES = 16
"""The messages that wait in a lane hold as many bytes as this many of the largest size."""

ANSWERS_BYTES = 4 * 2**20
"""Finished answers that wait for the client: as many bytes as eight parts of a stream. A larger answer waits alone.
Past it the engine makes nothing more for the connection."""

REFUSALS_BYTES = 16 * 2**20
"""Errors that wait for a client which sends without reading; past it the connection is closed."""

FULL = "Too many requests on this connection at once; wait for answers before sending more"
"""What a request is answered with that its lane has no room for."""

FRAMES_IN_A_ROW = 16
"""Frames read before others get their turn: a flood must not hold up other connections."""

NOTICE_SECONDS = 30.0
"""How long before the token expires a client that renews tokens is told."""

FLUSH_SECONDS = 5.0
"""How long a client has to read its last answers when the service stops."""
