"""The version of what is stored and derived moves with it."""

import csv
import io
from hashlib import sha256

import msgspec

from indexing.items import item_reader
from indexing.sample.contacts import write_sample
from indexing.sources.columns import map_columns
from search.documents import search_fields
from search.duckdb.schema import CREATE
from search.elasticsearch.schema import index_body
from search.fields import MAPPING_VERSION

PINNED = {1: "8f360d7898acc4c2e3764dbb5e0f3229cd6148c1e82b9dafad6050ae7ed0446d"}


def fingerprint() -> str:
    """Of the shape of both stores, and of what is derived of some contacts."""
    stream = io.StringIO(newline="")
    write_sample(300, stream)
    headers, *rows = csv.reader(io.StringIO(stream.getvalue(), newline=""))
    read = item_reader(map_columns(headers).fields)
    derived = [search_fields(read(row)) for row in rows]
    shape = msgspec.json.encode([CREATE, index_body()["mappings"]])
    return sha256(shape + b"".join(each.json() + msgspec.json.encode(each.absent) for each in derived)).hexdigest()


def test_the_mapping_version_moves_with_the_mapping() -> None:
    """If this fails, contacts that are loaded already lack something: raise `MAPPING_VERSION` and pin the new value.

    Only when nothing but the sample has changed may the value be replaced alone.
    """
    assert {MAPPING_VERSION: fingerprint()} == PINNED
