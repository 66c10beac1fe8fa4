"""Why a connection ends."""

from collections.abc import Mapping
from enum import IntEnum


class Close(IntEnum):
    """Why a connection ends, as its close code."""

    CLIENT_LEFT = 1000
    GOING_AWAY = 1001
    FAILED = 1011
    NOT_READING = 1013
    TOKEN_EXPIRED = 4401


REASONS: Mapping[Close, str] = {
    Close.GOING_AWAY: "service is stopping",
    Close.FAILED: "internal error",
    Close.NOT_READING: "answers are not read",
    Close.TOKEN_EXPIRED: "token expired or revoked",
}
"""What the close frame says; a client that left is told nothing."""

STOPPING = "The service is stopping; send the request again on a new connection"
"""What requests are answered with that come, or still run, when a connection is about to end with `GOING_AWAY`."""
