"""The Elasticsearch index of contacts, derived from the field table.

A document is the item itself, so `_source` is what is sent, plus what is left out of `_source`: one object `search`
with the derived fields, which is indexed, and one text `more`, the contact's further fields as JSON, which is a stored
field of its own and read for who asks for it only. The index is sorted by the default order, so that a page of the
newest contacts ends as soon as it is full. Only what the core distribution has is used: no `wildcard` field, no
plugins.
"""

from typing import Any

from mappings.text import LONGEST_TERM
from search.fields import (
    FACETS,
    ITEM_FIELDS,
    MAPPING_VERSION,
    SEARCH_FIELDS,
    SORT_FIELDS,
    Kind,
    SearchField,
    sort_field,
)

META = {"mapping": MAPPING_VERSION}
"""What an index says of itself. Nothing of it is indexed."""

MORE = "more"
"""The stored field with a contact's further fields."""

NAMES = tuple(name for name, field in SEARCH_FIELDS.items() if field.kind is Kind.NAME)
"""Fields that are searched for substrings: beside each stands one with its trigrams."""

_TERM = {"type": "keyword", "doc_values": False}
_TERM_AND_FACET = {"type": "keyword"}
_FACET = {"type": "keyword", "index": False, "ignore_above": LONGEST_TERM}
_TEXT = {"type": "text", "analyzer": "whitespace", "norms": False}
_SORT = {"type": "keyword", "index": False}
# It is the id of the document too, and looked for as that.
_UUID = {"type": "keyword", "index": False}
# A keyword would be refused past 32,766 bytes; nothing looks into this one, and nothing is made of it.
_MORE = {"type": "text", "index": False, "norms": False, "store": True}


def _mapping_of(field: SearchField) -> dict[str, Any]:
    """How a field is indexed: only what contacts are counted by has values that the server can look up by contact."""
    if field.kind is Kind.NUMBER:
        return {"type": "long"}
    if field.kind in (Kind.TERM, Kind.TERM_AND_TEXT):
        words = {"fields": {"words": _TEXT}} if field.kind is Kind.TERM_AND_TEXT else {}
        return (_TERM if field.facet is None else _TERM_AND_FACET) | words
    return _TEXT if field.facet is None else _TEXT | {"fields": {"values": _FACET}}


def text_path(field: str) -> str:
    """Where a `Phrase` on `field` looks."""
    return f"search.{field}.words" if SEARCH_FIELDS[field].kind is Kind.TERM_AND_TEXT else f"search.{field}"


def grams_path(field: str) -> str:
    """Where a `Substring` on `field` looks."""
    return f"search.{field}_grams"


def facet_path(name: str) -> str:
    """The field by whose values contacts are counted for the facet `name`."""
    field = FACETS[name]
    return f"search.{field}.values" if SEARCH_FIELDS[field].kind in (Kind.TEXT, Kind.NAME) else f"search.{field}"


def values_path(field: str) -> str:
    """Where the server finds the value of a search field by contact: in that of its facet, or of an order by the same.

    Raises:
        ValueError: it has neither.
    """
    of = SEARCH_FIELDS[field]
    if of.facet is not None:
        return facet_path(of.facet)
    if of is SORT_FIELDS.get(f"sort_{field}"):
        return sort_path(field)
    raise ValueError(f"{field} has no values that can be looked up by contact")


def sort_path(order: str) -> str:
    """The field that an order goes by."""
    return f"search.{sort_field(order)}"


def index_body(shards: int = 1) -> dict[str, Any]:
    """The body that creates an index made for loading: no replicas, and a refresh now and then.

    A refresh sorts and writes what has come since the last, in one thread. In between it goes on beside everything
    else; left to the end, all of it would be waited for with the other processors idle.
    """
    search: dict[str, Any] = {name: _mapping_of(field) for name, field in SEARCH_FIELDS.items()}
    search |= {f"{name}_grams": _TEXT for name in NAMES}
    search |= dict.fromkeys(SORT_FIELDS, _SORT)
    stored: dict[str, Any] = {name: {"type": "object", "enabled": False} for name in ITEM_FIELDS}
    return {
        "settings": {
            "index": {
                "number_of_shards": shards,
                "number_of_replicas": 0,
                "refresh_interval": "10s",
                "sort.field": [sort_path("created_at"), "uuid"],
                "sort.order": ["desc", "asc"],
            }
        },
        "mappings": {
            "_meta": META,
            "dynamic": "strict",
            "_source": {"excludes": ["search", MORE]},
            "properties": stored | {"uuid": _UUID, "search": {"properties": search}, MORE: _MORE},
        },
    }


def grams(text: str) -> str:
    """The trigrams of a normalised text, in order, blanks as `_`, as tokens for the whitespace analyzer.

    Every character starts one gram (two end marks fill up the last ones), so any substring of three or more
    characters is a phrase of grams, and a shorter one is the prefix of a gram. Neither mark can stand in a word.
    """
    marked = text.replace(" ", "_") + "$$"
    return " ".join([marked[at : at + 3] for at in range(len(text))])
