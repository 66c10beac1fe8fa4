"""The dictionary of terms: which of them a text predicate means. Only here is it known how one is asked of a text.

Several predicates on one field are looked up together, since each look goes through all texts of the field.
"""

from collections.abc import Sequence

from mappings.predicates import Phrase, Substring, Terms
from search.duckdb.sql import Sql, joined

Leaf = Terms | Phrase | Substring
"""Predicates on text, which the dictionary answers."""

_ALTERNATIVES = 500
"""Texts in one regular expression; with many more its automaton outgrows the memory that DuckDB allows it."""

_CONTAINED = "contains(' ' || text || ' ', {})"
"""How to find a text within a term's. Both are padded where a word must end: a phrase has blanks around it."""


def meant(field: str, leaves: Sequence[Leaf]) -> Sql:
    """The statement that gives the ids of the terms of `field` that any of `leaves` means."""
    test = _test(leaves)
    return Sql(f"SELECT id FROM terms WHERE field = '{field}' AND ({test.text})", test.parameters)


def meanings(field: str, asked: Sequence[tuple[int, Leaf]]) -> Sql:
    """The statement that gives (number, id, contacts) of the terms of `field` that each leaf means, by its number.

    `contacts` is how many have the term.
    """
    exact = [(number, leaf) for number, leaf in asked if isinstance(leaf, Terms)]
    contained = [(number, leaf) for number, leaf in asked if not isinstance(leaf, Terms)]
    statements = [_numbered(field, exact, Sql("true"), "text = wanted")] if exact else []
    if contained:
        # Few terms pass the test for all leaves at once; only those are held against each.
        test = _test([leaf for _, leaf in contained])
        statements.append(_numbered(field, contained, test, _CONTAINED.format("wanted")))
    return joined(" UNION ALL ", statements)


def _numbered(field: str, asked: Sequence[tuple[int, Leaf]], test: Sql, same: str) -> Sql:
    """The same for leaves of one kind: `same` holds where a term's text is as `wanted`, `test` wherever any is."""
    pairs = [(number, text) for number, leaf in asked for text in _wanted(leaf)]
    return Sql(
        "SELECT number, id, contacts FROM "
        f"(SELECT id, text, contacts FROM terms WHERE field = '{field}' AND ({test.text})) "
        f"JOIN (SELECT unnest(?::INTEGER[]) AS number, unnest(?::VARCHAR[]) AS wanted) ON {same}",
        (*test.parameters, [number for number, _ in pairs], [text for _, text in pairs]),
    )


def _wanted(leaf: Leaf) -> tuple[str, ...]:
    """What a text must be, for `Terms`, or contain when it is padded."""
    match leaf:
        case Terms(_, values):
            return values
        case Phrase(_, words):
            return (f" {words} ",)
        case Substring(_, text):
            return (text,)


def _test(leaves: Sequence[Leaf]) -> Sql:
    """The condition on `text` that holds where any of `leaves` does."""
    exact = [value for leaf in leaves if isinstance(leaf, Terms) for value in leaf.values]
    contained = [leaf for leaf in leaves if not isinstance(leaf, Terms)]
    tests = [_contains(contained[at : at + _ALTERNATIVES]) for at in range(0, len(contained), _ALTERNATIVES)]
    if exact or not tests:
        tests.append(Sql("text IN (SELECT unnest(?::VARCHAR[]))", (exact,)))
    return joined(" OR ", tests)


def _contains(leaves: Sequence[Phrase | Substring]) -> Sql:
    """The same for leaves that ask for a part of a text: one pass however many there are."""
    if len(leaves) == 1:
        [wanted] = _wanted(leaves[0])
        # The bare words first: that takes half the time, as padding every text is most of the work.
        return Sql(f"contains(text, ?) AND {_CONTAINED.format('?')}", (wanted.strip(), wanted))
    phrases = [leaf.words for leaf in leaves if isinstance(leaf, Phrase)]
    alternatives = [leaf.text for leaf in leaves if isinstance(leaf, Substring)]
    if phrases:
        alternatives.append(f"(?:^| )(?:{'|'.join(phrases)})(?: |$)")
    # Of all that normalised text can hold, only the plus sign means something else in a regular expression.
    return Sql("regexp_matches(text, ?)", ("|".join(alternatives).replace("+", r"\+"),))
