"""The company and domain lists that a request may carry beside its URL."""

from collections.abc import Iterable

import msgspec

from mappings.predicates import Predicate, Substring, Terms, all_of, any_of
from mappings.rules import none_of
from mappings.text import normalise
from mappings.web import listed_domain

_MANY = 1000


class CompanyLists(msgspec.Struct, frozen=True):
    """Companies to include and exclude, by name and by domain. Of several in one list, any one counts."""

    include_company_name: tuple[str, ...] = ()
    exclude_company_name: tuple[str, ...] = ()
    include_domain_list: tuple[str, ...] = ()
    exclude_domain_list: tuple[str, ...] = ()

    @property
    def entries(self) -> int:
        """How many there are in all."""
        return sum(map(len, msgspec.structs.astuple(self)))

    @property
    def characters(self) -> int:
        """How long they are in all."""
        return sum([sum(map(len, entries)) for entries in msgspec.structs.astuple(self)])

    def effort(self) -> int:
        """About how many predicates they become, or things that are as much work to make (`mappings.parameters`)."""
        # Of many it does not matter how long they are.
        return self.entries if self.entries > _MANY else self.entries + self.characters // 8

    def predicate(self) -> Predicate:
        """The lists as one predicate, every contact if they are empty; exclusions are a `Not` each at its top.

        Names that normalise to nothing and blank domains (what `a.com,` leaves after its comma) are ignored.

        Raises:
            InvalidField: a listed domain is none, e.g. for want of a dot.
        """
        each = [(listed.excluded, [predicate for _, predicate in listed.asked]) for listed in self.listed()]
        return all_of([(none_of if excluded else any_of)(asked) for excluded, asked in each if asked])

    def listed(self) -> tuple["Listed", ...]:
        """What each list asks, the inclusions first. Raises as `predicate` does."""
        return (
            Listed("include_company_name", False, _names(self.include_company_name)),
            Listed("include_domain_list", False, _domains("include_domain_list", self.include_domain_list)),
            Listed("exclude_company_name", True, _names(self.exclude_company_name)),
            Listed("exclude_domain_list", True, _domains("exclude_domain_list", self.exclude_domain_list)),
        )


class Listed(msgspec.Struct, frozen=True):
    """One list: its name, whether it excludes, and what its entries ask, each beside it as it is written."""

    name: str
    excluded: bool
    asked: list[tuple[str, Predicate]]


def _names(values: Iterable[str]) -> list[tuple[str, Predicate]]:
    return [(value, Substring("company_text", text)) for value in values if (text := normalise(value))]


def _domains(field: str, values: Iterable[str]) -> list[tuple[str, Predicate]]:
    return [(value, Terms("company_domains", (listed_domain(field, value),))) for value in values if value.strip()]
