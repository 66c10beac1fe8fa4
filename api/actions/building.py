"""URLs made of what they are to ask for: `build_url`, and the canonical form of a URL that there is."""

from datetime import UTC, datetime
from functools import partial
from itertools import chain

import msgspec

from api.actions.aside import LONGEST_AT_ONCE, MOST_AT_ONCE, mapping
from api.actions.made import Made, following
from api.actions.plans import refuse_unmapped
from api.actions.requests import BuildRequest
from api.actions.service import ContactService
from mappings.canonical import canonical, url_of
from mappings.contact_filter import map_url
from mappings.errors import InvalidField
from mappings.fingerprint import fingerprint_of
from mappings.ledger import LedgerEntry, ledger, unpaged
from mappings.url import LONGEST_URL, MOST_VALUES, ApolloUrl


class BuildData(msgspec.Struct, frozen=True):
    """A search in its canonical form."""

    url: str
    fingerprint: str
    ledger: tuple[LedgerEntry, ...]


async def build_url(service: ContactService, request: BuildRequest) -> bytes:
    """`BuildData`, as JSON. Raises as `built` does."""
    pairs = [(name, value) for name, values in request.parameters.items() for value in values]
    characters = sum(map(len, chain.from_iterable(pairs)))
    if characters > LONGEST_URL or len(pairs) > MOST_VALUES:
        raise InvalidField(f"parameters: more than {MOST_VALUES} values or {LONGEST_URL} characters; send fewer values")
    url = url_of(pairs)
    weight = mapping(url) if characters <= LONGEST_AT_ONCE else MOST_AT_ONCE + 1
    return await following(service.aside, Made(url), partial(_encoded, strict=request.strict), weight)


def built(url: ApolloUrl, *, strict: bool = False) -> BuildData:
    """The canonical form of a URL.

    Raises:
        InvalidParameter: a number, range or date is malformed.
        InvalidField: there are too many values, or the URL would be longer than one may be; or, if `strict`, a
            parameter can't be mapped.
    """
    today = datetime.now(UTC).date()
    if strict:
        refuse_unmapped(map_url(url, today).unmapped_categories)
    text = canonical(url).url
    if len(text) > LONGEST_URL:
        raise InvalidField(f"parameters: the URL would be longer than {LONGEST_URL} bytes; send fewer values")
    return BuildData(text, fingerprint_of(url), tuple(unpaged(ledger(url, today))))


def _encoded(url: ApolloUrl, *, strict: bool) -> bytes:
    return msgspec.json.encode(built(url, strict=strict))
