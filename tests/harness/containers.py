"""Servers in containers, where a container engine answers."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar
from urllib.parse import urlsplit

from tests.harness.processes import ServerUnavailable

Container = TypeVar("Container")


@contextmanager
def running_container(make: Callable[[], AbstractContextManager[Container]]) -> Iterator[Container]:
    """Start the container that `make` describes, stop it afterwards. Raises `ServerUnavailable`.

    `make` imports testcontainers itself: it is a development dependency, and what only fetches a server goes without.
    """
    if not _engine_answers():
        raise ServerUnavailable("no container engine answers")
    with ExitStack() as stack:
        try:
            container = stack.enter_context(make())
        except ImportError as error:
            raise ServerUnavailable("testcontainers is not installed") from error
        except Exception as error:  # the client library has no common error
            raise ServerUnavailable(str(error)) from error
        yield container


def _engine_answers() -> bool:
    """Whether something listens where `DOCKER_HOST` or the default says. Cheaper than asking the client."""
    address = urlsplit(os.environ.get("DOCKER_HOST") or "unix:///var/run/docker.sock")
    try:
        if address.scheme == "unix":
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(5)
                connection.connect(address.path)
        else:
            with socket.create_connection((address.hostname or "", address.port or 2375), timeout=5):
                pass
    except (OSError, ValueError):
        return False
    return True
