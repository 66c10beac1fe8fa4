"""Whether a `Host` header can be one: URLs that answers contain are made of it.

A request with one that can't is to be answered with 400 (RFC 9112, 3.2).
"""

import re
from ipaddress import IPv6Address

_HOST = re.compile(rb"(?:\[([0-9A-Za-z:.%]+)\]|[!$&'()*+,;=%\-.~\w]*)(?::(\d{0,5}))?", re.ASCII)
LAST_PORT = 65535


def is_host(value: bytes) -> bool:
    """Whether `value` is a name or address, perhaps with a port (RFC 9110, 7.2; RFC 3986, 3.2.2)."""
    found = _HOST.fullmatch(value)
    if found is None or int(found[2] or 0) > LAST_PORT:
        return False
    return found[1] is None or _is_address(found[1].decode())


def _is_address(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True
