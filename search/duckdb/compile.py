"""Filter → SQL. The only place that knows how a predicate is asked of DuckDB."""

from typing import assert_never

import msgspec

from search.cursor import Position
from search.duckdb.schema import CODED, NUMBERS, sort_column
from search.fields import LONG_MAX, LONG_MIN
from search.predicates import (
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

Parameter = str | int | list[str] | None


class Sql(msgspec.Struct, frozen=True):
    """A fragment of SQL and the parameters of its question marks, in order."""

    text: str
    parameters: tuple[Parameter, ...] = ()


class CompiledSql(msgspec.Struct, frozen=True):
    """A filter for DuckDB: a condition on `contacts`, and the order."""

    where: Sql
    order: Order


def compile_filter(contact_filter: ContactFilter) -> CompiledSql:
    """The SQL form of a filter; a pure function of it."""
    return CompiledSql(condition(contact_filter.predicate), contact_filter.order)


def condition(predicate: Predicate) -> Sql:
    """A condition on `contacts` that is true where `predicate` holds, and false or NULL where it does not."""
    match predicate:
        case MatchAll():
            return Sql("true")
        case Terms(field, values):
            return _having(field, Sql("text IN (SELECT unnest(?::VARCHAR[]))", (list(values),)))
        case Exists(field):
            return _having("present", Sql("text = ?", (field,)))
        case Phrase(field, words):
            return _having(field, Sql("contains(' ' || text || ' ', ?)", (f" {words} ",)))
        case Substring(field, text):
            return _having(field, Sql("contains(text, ?)", (text,)))
        case Range(field, gte, lte):
            return _range(field, gte, lte)
        case All(of):
            return _joined(" AND ", of, "true")
        case Any(of):
            return _joined(" OR ", of, "false")
        case Not(of):
            inner = condition(of)
            return Sql(f"({inner.text}) IS NOT TRUE", inner.parameters)
    assert_never(predicate)


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


def statement(compiled: CompiledSql, window: str, position: Position | None = None) -> Sql:
    """The statement that gives (item, sort value, uuid) of the hits in reading order.

    Items are joined to the rows of the page only, since reading them is the dear part.
    """
    where, parameters = compiled.where.text, compiled.where.parameters
    if position is not None:
        side = beside(compiled.order, position)
        where, parameters = f"{where} AND {side.text}", parameters + side.parameters
    order = order_by(compiled.order, position is not None and position.backward)
    value = sort_column(compiled.order.field)
    return Sql(
        f"SELECT item, {value}, uuid FROM (SELECT row, {value}, uuid FROM contacts WHERE {where} ORDER BY {order} "
        f"{window}) JOIN (SELECT row, item FROM items) USING (row) ORDER BY {order}",
        parameters,
    )


def _having(field: str, text: Sql) -> Sql:
    """Contacts with a value of `field` whose text fulfils `text`."""
    ids = f"SELECT id FROM terms WHERE field = '{field}' AND {text.text}"
    if field in CODED:
        return Sql(f"{field} IN ({ids})", text.parameters)
    return Sql(f"row IN (SELECT row FROM postings WHERE term IN ({ids}))", text.parameters)


def _range(field: str, gte: int | None, lte: int | None) -> Sql:
    if field not in NUMBERS:
        raise ValueError(f"{field} is not a number field")
    bounds = [(f"{field} >= ?", gte)] * (gte is not None) + [(f"{field} <= ?", lte)] * (lte is not None)
    if not bounds:
        return Sql(f"{field} IS NOT NULL")
    clamped = tuple(max(LONG_MIN, min(LONG_MAX, bound)) for _, bound in bounds if bound is not None)
    return Sql("(" + " AND ".join(text for text, _ in bounds) + ")", clamped)


def _joined(operator: str, predicates: tuple[Predicate, ...], empty: str) -> Sql:
    parts = [condition(predicate) for predicate in predicates]
    if not parts:
        return Sql(empty)
    return Sql(
        "(" + operator.join(part.text for part in parts) + ")",
        tuple(parameter for part in parts for parameter in part.parameters),
    )
