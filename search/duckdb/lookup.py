"""Text predicates → conditions on `contacts`, by way of the dictionary of terms and the postings.

Every sub-select costs planning and a pass over the rows, so predicates that stand as alternatives are brought
together: one look-up of all their terms, one of all their postings.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import assert_never

import msgspec

from search.duckdb.schema import CODED
from search.predicates import All, Phrase, Predicate, Substring, Terms, all_of, any_of

Parameter = str | int | list[str] | None
_ALTERNATIVES = 500
"""Texts in one regular expression; with many more its automaton outgrows the memory that DuckDB allows it."""

Leaf = Terms | Phrase | Substring
"""Predicates on text, which the dictionary answers."""


class Sql(msgspec.Struct, frozen=True):
    """A fragment of SQL and the parameters of its question marks, in order."""

    text: str
    parameters: tuple[Parameter, ...] = ()


class _Asked(msgspec.Struct):
    """What is asked of a term's text: to be one of `exact`, or to contain one of `contained`."""

    exact: list[str] = []
    contained: list[str] = []


def joined(separator: str, parts: Sequence[Sql]) -> Sql:
    """The fragments side by side, with `separator` between them."""
    text = separator.join([part.text for part in parts])
    return Sql(text, tuple([parameter for part in parts for parameter in part.parameters]))


def any_leaf(leaves: Iterable[Leaf]) -> list[Sql]:
    """Conditions of which one holds where any of `leaves` does: one for each coded field, one for all postings."""
    ids = {field: _ids(field, asked) for field, asked in _by_field(leaves).items()}
    coded = [_wrapped(f"{field} IN (", found, ")") for field, found in ids.items() if field in CODED]
    posted = [found for field, found in ids.items() if field not in CODED]
    return [*coded, _wrapped("row IN (", _posted_rows(posted), ")")] if posted else coded


def any_group(groups: Iterable[All]) -> Sql:
    """A condition that holds where all of any one of `groups` do; their members are leaves."""
    sets = [joined(" INTERSECT ", [_rows(leaf) for leaf in group.of if isinstance(leaf, Leaf)]) for group in groups]
    return _wrapped("row IN (", joined(" UNION ALL ", [_wrapped("(", rows, ")") for rows in sets]), ")")


def factored(alternatives: Sequence[Predicate]) -> Sequence[Predicate]:
    """The same alternatives with what several have in common taken out: `ac or bc` is `(a or b) and c`.

    A list of cities, each with its state and country, becomes one look-up of cities for each state.
    """
    shared = Counter(part for each in alternatives if isinstance(each, All) for part in dict.fromkeys(each.of))
    common, times = shared.most_common(1)[0] if shared else (None, 0)
    if common is None or times < 2:
        return alternatives
    having = [each for each in alternatives if isinstance(each, All) and common in each.of]
    others = [each for each in alternatives if each not in having]
    rest = any_of(all_of(part for part in each.of if part != common) for each in having)
    return [all_of((common, rest)), *factored(others)]


def _by_field(leaves: Iterable[Leaf]) -> dict[str, _Asked]:
    """What `leaves` ask of the terms of each field."""
    by_field: dict[str, _Asked] = defaultdict(_Asked)
    for leaf in leaves:
        match leaf:
            case Terms(field, values):
                by_field[field].exact.extend(values)
            case Phrase(field, words):
                by_field[field].contained.append(f" {words} ")
            case Substring(field, text):
                by_field[field].contained.append(text)
            case _:
                assert_never(leaf)
    return by_field


def _ids(field: str, asked: _Asked) -> Sql:
    """The ids of the terms of `field` that fulfil any of what is asked. Texts are padded, so that words have ends."""
    texts: list[Sql] = []
    if asked.exact or not asked.contained:
        texts.append(Sql("text IN (SELECT unnest(?::VARCHAR[]))", (asked.exact,)))
    if len(asked.contained) == 1:
        texts.append(Sql("contains(' ' || text || ' ', ?)", (asked.contained[0],)))
    else:
        for at in range(0, len(asked.contained), _ALTERNATIVES):
            # One pass for all of them, where each `contains` would be a pass of its own. Of all that normalised
            # text can hold, only the plus sign means something else in a regular expression.
            pattern = "|".join(asked.contained[at : at + _ALTERNATIVES]).replace("+", r"\+")
            texts.append(Sql("regexp_matches(' ' || text || ' ', ?)", (pattern,)))
    return _wrapped(f"SELECT id FROM terms WHERE field = '{field}' AND (", joined(" OR ", texts), ")")


def _posted_rows(ids: Sequence[Sql]) -> Sql:
    return _wrapped("SELECT row FROM postings WHERE term IN (", joined(" UNION ALL ", ids), ")")


def _rows(leaf: Leaf) -> Sql:
    [(field, asked)] = _by_field([leaf]).items()
    ids = _ids(field, asked)
    return _wrapped(f"SELECT row FROM contacts WHERE {field} IN (", ids, ")") if field in CODED else _posted_rows([ids])


def _wrapped(before: str, inner: Sql, after: str) -> Sql:
    return Sql(f"{before}{inner.text}{after}", inner.parameters)
