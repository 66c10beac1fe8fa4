"""Predicates on text → sets of rows, all those of a filter at once, in a small number of statements.

A leaf of `Terms` names sets of rows itself, and so does a phrase of one word. Of a longer phrase, and of a substring,
the terms are found that have all its words, or trigrams; only those are looked at, and their rows are the leaf's.
"""

from collections.abc import Mapping, Sequence

import duckdb
from pyroaring import BitMap

from mappings.predicates import Phrase, Substring, Terms
from search.duckdb.bits import bits_of, from_bits, from_lists
from search.duckdb.schema import CODED
from search.duckdb.shelf import Entry, Name, Shelf
from search.duckdb.slices import Pause
from search.duckdb.spaces import GRAM, TEXTS, grams, having, keys, within

Leaf = Terms | Phrase | Substring
"""Predicates on text."""

_LISTED_AT_ONCE = 1000
"""Lists of one operation, and so some tens of thousands of rows at most."""

_LOOKED_AT = 2000
"""Terms of a leaf that are looked at here; DuckDB looks at more."""


def of_leaves(
    shelf: Shelf, connection: duckdb.DuckDBPyConnection, leaves: Sequence[Leaf], pause: Pause
) -> dict[Leaf, BitMap]:
    """The rows that each of `leaves` holds for."""
    entries = shelf.entries(connection, [name for leaf in leaves for name in _names(leaf)])
    pause()
    exact: dict[Leaf, list[Entry]] = {}
    parts: dict[Leaf, list[Entry]] = {}
    for leaf in leaves:
        named = [entries.get(name) for name in _names(leaf)]
        there = [entry for entry in named if entry is not None]
        if isinstance(leaf, Terms):
            exact[leaf] = there
        elif _is_word(leaf) and named[0] is not None:
            exact[leaf] = there[:1]
        else:
            # All of a text's parts have to be there; those of a single word beside the rows that it has not.
            asked = named[1:] if _is_word(leaf) else named
            parts[leaf] = there if all(asked) else []
    sets = shelf.sets(connection, [entry for those in (*exact.values(), *parts.values()) for entry in those])
    pause()
    candidates: dict[Leaf, BitMap] = {}
    found: dict[Leaf, BitMap] = {}
    for leaf, those in parts.items():
        terms = BitMap.intersection(*[_members(entry, sets) for entry in those]) if those else BitMap()
        pause()
        if len(terms) > _LOOKED_AT or (isinstance(leaf, Substring) and len(leaf.text) < GRAM):
            found[leaf] = _looked_up(shelf, connection, leaf, pause)
            pause()
        else:
            candidates[leaf] = terms
    exact |= _looked_at(shelf, connection, candidates)
    sets |= shelf.sets(connection, [entry for leaf in candidates for entry in exact[leaf]])
    pause()
    found |= {leaf: _union(those, sets, pause) for leaf, those in exact.items()}
    return {leaf: found[leaf] for leaf in leaves}


def sizes(shelf: Shelf, connection: duckdb.DuckDBPyConnection, leaves: Sequence[Leaf]) -> dict[Leaf, int]:
    """How many rows each holds for: of one term, of several terms of which a contact has one, of one word."""
    asked = [leaf for leaf in leaves if _is_word(leaf) or _is_disjoint(leaf)]
    entries = shelf.entries(connection, [name for leaf in asked for name in _names(leaf)])
    found: dict[Leaf, int] = {}
    for leaf in asked:
        there = [entries[name] for name in _names(leaf) if name in entries]
        # Of a word that only one term has there are no rows but the term's.
        if isinstance(leaf, Terms) or not there:
            found[leaf] = sum([entry.size for entry in there])
        elif _names(leaf)[0] in entries:
            found[leaf] = there[0].size
    return found


def _names(leaf: Leaf) -> list[Name]:
    """The sets that a leaf is found by. Of one word they are its rows, and its terms."""
    if leaf.field not in TEXTS:
        return []
    match leaf:
        case Terms(field, values):
            return [(field, value) for value in dict.fromkeys(values)]
        case Phrase(field, text):
            words = dict.fromkeys(text.split(" "))
            rows = [(having(field), text)] if len(words) == 1 and text in words else []
            return rows + [(within(field), word) for word in words]
        case Substring(field, text):
            cut = dict.fromkeys(text[at : at + GRAM] for at in range(len(text) - GRAM + 1))
            return [(grams(field), gram) for gram in cut]


def _is_word(leaf: Leaf) -> bool:
    return isinstance(leaf, Phrase) and " " not in leaf.words


def _is_disjoint(leaf: Leaf) -> bool:
    return isinstance(leaf, Terms) and (len(leaf.values) < 2 or leaf.field in CODED)


def _wanted(leaf: Leaf) -> str:
    """What a term contains that a leaf means, with a blank before and after it."""
    assert not isinstance(leaf, Terms)
    return leaf.text if isinstance(leaf, Substring) else f" {leaf.words} "


def _looked_at(
    shelf: Shelf, connection: duckdb.DuckDBPyConnection, candidates: Mapping[Leaf, BitMap]
) -> dict[Leaf, list[Entry]]:
    """Those of the terms with these ids that each leaf means: one statement."""
    ids = BitMap.union(*candidates.values()) if candidates else BitMap()
    if not ids:
        return {leaf: [] for leaf in candidates}
    terms = shelf.terms(connection, ids)
    return {
        leaf: [entry for text, entry in map(terms.__getitem__, those) if _wanted(leaf) in f" {text} "]
        for leaf, those in candidates.items()
    }


def _looked_up(shelf: Shelf, connection: duckdb.DuckDBPyConnection, leaf: Leaf, pause: Pause) -> BitMap:
    """The rows of a leaf that many terms may be meant by: DuckDB looks at all of the field."""
    least, most = keys(leaf.field)
    # The bare words first: that takes half the time, as padding every text is most of the work.
    meant = f"key >= {least} AND key < {most} AND contains(text, ?) AND contains(' ' || text || ' ', ?)"
    parameters = (_wanted(leaf).strip(), _wanted(leaf))
    if leaf.field in CODED:
        chosen = f"contacts SEMI JOIN (SELECT id FROM terms WHERE {meant}) AS meant ON {leaf.field} = id"
        bits = f"SELECT {bits_of('row', shelf.rows)}::BLOB FROM {chosen}"
        [(found,)] = connection.execute(bits, parameters).fetchall()
        return from_bits(found) if found else BitMap()
    found = connection.execute(f"SELECT id, size, few FROM terms WHERE {meant}", parameters).fetchall()
    entries = [Entry(*columns) for columns in found]
    pause()
    return _union(entries, shelf.sets(connection, entries), pause)


def _members(entry: Entry, sets: Mapping[int, BitMap]) -> BitMap:
    return sets[entry.id] if entry.few is None else BitMap(entry.few)


def _union(entries: Sequence[Entry], sets: Mapping[int, BitMap], pause: Pause) -> BitMap:
    """The rows of all `entries`, in operations of bounded size."""
    large = [sets[entry.id] for entry in entries if entry.few is None]
    few = [entry.few for entry in entries if entry.few is not None]
    if len(large) == 1 and not few:
        return large[0]
    found = BitMap()
    for at in range(0, len(few), _LISTED_AT_ONCE):
        found |= from_lists(few[at : at + _LISTED_AT_ONCE])
        pause()
    for rows in large:
        found |= rows
        pause()
    return found
