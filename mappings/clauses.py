"""A search taken apart: one clause for each parameter and each company list that asks something, each with its values.

All clauses together are the filter (`mappings.contact_filter`). What is made of them can leave one out, or have it ask
for one of its values only, and so tell what each of them does to a search.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

import msgspec

from mappings.company_lists import CompanyLists, Listed
from mappings.contact_filter import context_of, usable, values_read
from mappings.parameters import Parameter, by_rank, given_parameters
from mappings.predicates import MatchAll, Predicate, all_of, any_of
from mappings.rules import Combine, Context, last_of, none_of
from mappings.url import ApolloUrl

Combined = Literal["any", "all", "none"]
"""How the values of a clause come together."""

_COMBINED: Mapping[Combine, Combined] = {any_of: "any", last_of: "any", all_of: "all", none_of: "none"}
_COMBINES: Mapping[Combined, Combine] = {"any": any_of, "all": all_of, "none": none_of}


class ClauseValue(msgspec.Struct, frozen=True):
    """One value of a clause."""

    value: str
    """As answers show it: the name behind an id."""

    written: str
    """As it is read: of several that are written as one, this one."""

    predicate: Predicate
    """The contacts that have it, of an exclusion too."""


class Clause(msgspec.Struct, frozen=True):
    """One parameter of a URL, or one list beside it, that asks something of contacts."""

    name: str
    combine: Combined
    values: tuple[ClauseValue, ...]
    """Those that ask something, at least one, in the order of the URL, each once."""

    parameter: Parameter | None = None
    """`None` of a list."""

    @property
    def category(self) -> str:
        """Of the parameter; nothing of a list."""
        return "" if self.parameter is None else self.parameter.category

    @property
    def predicate(self) -> Predicate:
        """The clause as it stands in the filter."""
        return self.asking(self.values)

    @property
    def having(self) -> Predicate:
        """The contacts that have what it names: of an exclusion those that it keeps out."""
        combine = any_of if self.combine == "none" else _COMBINES[self.combine]
        return combine([value.predicate for value in self.values])

    def asking(self, values: Iterable[ClauseValue]) -> Predicate:
        """The clause as it would be with only these of its values, of which there is one at least."""
        return _COMBINES[self.combine]([value.predicate for value in values])


def clauses_of(url: ApolloUrl, today: date) -> tuple[Clause, ...]:
    """What a URL asks, parameter by parameter in the order of the catalogue.

    What asks nothing by itself is left out: pages, order, flags, what is empty or can't be mapped. What decides how
    another parameter is compared is in that one's predicates.

    Args:
        url: the URL.
        today: the day in UTC that dates such as `60_days_ago` are counted from.

    Raises:
        InvalidParameter: a number, range or date is malformed.
    """
    given = values_read(given_parameters(url.pairs))
    context = context_of(given, today)
    given.sort(key=lambda pair: by_rank(pair[0]))
    clauses = [_clause(parameter, values, context) for parameter, values in given]
    return tuple([clause for clause in clauses if clause is not None])


def clauses_of_lists(lists: CompanyLists) -> tuple[Clause, ...]:
    """The same of the lists beside a URL. Raises `InvalidField`: a listed domain is none."""
    return tuple([_list_clause(listed) for listed in lists.listed() if listed.asked])


def _clause(parameter: Parameter, values: Iterable[str], context: Context) -> Clause | None:
    asked: dict[str, ClauseValue] = {}
    for value in list(values)[-1:] if parameter.combine is last_of else values:
        predicate = usable(parameter, value, context)
        if predicate is not None:
            [shown] = parameter.shown([value])
            asked.setdefault(value, ClauseValue(shown, value, predicate))
    if not asked:
        return None
    clause = Clause(parameter.name, _COMBINED[parameter.combine], tuple(asked.values()), parameter)
    return None if isinstance(clause.having, MatchAll) else clause


def _list_clause(listed: Listed) -> Clause:
    values = {text: ClauseValue(text, text, predicate) for text, predicate in listed.asked}
    return Clause(listed.name, "none" if listed.excluded else "any", tuple(values.values()))
