"""Where searches are kept that users save, as the actions about them need it; `api.accounts.searches` keeps them."""

from typing import Protocol

import msgspec


class KeptSearch(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a search.

    Attributes:
        request: its fields, as JSON: those of a `SelectionRequest` that were given.
        fingerprint: of the search, as it was told when it was saved.
        saved_at: milliseconds since 1970.
        count_then: how many contacts it found.
    """

    name: str
    request: bytes
    fingerprint: str
    saved_at: int
    count_then: int


class KeptSearches(Protocol):
    """Where they are kept, for each user apart. All methods raise `AccountsUnavailable`."""

    async def of(self, user: str) -> list[KeptSearch]:
        """Those of the user with this uuid, the one that was saved last first."""

    async def keep(self, user: str, search: KeptSearch, most: int, most_bytes: int) -> None:
        """Keep one, in place of another of its name.

        Raises:
            InvalidField: the user would have more than `most`, or more than `most_bytes` of requests.
            Unauthorized: the user is gone.
        """

    async def remove(self, user: str, name: str) -> None:
        """Forget one, if it is there."""
