"""Files of another `MAPPING_VERSION`, of which no filter can be asked: there is everybody, in default order.

That is what `contacts index rebuild` reads, and what servers that can't wait for it still send.
"""

from typing import Any

import duckdb
from pyroaring import BitMap

from mappings.predicates import Ordering
from search.duckdb.meta import mapping_version
from search.duckdb.sets import Sets
from search.engine import check_mapping
from search.fields import MAPPING_VERSION
from search.standing import Place


class EarlierSets(Sets):
    """The rows of such a file, which stand in default order. What needs any other set raises `EngineUnavailable`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        [(rows,)] = connection.execute("SELECT count(*) FROM contacts").fetchall()
        self.rows = int(rows)
        self.everyone = BitMap(range(self.rows))
        self._version = mapping_version(connection)

    def __getattr__(self, name: str) -> Any:
        """Of what other files have and this one has not."""
        check_mapping(self._version)
        raise AttributeError(name)

    def _row_at(self, connection: duckdb.DuckDBPyConnection, order: Ordering, place: Place) -> int | None:  # noqa: ARG002
        check_mapping(self._version)
        return None


def sets_of(connection: duckdb.DuckDBPyConnection) -> Sets:
    """The sets of the file that `connection` reads, of whatever version it is."""
    return (Sets if mapping_version(connection) == MAPPING_VERSION else EarlierSets)(connection)
