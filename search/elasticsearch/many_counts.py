"""Many counts in one round trip: what is sent for them, and how their answers add up.

Each query is a search of its own, of which only the number of hits is wanted: the server counts several at once, and
knows many without looking at a contact. A conjunction that is another one and one thing more is counted among what that
one finds: so of a search with each of many values the rest is looked for once.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from search.elasticsearch.compile import CompiledQuery, counted
from search.elasticsearch.many_searches import EVERYBODY, Answer, Searches

MOST_SEARCHES = 256
"""In one round trip. What is beyond that is counted in one search, query by query; such counts take longer."""

_FEWEST_PARTS = 3
"""Of a conjunction that others are counted among. One of fewer may find so many that to look at each takes longer."""

Required = tuple[bool, bytes]
"""Whether a part of a conjunction has to hold, and its query."""


class _Bool(msgspec.Struct, forbid_unknown_fields=True):
    filter: list[msgspec.Raw] = []
    must_not: list[msgspec.Raw] = []


class _Conjunction(msgspec.Struct, forbid_unknown_fields=True):
    bool: _Bool


class _Bucket(msgspec.Struct, frozen=True):
    doc_count: int


class _Buckets(msgspec.Struct, frozen=True):
    buckets: list[_Bucket]


_conjunction = msgspec.json.Decoder(_Conjunction).decode
_buckets = msgspec.json.Decoder(_Buckets).decode


class ManyCounts:
    """What is to be counted, each once.

    Attributes:
        searches: what is asked for → what is counted among its hits.
    """

    def __init__(self, compiled: Sequence[CompiledQuery]) -> None:
        self._found: list[int] | None = None
        self._asked = [counted(query) for query in compiled]
        queries = dict.fromkeys(query for asked in self._asked for query in asked.queries)
        if any(asked.others for asked in self._asked):
            queries[EVERYBODY] = None
        self.searches: dict[bytes, list[bytes]] = {}
        self._places: dict[bytes, tuple[bytes, bytes | None]] = {}
        for query, place in _arranged(queries):
            fits = place[0] in self.searches or len(self.searches) < MOST_SEARCHES - 1
            base, part = place if fits else (EVERYBODY, query)
            among = self.searches.setdefault(base, [])
            if part is not None and part not in among:
                among.append(part)
            self._places[query] = (base, part)

    def ask(self, searches: Searches) -> None:
        """As `Question.ask`."""
        if self._found is None:
            for query, among in self.searches.items():
                filters = {"filters": {"filters": [msgspec.Raw(part) for part in among]}}
                searches.add(query, {"among": filters} if among else {})

    def read(self, answers: Mapping[bytes, Answer]) -> None:
        """As `Question.read`."""
        if self._found is None:
            self._found = self._read(answers)

    @property
    def found(self) -> list[int]:
        """How many contacts match each filter, once that was answered."""
        assert self._found is not None
        return self._found

    def _read(self, answers: Mapping[bytes, Answer]) -> list[int]:
        found: dict[tuple[bytes, bytes | None], int] = {}
        for query, among in self.searches.items():
            answer = answers[query]
            found[query, None] = answer.count
            if among:
                buckets = _buckets(answer.aggregations["among"]).buckets
                found |= {(query, part): bucket.doc_count for part, bucket in zip(among, buckets, strict=True)}
        everybody = found.get((EVERYBODY, None), 0)
        sums = [(asked.others, sum([found[self._places[query]] for query in asked.queries])) for asked in self._asked]
        return [everybody - number if others else number for others, number in sums]


def _arranged(queries: Iterable[bytes]) -> list[tuple[bytes, tuple[bytes, bytes | None]]]:
    """Each query, with the search that counts it and, unless it is that itself, what is counted among its hits."""
    conjunctions = {query: _parts(query) for query in queries}
    searches: dict[frozenset[Required], bytes] = {}
    arranged: list[tuple[bytes, tuple[bytes, bytes | None]]] = []
    for query, parts in sorted(conjunctions.items(), key=lambda item: len(item[1])):
        rest = ((part, searches.get(parts - {part})) for part in parts if len(parts) > _FEWEST_PARTS)
        found = next(((base, part) for part, base in rest if base is not None), None)
        if found is not None:
            base, (holds, inner) = found
            arranged.append((query, (base, inner if holds else b'{"bool":{"must_not":[%b]}}' % inner)))
            continue
        if parts:
            searches[parts] = query
        arranged.append((query, (query, None)))
    return arranged


def _parts(query: bytes) -> frozenset[Required]:
    """The parts of a conjunction; none of any other query."""
    try:
        parts = _conjunction(query).bool
    except msgspec.ValidationError:
        return frozenset()
    having, lacking = ([bytes(part) for part in several] for several in (parts.filter, parts.must_not))
    return frozenset([*((True, part) for part in having), *((False, part) for part in lacking)])
