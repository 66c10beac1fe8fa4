"""What a filter becomes in DuckDB, for people to read."""

from typing import Any

import msgspec

from mappings import predicates
from mappings.algebra import simplified
from mappings.predicates import ContactFilter, Predicate


def explanation(contact_filter: ContactFilter) -> dict[str, Any]:
    """The sets of rows that are read of the file, by number, how they are combined, and the order of what is found.

    `&` is what all of them have, `|` what any of them has, and `-` is what comes before it without what comes after it.
    """
    numbers: dict[Predicate, str] = {}
    rows = _combined(simplified(contact_filter.predicate), numbers)
    sets = {number: msgspec.to_builtins(predicate) for predicate, number in numbers.items()}
    return {"sets": sets, "rows": rows, "order": msgspec.to_builtins(contact_filter.order)}


def _combined(predicate: Predicate, numbers: dict[Predicate, str]) -> str:
    match predicate:
        case predicates.MatchAll():
            return "all"
        case predicates.All(of):
            kept = [_combined(part, numbers) for part in of if not isinstance(part, predicates.Not)]
            out = [_combined(part.of, numbers) for part in of if isinstance(part, predicates.Not)]
            return f"({' - '.join([' & '.join(kept), *out])})"
        case predicates.Any(of):
            return f"({' | '.join([_combined(part, numbers) for part in of])})" if of else "none"
        case predicates.Not(of):
            return f"(all - {_combined(of, numbers)})"
    return numbers.setdefault(predicate, str(len(numbers) + 1))
