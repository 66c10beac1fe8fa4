"""Why a search finds what it finds, counted without an engine and without what the service counts with.

Which contacts have one value, the naive evaluator says; how values and parameters come together is said here once more,
in numbers whose bits are contacts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from mappings import predicates
from mappings.clauses import Clause, clauses_of, clauses_of_lists
from mappings.company_lists import CompanyLists
from mappings.predicates import Predicate
from mappings.url import parse
from search.fields import SEARCH_FIELDS, ContactCompleteItem
from tests.harness.naive_engine import derived, matches

Answer = dict[str, Any]


class Reasons:
    """Contacts in memory, each with a bit of its own."""

    def __init__(self, contacts: Sequence[ContactCompleteItem]) -> None:
        self._fields = [derived(contact) for contact in contacts]
        self._everybody = (1 << len(contacts)) - 1
        self._by_value: dict[str, dict[Any, int]] = {}
        self._known: dict[Predicate, int] = {}

    def explained(self, url: str, lists: CompanyLists, today: date) -> Answer:
        """What `explain_count` answers, as far as it is counted in the first round trip."""
        parameters, beside = clauses_of(parse(url), today), clauses_of_lists(lists)
        clauses = [*parameters, *beside]
        letting_in = [self._letting_in(clause) for clause in clauses]
        whole = self._all(letting_in)
        answers = []
        for at, clause in enumerate(clauses):
            others = self._all(letting_in[:at] + letting_in[at + 1 :])
            having = [self.of(value.predicate) for value in clause.values]
            excluded = self._everybody if clause.combine == "none" else 0
            values = [
                {
                    "value": value.value,
                    "count": has.bit_count(),
                    "within": (others & (has ^ excluded)).bit_count(),
                }
                for value, has in zip(clause.values, having, strict=True)
            ]
            alone = self._all(having) if clause.combine == "all" else self._any(having)
            answers.append(
                {
                    "name": clause.name,
                    "count": alone.bit_count(),
                    "without": others.bit_count(),
                    "values": values,
                }
                | ({} if clause.parameter is None else self._of_parameter(clause))
            )
        return {
            "count": whole.bit_count(),
            "total": self._everybody.bit_count(),
            "companies": {"count": self._companies(whole), "exact": True},
            "parameters": answers[: len(parameters)],
            "lists": answers[len(parameters) :],
        }

    def of(self, predicate: Predicate) -> int:
        """Who it holds for."""
        match predicate:
            case predicates.All(of):
                return self._all(map(self.of, of))
            case predicates.Any(of):
                return self._any(map(self.of, of))
            case predicates.Not(of):
                return self._everybody ^ self.of(of)
            case predicates.MatchAll():
                return self._everybody
        if predicate not in self._known:
            field = "absent" if isinstance(predicate, predicates.Exists) else predicate.field
            having = self._values(field).items()
            self._known[predicate] = self._any(who for value, who in having if matches(predicate, {field: value}))
        return self._known[predicate]

    def _letting_in(self, clause: Clause) -> int:
        having = [self.of(value.predicate) for value in clause.values]
        match clause.combine:
            case "any":
                return self._any(having)
            case "all":
                return self._all(having)
            case "none":
                return self._everybody ^ self._any(having)

    def _of_parameter(self, clause: Clause) -> Answer:
        names = {name for value in clause.values for name in _looked_at(value.predicate)}
        known = self._any(self.of(predicates.Exists(name)) for name in names)
        return {"category": clause.category, "combine": clause.combine, "known": known.bit_count()}

    def _companies(self, who: int) -> int:
        return sum(1 for having in self._values("company_key").values() if having & who)

    def _values(self, field: str) -> dict[Any, int]:
        """Value → who has it. Those without the field are in none, but for the fields that are absent."""
        if field not in self._by_value:
            by_value: dict[Any, int] = defaultdict(int)
            for at, fields in enumerate(self._fields):
                if (value := fields.get(field)) is not None:
                    by_value[tuple(value) if isinstance(value, list) else value] |= 1 << at
            self._by_value[field] = by_value
        return self._by_value[field]

    def _all(self, parts: Iterable[int]) -> int:
        found = self._everybody
        for part in parts:
            found &= part
        return found

    def _any(self, parts: Iterable[int]) -> int:
        found = 0
        for part in parts:
            found |= part
        return found


def _looked_at(predicate: Predicate) -> set[str]:
    match predicate:
        case predicates.All(of) | predicates.Any(of):
            return {name for part in of for name in _looked_at(part)}
        case predicates.Not(of):
            return _looked_at(of)
        case predicates.Exists(field):
            return {field}
        case predicates.MatchAll():
            return set()
    return set(SEARCH_FIELDS[predicate.field].of)
