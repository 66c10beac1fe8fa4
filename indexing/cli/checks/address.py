"""Where the service listens: whether it can do so, or does already. Nothing listens there for it."""

import errno
import http.client
import os
import socket
from collections.abc import Iterator

from api.settings import Settings
from search.findings import Finding, fault, ok

ANSWER_SECONDS = 3.0
"""How long whoever listens there has to say that it is the service."""

_SUBJECT = "address"
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where an answer is asked for, nothing is opened


def addresses(settings: Settings) -> Iterator[Finding]:
    """What there is to say of the public port, and of the admin port if there is one."""
    yield _address(settings.host, settings.port, "CONTACTS_HOST, CONTACTS_PORT")
    if settings.admin_port is not None:
        yield _address(settings.admin_host, settings.admin_port, "CONTACTS_ADMIN_HOST, CONTACTS_ADMIN_PORT")


def _address(host: str, port: int, variables: str) -> Finding:
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
            # As the server does, which may be started again while connections of the last one are still known.
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None)
        if number == errno.EADDRINUSE:
            return _taken(host, port, place, variables)
        if number == errno.EACCES:
            cure = (
                f"take a port from 1024 on ({variables}) behind a proxy, or let the service have CAP_NET_BIND_SERVICE"
            )
            return fault(_SUBJECT, f"user {os.geteuid()} may not listen on {place}", cure)
        return fault(_SUBJECT, f"{place} is no address of this machine", f"correct {variables}")
    return ok(_SUBJECT, f"{place} is free")


def _taken(host: str, port: int, place: str, variables: str) -> Finding:
    connection = http.client.HTTPConnection(_ANYWHERE.get(host, host), port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/health/live")
        answer = connection.getresponse()
        if answer.status == http.client.OK and answer.read(100) == b'{"status":"live"}':
            return ok(_SUBJECT, f"the service answers on {place}")
    except (OSError, http.client.HTTPException):
        pass
    finally:
        connection.close()
    cure = f"end it (`ss -ltnp` shows which it is), or name another port ({variables})"
    return fault(_SUBJECT, f"another program listens on {place}, or a service that does not answer", cure)
