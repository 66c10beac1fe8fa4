"""What this machine allows a process: versions, connections, and whether its clock can be right."""

import platform
import resource
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from api.edge import limits
from api.settings import Settings
from api.version import service_version
from search.findings import Finding, fault, ok, warning

EARLIEST = 2026
"""The year in which this was written: a clock before that is wrong."""


def process(settings: Settings) -> Iterator[Finding]:
    """What there is to say of this machine."""
    yield ok("version", f"contacts {service_version()}, Python {platform.python_version()}, {sys.platform}")
    now = datetime.now(UTC)
    if now.year < EARLIEST:
        yield fault("clock", f"it is {now:%Y-%m-%d} here", "set the clock (NTP): no token holds by it")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    # As many as the service itself counts on.
    needed = settings.max_connections + limits.HTTP_CONNECTIONS + limits.OTHER_DESCRIPTORS
    if most != resource.RLIM_INFINITY and most < needed:
        found = (
            f"{most:,} files may be open; {settings.max_connections:,} connections (CONTACTS_MAX_CONNECTIONS) need more"
        )
        yield warning("open files", found, f"raise the limit to {needed:,} (LimitNOFILE, ulimits), or promise fewer")
    else:
        yield ok("open files", f"enough for {settings.max_connections:,} connections")
