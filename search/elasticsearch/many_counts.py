"""Many counts in one round trip: what is sent for them, and how their answers add up.

Each query is a search of its own, of which only the number of hits is wanted: the server counts several at once, and
knows many without looking at a contact. A conjunction that is another one and one thing more is counted among what that
one finds: so of a search with each of many values the rest is looked for once. And conjunctions that each leave out a
part of the same one are counted together: who meets the others are those who meet all, and those who lack that part
only (`search.elasticsearch.conjunctions`).
"""

from collections.abc import Mapping, Sequence

import msgspec

from search.elasticsearch.compile import CompiledQuery, counted, filtering
from search.elasticsearch.conjunctions import LeavingOut, Parts, holding, leaving_out, parts_of
from search.elasticsearch.many_searches import EVERYBODY, Answer, Searches

MOST_SEARCHES = 256
"""In one round trip. What is beyond that is counted in one search, query by query; such counts take longer."""

_FEWEST_PARTS = 3
"""Of a conjunction that others are counted among. One of fewer may find so many that to look at each takes longer."""


class _Bucket(msgspec.Struct, frozen=True):
    doc_count: int


class _Buckets(msgspec.Struct, frozen=True):
    buckets: list[_Bucket]


class _Lack(msgspec.Struct, frozen=True):
    doc_count: int
    among: _Buckets = _Buckets([])


_buckets = msgspec.json.Decoder(_Buckets).decode
_lack = msgspec.json.Decoder(_Lack).decode

Place = tuple[bytes, bytes | None]
"""A search, and what is counted among its hits; `None` for all of them."""

_AMONG = "among"
"""The aggregation that counts what is counted among hits."""


class ManyCounts:
    """What is to be counted, each once.

    Attributes:
        searches: what is asked for → what is counted among its hits.
    """

    def __init__(self, compiled: Sequence[CompiledQuery]) -> None:
        self._found: list[int] | None = None
        self._asked = [counted(query) for query in compiled]
        queries = {query: parts_of(query) for asked in self._asked for query in asked.queries}
        if any(asked.others for asked in self._asked):
            queries[EVERYBODY] = frozenset()
        self._lacking = _Lacking.of(queries)
        alone = queries if self._lacking is None else self._lacking.left(queries)
        self.searches: dict[bytes, list[bytes]] = {}
        self._places: dict[bytes, Place] = {}
        for query, place in _arranged(alone, frozenset() if self._lacking is None else self._lacking.whole):
            fits = place[0] in self.searches or len(self.searches) < MOST_SEARCHES - 2
            base, part = place if fits else (EVERYBODY, filtering(query))
            among = self.searches.setdefault(base, [])
            if part is not None and part not in among:
                among.append(part)
            self._places[query] = (base, part)
        if not self.searches and self._lacking is None:
            # Nothing is asked, so nothing is answered.
            self._found = self._read({})

    def ask(self, searches: Searches) -> None:
        """As `Question.ask`."""
        if self._found is None:
            for query, among in self.searches.items():
                searches.add(query, _among(among))
            if self._lacking is not None:
                self._lacking.ask(searches)

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
        hits: dict[Place, int] = {}
        for query, among in self.searches.items():
            answer = answers[query]
            hits[query, None] = answer.count
            if among:
                buckets = _buckets(answer.aggregations[_AMONG]).buckets
                hits |= {(query, part): bucket.doc_count for part, bucket in zip(among, buckets, strict=True)}
        found = {query: hits[place] for query, place in self._places.items()}
        if self._lacking is not None:
            found |= self._lacking.counts(answers, found)
        everybody = found.get(EVERYBODY, 0)
        sums = [(asked.others, sum([found[query] for query in asked.queries])) for asked in self._asked]
        return [everybody - number if others else number for others, number in sums]


class _Lacking:
    """Counts of conjunctions that leave out a unit of the same one, and may ask for one thing more.

    Each is the sum of two: those who meet all of it, which is a query like others, and those who lack the unit only.

    Attributes:
        whole: what they leave out a unit of.
    """

    def __init__(self, of: LeavingOut, queries: Mapping[bytes, Parts]) -> None:
        self.whole, self._of = of.whole, of
        self._among: list[list[bytes]] = [[] for _ in of.units]
        self._every: dict[bytes, Parts] = {}
        known = {parts: query for query, parts in queries.items()}
        # Query → the one of those who meet all of it, the number of the unit, and what is counted among its lack.
        self._sums: dict[bytes, tuple[bytes, int, bytes | None]] = {}
        for query, parts in queries.items():
            for number, unit in enumerate(of.units):
                further = parts - (self.whole - unit)
                if len(parts) - len(further) < len(self.whole) - len(unit) or len(further) > 1 or parts == self.whole:
                    continue
                every = self.whole | further
                part = holding(further) if further else None
                if part is not None and part not in self._among[number]:
                    self._among[number].append(part)
                whole = known.get(every) or holding(every)
                self._every[whole] = every
                self._sums[query] = (whole, number, part)
                break

    @classmethod
    def of(cls, queries: Mapping[bytes, Parts]) -> "_Lacking | None":
        """What is found of that kind among some queries, if anything is."""
        of = leaving_out(queries)
        return None if of is None else cls(of, queries)

    def left(self, queries: Mapping[bytes, Parts]) -> dict[bytes, Parts]:
        """The queries that are left to be counted for them, and with them."""
        return {query: parts for query, parts in queries.items() if query not in self._sums} | self._every

    def ask(self, searches: Searches) -> None:
        """Put the search for those who lack one unit at most among the searches."""
        units = enumerate(zip(self._of.units, self._among, strict=True))
        searches.add(
            self._of.query,
            {
                f"lacking{number}": {"filter": msgspec.Raw(LeavingOut.lacking(unit)), "aggs": _among(among)}
                for number, (unit, among) in units
            },
        )

    def counts(self, answers: Mapping[bytes, Answer], found: Mapping[bytes, int]) -> dict[bytes, int]:
        """The count of each, by what was found of the queries that were left."""
        answer = answers[self._of.query]
        lacks = [_lack(answer.aggregations[f"lacking{number}"]) for number in range(len(self._among))]
        hits: dict[tuple[int, bytes | None], int] = {}
        for number, (lack, among) in enumerate(zip(lacks, self._among, strict=True)):
            hits[number, None] = lack.doc_count
            hits |= {(number, part): each.doc_count for part, each in zip(among, lack.among.buckets, strict=True)}
        return {query: found[every] + hits[number, part] for query, (every, number, part) in self._sums.items()}


def _among(filters: Sequence[bytes]) -> dict[str, object]:
    return {_AMONG: {"filters": {"filters": [msgspec.Raw(each) for each in filters]}}} if filters else {}


def _arranged(queries: Mapping[bytes, Parts], whole: Parts) -> list[tuple[bytes, Place]]:
    """Each query, with the search that counts it and, unless it is that itself, what is counted among its hits.

    Args:
        whole: of a conjunction that is a search of its own.
    """
    searches: dict[Parts, bytes] = {}
    arranged: list[tuple[bytes, Place]] = []
    for query, parts in sorted(queries.items(), key=lambda item: len(item[1])):
        fewest = _FEWEST_PARTS if parts != whole else len(parts)
        rest = ((part, searches.get(parts - {part})) for part in parts if len(parts) > fewest)
        found = next(((base, part) for part, base in rest if base is not None), None)
        if found is not None:
            base, part = found
            arranged.append((query, (base, holding((part,)))))
            continue
        if parts:
            searches[parts] = query
        arranged.append((query, (query, None)))
    return arranged
