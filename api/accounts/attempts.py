"""How often one may try to come in: bounds by the client's address, and by the address and the e-mail together.

There is none by the e-mail alone: whoever knows an e-mail could use that up from anywhere, for as long as they like,
and so keep its owner out. What can be guessed from many addresses is bounded by the hashes that are computed at once
(`api.accounts.passwords`).
"""

from ipaddress import IPv6Address, ip_address

from api.accounts.emails import folded
from api.actions.rates import Rates
from mappings.errors import TooManyRequests

PAIR_SHARE = 6
"""One e-mail has this part of the attempts that an address of the network has."""

_HOST_BITS = 64
"""Of an IPv6 address: a subscriber has a whole /64, so that many addresses are one client (RFC 6177)."""


class Attempts:
    """Counts the attempts to come in. One that is refused is not counted.

    Args:
        per_minute: attempts of one address of the network; 0 is no bound.
    """

    def __init__(self, per_minute: int) -> None:
        self._by_address = Rates(per_minute)
        self._by_pair = Rates(-(-per_minute // PAIR_SHARE))

    def by(self, address: str) -> None:
        """Count an attempt from a client's address. Raises `TooManyRequests`."""
        _take(self._by_address, network_of(address))

    def on(self, email: str, address: str) -> None:
        """Count an attempt on an e-mail, known or not, from a client's address. Raises `TooManyRequests`."""
        _take(self._by_pair, f"{network_of(address)} {folded(email)}")


def network_of(address: str) -> str:
    """What counts as one client: an IPv4 address, the /64 of an IPv6 one, and what is neither as it is."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(IPv6Address(int(parsed) >> _HOST_BITS << _HOST_BITS))
    return str(parsed)


def _take(rates: Rates, key: str) -> None:
    if seconds := rates.take(key):
        raise TooManyRequests("Too many logins; try again later", retry_after=seconds)
