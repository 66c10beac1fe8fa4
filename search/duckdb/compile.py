"""Filter → SQL: how a predicate is asked of `contacts`; what it asks of texts goes by `search.duckdb.lookup`."""

from collections import defaultdict
from collections.abc import Sequence
from typing import assert_never

import msgspec

from mappings.algebra import simplified
from mappings.factoring import factored
from mappings.predicates import (
    All,
    Any,
    ContactFilter,
    Exists,
    MatchAll,
    Not,
    Order,
    Phrase,
    Predicate,
    Range,
    Substring,
    Terms,
)
from search.cursor import Position
from search.duckdb.columns import InColumns, any_range, column_condition
from search.duckdb.lookup import any_leaf, is_group, look_ups
from search.duckdb.rows import all_rows, any_rows
from search.duckdb.schema import sort_column
from search.duckdb.sql import Sql, joined
from search.duckdb.terms import Leaf

_APART = 8
"""Texts, or ranges, side by side that are still asked for one by one: few are quicker so."""

_NESTED = 24
"""Look-ups that alternatives of several levels may take, and still be made one by one: few are quicker so, since rows
are left out early. So many take some 40 ms to plan, and ten times as many a hundred times as long."""


class CompiledSql(msgspec.Struct, frozen=True):
    """A filter for DuckDB: a condition on `contacts`, and the order. The predicate is for counting several at once."""

    where: Sql
    order: Order
    predicate: Predicate


def compile_filter(contact_filter: ContactFilter) -> CompiledSql:
    """The SQL form of a filter; a pure function of it."""
    predicate = simplified(contact_filter.predicate)
    return CompiledSql(_condition(predicate), contact_filter.order, predicate)


def condition(predicate: Predicate) -> Sql:
    """A condition on `contacts` that is true where `predicate` holds, and false or NULL where it does not."""
    return _condition(simplified(predicate))


def order_by(order: Order, backward: bool = False) -> str:
    """The ORDER BY list: the sort key with missing values last, then uuid; all of it reversed when reading backward."""
    if order == Order():
        return "row DESC" if backward else "row"
    ascending, missing = order.ascending is not backward, "FIRST" if backward else "LAST"
    direction = "ASC" if ascending else "DESC"
    return f"{sort_column(order.field)} {direction} NULLS {missing}, uuid {'DESC' if backward else 'ASC'}"


def beside(order: Order, position: Position) -> Sql:
    """The condition for standing after `position`, or before it when it reads backward."""
    column = sort_column(order.field)
    uuid = "uuid < ?" if position.backward else "uuid > ?"
    if position.value is None:
        at = f"({column} IS NULL AND {uuid})"
        return Sql(f"({column} IS NOT NULL OR {at})" if position.backward else at, (position.uuid,))
    passed = f"{column} {'>' if order.ascending is not position.backward else '<'} ?"
    at = f"({column} = ? AND {uuid})"
    missing = "" if position.backward else f" OR {column} IS NULL"
    return Sql(f"({passed} OR {at}{missing})", (position.value, position.value, position.uuid))


def selecting(columns: str, compiled: CompiledSql, rest: str = "") -> Sql:
    """The statement that reads `columns` of the matching contacts."""
    return Sql(f"SELECT {columns} FROM contacts WHERE {compiled.where.text} {rest}", compiled.where.parameters)


def statement(compiled: CompiledSql, window: str, position: Position | None = None, columns: str = "item") -> Sql:
    """The statement that gives (sort value, uuid, item) of the hits in reading order.

    `columns` are those of `items` that are wanted instead of the item alone.

    Items are joined to the rows of the page only, since reading them is the dear part.
    """
    where, order = _placed(compiled, position)
    value = sort_column(compiled.order.field)
    return Sql(
        f"SELECT {value}, uuid, {columns} FROM (SELECT row, {value}, uuid FROM contacts WHERE {where.text} "
        f"ORDER BY {order} {window}) JOIN (SELECT row, {columns} FROM items) USING (row) ORDER BY {order}",
        where.parameters,
    )


def rows_of(compiled: CompiledSql, offset: int = 0, position: Position | None = None) -> Sql:
    """The statement that gives the rows of all hits from there on, in reading order."""
    where, order = _placed(compiled, position)
    window = f" OFFSET {offset}" if offset else ""
    return Sql(f"SELECT row FROM contacts WHERE {where.text} ORDER BY {order}{window}", where.parameters)


def _placed(compiled: CompiledSql, position: Position | None) -> tuple[Sql, str]:
    """The condition for a hit beside `position`, and the order of reading."""
    order = order_by(compiled.order, position is not None and position.backward)
    if position is None:
        return compiled.where, order
    return joined(" AND ", [compiled.where, beside(compiled.order, position)]), order


def _condition(predicate: Predicate) -> Sql:
    """The same of a predicate in its simplest form."""
    match predicate:
        case MatchAll() | Exists() | Range():
            return column_condition(predicate)
        case Terms() | Phrase() | Substring():
            return any_leaf([predicate])[0]
        case All(of):
            return _all(of)
        case Any(of):
            return _any(of)
        case Not(of):
            inner = _condition(of)
            return Sql(f"({inner.text}) IS NOT TRUE", inner.parameters)
    assert_never(predicate)


def _all(parts: Sequence[Predicate]) -> Sql:
    """One condition for each part; but one for all that look something up, where they are many."""
    looked_up = [part for part in parts if not isinstance(part, InColumns | Not)]
    together = frozenset(looked_up) if len(looked_up) > _APART else frozenset()
    conditions = [_condition(part) for part in parts if part not in together]
    return _joined(" AND ", [*conditions, *([all_rows(looked_up)] if together else [])], "true")


def _any(alternatives: Sequence[Predicate]) -> Sql:
    """One condition for all alternatives that look up one thing, and one for those that look up several."""
    leaves: list[Leaf] = []
    groups: list[Predicate] = []
    nested: list[Predicate] = []
    others: list[Predicate] = []
    for alternative in factored(alternatives):
        if isinstance(alternative, Leaf):
            leaves.append(alternative)
        elif is_group(alternative):
            groups.append(alternative)
        elif isinstance(alternative, All):
            nested.append(alternative)
        else:
            others.append(alternative)
    if sum(map(look_ups, nested)) > _NESTED:
        groups, nested = groups + nested, []
    conditions = [*any_leaf(leaves), *([any_rows(groups)] if groups else []), *map(_condition, nested)]
    return _joined(" OR ", [*conditions, *_any_in_columns(others)], "false")


def _any_in_columns(alternatives: Sequence[Predicate]) -> list[Sql]:
    """One condition for each, but one for all ranges of a field, where they are many."""
    ranges: dict[str, list[Range]] = defaultdict(list)
    for alternative in alternatives:
        if isinstance(alternative, Range):
            ranges[alternative.field].append(alternative)
    many = {field: those for field, those in ranges.items() if len(those) > _APART}
    few = [other for other in alternatives if not (isinstance(other, Range) and other.field in many)]
    return [*map(_condition, few), *(any_range(field, those) for field, those in many.items())]


def _joined(operator: str, parts: Sequence[Sql], empty: str) -> Sql:
    whole = joined(operator, parts)
    return Sql(f"({whole.text})", whole.parameters) if parts else Sql(empty)
