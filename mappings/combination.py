"""Several URLs asked at once: what any of some finds, all of others find and none of the rest, with one account of it.

Each URL is mapped by itself before (`mappings.contact_filter`). Their pages and orders mean nothing together.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from mappings.contact_filter import MappedUrl, MappingSummary, UnmappedCategory, UnmappedParameter
from mappings.fingerprint import DIGITS
from mappings.predicates import ContactFilter, Not, all_of, any_of


def combined(any_: Sequence[MappedUrl], all_: Sequence[MappedUrl], none: Sequence[MappedUrl]) -> MappedUrl:
    """The contacts that any of `any_` finds, if there is one, each of `all_` and none of `none`, in default order.

    The summaries are added up, name by name in the order of the URLs: what stands in two URLs counts twice.
    """
    wanted = [any_of([url.filter.predicate for url in any_])] if any_ else []
    predicate = all_of([*wanted, *(url.filter.predicate for url in all_), *(Not(url.filter.predicate) for url in none)])
    urls = (*any_, *all_, *none)
    return MappedUrl(
        ContactFilter(predicate),
        page=1,
        mapping_summary=_summed([url.mapping_summary for url in urls]),
        unmapped_categories=_joined(category for url in urls for category in url.unmapped_categories),
    )


def _summed(summaries: Sequence[MappingSummary]) -> MappingSummary:
    """Numbers are added up, names follow each other."""
    columns = zip(*map(msgspec.structs.astuple, summaries), strict=True)
    return MappingSummary(*[sum(column[1:], column[0]) for column in columns])


def _joined(categories: Iterable[UnmappedCategory]) -> tuple[UnmappedCategory, ...]:
    """One category for all of a name, in the order in which they come."""
    parameters: dict[str, list[UnmappedParameter]] = {}
    for category in categories:
        parameters.setdefault(category.name, []).extend(category.parameters)
    return tuple(UnmappedCategory(name, len(several), tuple(several)) for name, several in parameters.items())


def joint_fingerprint(groups: Sequence[Iterable[str]], options: object) -> str:
    """The fingerprint of a search made of several, in groups that have each a meaning of its own, and of `options`.

    In which order those of a group stand plays no part.

    Args:
        groups: the fingerprint of each search (`mappings.fingerprint`).
        options: what else there is to it, of which JSON can be made.
    """
    parts = msgspec.json.encode([[sorted(set(group)) for group in groups], options])
    return sha256(parts).hexdigest()[:DIGITS]
