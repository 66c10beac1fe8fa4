"""E-mail addresses: what is one, how people wrap and join them, and those that only say that there is none.

The addresses that say so are in `data/emails.json`.
"""

import re

import msgspec

from indexing.data import read_data
from indexing.values.unreadable import Unreadable

_QUICK = re.compile(r"[a-zA-Z0-9_+-]+(?:\.[a-zA-Z0-9_+-]+)*@(?:[a-zA-Z0-9]+(?:-[a-zA-Z0-9]+)*\.)+[a-zA-Z]{2,}")
"""What nearly all addresses are, in less time."""

_ADDRESS = re.compile(
    r"[^\s@<>(),;:\"'\[\]\\|/]+(?:'[^\s@<>(),;:\"'\[\]\\|/]+)*@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_][\w-]+"
)
_NO_ADDRESS = "is not an e-mail address"
_PLACEHOLDER = "is an address that stands for none"


class _Placeholders(msgspec.Struct, frozen=True):
    addresses: frozenset[str]
    locals: frozenset[str]
    domains: frozenset[str]


_PLACEHOLDERS = read_data("emails", _Placeholders)


class SeveralEmails(Unreadable):
    """A cell has more than one address.

    Attributes:
        addresses: in their order, each once.
    """

    def __init__(self, addresses: list[str]) -> None:
        super().__init__("is more than one e-mail address")
        self.addresses = addresses


def email(text: str) -> str:
    """The address in `text`, as written: alone, behind `mailto:`, or in `Ann <…>`.

    Raises:
        SeveralEmails: there are several.
        Unreadable: there is none, or only such as stand for none.
    """
    if (_QUICK.fullmatch(text) or _ADDRESS.fullmatch(text)) and not is_placeholder(text):
        return text
    found = dict.fromkeys(map(_bare, _ADDRESS.findall(text)))
    real = [address for address in found if not is_placeholder(address)]
    if not real:
        raise Unreadable(_PLACEHOLDER, placeholder=True) if found else Unreadable(_NO_ADDRESS)
    if len(real) > 1:
        raise SeveralEmails(real)
    return real[0]


def is_placeholder(address: str) -> bool:
    """The address only says that there is none: `email_not_unlocked@domain.com`."""
    lower = address.lower()
    local, _, domain = lower.rpartition("@")
    return local in _PLACEHOLDERS.locals or domain in _PLACEHOLDERS.domains or lower in _PLACEHOLDERS.addresses


def _bare(address: str) -> str:
    return address.strip(".")
