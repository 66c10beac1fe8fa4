"""How long the token of a connection holds, and when its client is told that it ends. Without a clock of its own."""

import math

from api.accounts.tokens import Claims
from api.socket import limits


class Expiry:
    """The end of the token that a connection lives on.

    Args:
        claims: of the token that the client came with.
        epoch: what added to the session's clock gives seconds since 1970, in which tokens expire.

    Attributes:
        claims: of the token that holds longest of those the client sent.
    """

    def __init__(self, claims: Claims, epoch: float) -> None:
        self.claims = claims
        self._epoch = epoch
        self._renews = False
        self._told_of = 0

    @property
    def at(self) -> float:
        """When the token expires, in the session's clock."""
        return self.claims.expires_at - self._epoch

    @property
    def notice_at(self) -> float:
        """When to tell the client: once for each token, and only one that has renewed a token before."""
        if not self._renews or self._told_of == self.claims.expires_at:
            return math.inf
        return self.at - limits.NOTICE_SECONDS

    def renew(self, claims: Claims) -> None:
        """The client sent a good token of its own; one that expires earlier changes nothing."""
        self._renews = True
        if claims.expires_at >= self.claims.expires_at:
            self.claims = claims

    def told(self) -> None:
        """The client knows."""
        self._told_of = self.claims.expires_at
