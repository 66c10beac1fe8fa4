"""How many files and sockets the process may have open."""

import contextlib
import logging

from api.edge import limits

try:
    import resource
except ImportError:  # pragma: no cover - Windows has no such limit
    resource = None  # type: ignore[assignment]

_log = logging.getLogger(__name__)


def raise_descriptors() -> int | None:
    """Raise the soft limit of open files to the hard one; how many there may be, `None` for any number.

    Most systems start processes with 1,024, so that old programs that can't have more don't fall over.
    """
    if resource is None:  # pragma: no cover - as above
        return None
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        # macOS refuses an unlimited number; then it stays as it was.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return None if most == resource.RLIM_INFINITY else most


def room_for(connections: int, descriptors: int | None) -> int:
    """How many of the `connections` that are promised there can be with so many `descriptors`; warns of fewer."""
    if descriptors is None or descriptors - limits.OTHER_DESCRIPTORS >= connections:
        return connections
    room = max(descriptors - limits.OTHER_DESCRIPTORS, 1)
    _log.warning(
        "the system lets this process have %d files open (ulimit -n), which is enough for %d connections and not for "
        "the %d promised: raise that limit to %d, or lower CONTACTS_MAX_CONNECTIONS",
        descriptors, room, connections, connections + limits.OTHER_DESCRIPTORS,
    )  # fmt: skip
    return room
