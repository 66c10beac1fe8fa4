"""Predicates on text → sets of rows, all those of a filter at once.

A leaf of `Terms` names sets of rows itself, and so does a phrase of a word that many terms have. Of any other phrase,
and of a substring, the terms are found that have all its words, or letters; only those are looked at, and their rows
are the leaf's. Blocks of names are read twice at most, and so are sets.
"""

from collections.abc import Iterator, Mapping, Sequence

import duckdb
from pyroaring import BitMap

from mappings.predicates import Phrase, Substring, Terms
from search.duckdb.blocks import Block
from search.duckdb.catalogue import Entry, Name
from search.duckdb.schema import CODED
from search.duckdb.shelf import Pile, Shelf, members, united
from search.duckdb.slices import Pause
from search.duckdb.spaces import GRAM, TEXTS, grams, having, within

Leaf = Terms | Phrase | Substring
"""Predicates on text."""

_FREQUENT = 1000
"""Terms that may be meant above which their rows are found in one look at all contacts, and not term by term."""


def of_leaves(
    shelf: Shelf, connection: duckdb.DuckDBPyConnection, leaves: Sequence[Leaf], pause: Pause
) -> dict[Leaf, BitMap]:
    """The rows that each of `leaves` holds for."""
    names = dict.fromkeys(name for leaf in leaves for name in _names(leaf))
    entries = shelf.names.entries(connection, names, pause)
    pause()
    piles: dict[Leaf, Pile] = {}
    parts: dict[Leaf, list[Entry]] = {}
    candidates: dict[Leaf, BitMap] = {}
    for leaf in leaves:
        there = [entries[name] for name in _names(leaf) if name in entries]
        if isinstance(leaf, Terms):
            piles[leaf] = Pile.of(there)
        elif _is_word(leaf) and _names(leaf)[0] in entries:
            piles[leaf] = Pile.of(there[:1])
        elif there and len(there) == len(_names(leaf)) - _is_word(leaf):
            parts[leaf] = there
    asked = [Pile.of(there) for there in parts.values()]
    sets = shelf.sets(connection, [id_ for pile in (*piles.values(), *asked) for id_ in pile.many], pause)
    for leaf, there in parts.items():
        candidates[leaf] = BitMap.intersection(*[members(entry, sets) for entry in there])
        pause()
    frequent = {leaf: ids for leaf, ids in candidates.items() if leaf.field in CODED and len(ids) > _FREQUENT}
    looked_at = _looked_at(shelf, connection, {leaf: candidates[leaf] for leaf in candidates.keys() - frequent}, pause)
    sets |= shelf.sets(connection, [id_ for pile in looked_at.values() for id_ in pile.many], pause)
    piles |= looked_at
    found = {leaf: united(pile, sets, pause) for leaf, pile in piles.items()}
    for leaf, ids in frequent.items():
        found[leaf] = shelf.with_terms(connection, leaf.field, _meant(shelf, connection, leaf, ids, pause))
        pause()
    return {leaf: found.get(leaf, BitMap()) for leaf in leaves}


def sizes(shelf: Shelf, connection: duckdb.DuckDBPyConnection, leaves: Sequence[Leaf], pause: Pause) -> dict[Leaf, int]:
    """How many rows each holds for: of one term, of several terms of which a contact has one, of a word."""
    asked = [leaf for leaf in leaves if _is_word(leaf) or _is_disjoint(leaf)]
    names = dict.fromkeys(name for leaf in asked for name in _names(leaf))
    entries = shelf.names.entries(connection, names, pause)
    found: dict[Leaf, int] = {}
    for leaf in asked:
        there = [entries[name] for name in _names(leaf) if name in entries]
        # Of a word that few terms have it is known only from those terms.
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
            rows = [(having(field), text)] if _is_word(leaf) else []
            return rows + [(within(field), word) for word in dict.fromkeys(text.split(" "))]
        case Substring(field, text):
            cut = dict.fromkeys(text[at : at + GRAM] for at in range(max(len(text) - GRAM, 0) + 1))
            return [(grams(field), gram) for gram in cut]


def _is_word(leaf: Leaf) -> bool:
    return isinstance(leaf, Phrase) and " " not in leaf.words


def _is_disjoint(leaf: Leaf) -> bool:
    return isinstance(leaf, Terms) and (len(leaf.values) < 2 or leaf.field in CODED)


def _looked_at(
    shelf: Shelf, connection: duckdb.DuckDBPyConnection, candidates: Mapping[Leaf, BitMap], pause: Pause
) -> dict[Leaf, Pile]:
    """The rows of those of the terms with these ids that each leaf means: whatever means it is one of them."""
    piles = {leaf: Pile.of(()) for leaf in candidates}
    for first, block in shelf.names.blocks(connection, BitMap.union(*candidates.values()) if candidates else BitMap()):
        last = first + len(block.listed)
        for leaf, ids in candidates.items():
            if ids.range_cardinality(first, last):
                for place in _places(block, leaf):
                    piles[leaf].add(Entry.of_block(block, first, place))
        pause()
    return piles


def _meant(shelf: Shelf, connection: duckdb.DuckDBPyConnection, leaf: Leaf, ids: BitMap, pause: Pause) -> Sequence[int]:
    """The ids of those of the terms with these `ids` that a leaf means."""
    if isinstance(leaf, Substring) and len(leaf.text) <= GRAM:
        # Whatever has it means it.
        return list(ids)
    found: list[int] = []
    for first, block in shelf.names.blocks(connection, ids):
        found += [first + place for place in _places(block, leaf)]
        pause()
    return found


def _places(block: Block, leaf: Leaf) -> Iterator[int]:
    """The places of the terms in a block that a leaf means."""
    assert not isinstance(leaf, Terms)
    return block.containing(leaf.text) if isinstance(leaf, Substring) else block.phrasing(leaf.words)
