"""Headers that no answer over HTTP goes without, whoever made it."""

from collections.abc import Iterable

Header = tuple[bytes, bytes]

SAFE: tuple[Header, ...] = ((b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store"))
"""An answer is what its type says, and nobody on the way keeps it: it may hold contacts or tokens.

The Fetch standard has the first (https://fetch.spec.whatwg.org/#x-content-type-options-header), RFC 9111, 5.2.2.5 the
second.
"""


def completed(headers: Iterable[Header]) -> list[Header]:
    """`headers` with those of `SAFE` that an answer does not have itself: files of the documents may be kept."""
    given = list(headers)
    names = {name.lower() for name, _ in given}
    return [*given, *(header for header in SAFE if header[0] not in names)]
