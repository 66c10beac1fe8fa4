"""Many counts in one round trip: each query is sent once, and conjunctions with much in common are counted together."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.predicates import ContactFilter, Exists, Not, Predicate, Terms, all_of
from search.elasticsearch import many_counts
from search.elasticsearch.compile import compile_filter
from search.elasticsearch.many_counts import ManyCounts
from search.elasticsearch.many_searches import Searches
from search.fields import ContactCompleteItem
from tests.harness.naive_engine import Fields, derived, matches
from tests.harness.strategies import items

A, B, C, D, E = (Terms("title_words", (letter,)) for letter in "abcde")
FIELDS = ("email", "city", "title")


def asked(*predicates: Predicate) -> ManyCounts:
    return ManyCounts([compile_filter(ContactFilter(predicate)) for predicate in predicates])


def asking(of: ManyCounts) -> Searches:
    searches = Searches()
    of.ask(searches)
    return searches


def found(of: ManyCounts, answer: bytes) -> list[int]:
    """The counts, by what the server answers."""
    of.read(asking(of).answers(answer))
    assert not asking(of).asked
    return of.found


def sent(of: ManyCounts) -> list[dict]:
    """The searches that are sent, without what all have."""
    lines = asking(of).body().splitlines()
    assert set(lines[::2]) <= {b'{"allow_partial_search_results":false}'}
    return [msgspec.json.decode(line) for line in lines[1::2]]


def test_each_query_is_a_search_of_which_hits_are_counted():
    [one, other] = sent(asked(A, B, A))
    assert one == {"size": 0, "track_total_hits": True, "query": {"term": {"search.title_words": "a"}}}
    assert other["query"] == {"term": {"search.title_words": "b"}}


def test_a_conjunction_that_is_another_and_one_thing_more_is_counted_among_it():
    three, more, without = all_of([A, B, C]), all_of([A, B, C, D]), all_of([A, B, C, Not(E)])
    [search] = sent(asked(more, three, without))
    assert search["query"] == {"bool": {"filter": [{"term": {"search.title_words": letter}} for letter in "abc"]}}
    assert search["aggs"]["among"]["filters"]["filters"] == [
        {"term": {"search.title_words": "d"}},
        {"bool": {"must_not": [{"term": {"search.title_words": "e"}}]}},
    ]
    answer = (
        b'{"responses":[{"status":200,"hits":{"total":{"value":9}},"aggregations":{"among":{"buckets":[{"doc_count":4},'
        b'{"doc_count":2}]}}}]}'
    )
    assert found(asked(more, three, without), answer) == [4, 9, 2]


def test_one_of_few_parts_is_a_search_of_its_own():
    assert len(sent(asked(all_of([A, B]), all_of([A, B, C])))) == 2


def test_others_are_told_from_all_contacts():
    several = asked(Exists("email"), Not(A))
    queries = [search["query"] for search in sent(several)]
    assert queries == [{"term": {"search.absent": "email"}}, {"term": {"search.title_words": "a"}}, {"match_all": {}}]
    hits = (b'{"hits":{"total":{"value":%d}}}' % number for number in (3, 1, 10))
    assert found(several, b'{"responses":[%b]}' % b",".join(hits)) == [7, 9]


class Server:
    """Answers searches about contacts in memory."""

    def __init__(self, contacts: Sequence[ContactCompleteItem]) -> None:
        self._fields = [derived(contact) for contact in contacts]

    def answer(self, of: ManyCounts) -> bytes:
        return msgspec.json.encode({"responses": [self._answer(search) for search in sent(of)]})

    def _answer(self, search: dict) -> dict:
        hits = [fields for fields in self._fields if holds(search["query"], fields)]
        return {"hits": {"total": {"value": len(hits)}}, "aggregations": counted(search.get("aggs", {}), hits)}


def counted(aggregations: dict, hits: Sequence[Fields]) -> dict:
    """What the server says of aggregations among some hits."""
    answers = {}
    for name, of in aggregations.items():
        if "filter" in of:
            those = [fields for fields in hits if holds(of["filter"], fields)]
            answers[name] = {"doc_count": len(those)} | counted(of.get("aggs", {}), those)
        else:
            filters = of["filters"]["filters"]
            answers[name] = {
                "buckets": [{"doc_count": sum(holds(each, fields) for fields in hits)} for each in filters]
            }
    return answers


def holds(query: dict, fields: Fields) -> bool:
    """What the server says of the few kinds of queries that are sent here."""
    [(kind, of)] = query.items()
    match kind:
        case "match_all":
            return True
        case "match_none":
            return False
        case "term":
            [(path, value)] = of.items()
            field = path.removeprefix("search.")
            return value in fields["absent"] if field == "absent" else matches(Terms(field, (value,)), fields)
        case "terms":
            [(path, values)] = of.items()
            return matches(Terms(path.removeprefix("search."), tuple(values)), fields)
        case "dis_max":
            return any(holds(each, fields) for each in of["queries"])
    assert of.keys() <= {"filter", "must_not", "should", "minimum_should_match"}, of
    either = [holds(each, fields) for each in of.get("should", ())]
    return (
        all(holds(each, fields) for each in of.get("filter", ()))
        and not any(holds(each, fields) for each in of.get("must_not", ()))
        and sum(either) >= of.get("minimum_should_match", 1 if either else 0)
    )


leaves: st.SearchStrategy[Predicate] = st.one_of(
    st.sampled_from(FIELDS).map(Exists),
    st.sampled_from(("sales", "ceo", "acme", "a", "manager")).map(lambda word: Terms("title_words", (word,))),
    st.sampled_from(("vp", "c_suite", "director")).map(lambda level: Terms("seniority", (level,))),
)
literals = st.one_of(leaves, leaves.map(Not))


@pytest.mark.parametrize("most", [256, 3])
@settings(max_examples=15, deadline=None)
@given(st.lists(items, max_size=4), st.lists(st.lists(literals, min_size=1, max_size=6).map(all_of), max_size=12))
def test_counts_are_those_of_each_filter_alone(
    most: int, contacts: list[ContactCompleteItem], predicates: list[Predicate]
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(many_counts, "MOST_SEARCHES", most)
        of = asked(*predicates)
    assert len(of.searches) <= most
    each = [derived(contact) for contact in contacts]
    expected = [sum(matches(predicate, fields) for fields in each) for predicate in predicates]
    assert found(of, Server(contacts).answer(of)) == expected


@settings(max_examples=25, deadline=None)
@given(
    st.lists(items, max_size=6),
    st.lists(st.one_of(leaves, literals), min_size=4, max_size=8, unique=True),
    st.lists(st.tuples(st.integers(0, 7), st.integers(1, 2), st.one_of(st.none(), literals)), max_size=12),
)
def test_a_search_without_each_of_its_parts_is_counted_as_if_each_were_alone(
    contacts: list[ContactCompleteItem],
    parts: list[Predicate],
    left_out: list[tuple[int, int, Predicate | None]],
) -> None:
    whole = all_of(parts)
    without = [all_of(parts[:at] + parts[at + 1 :]) for at in range(len(parts))]
    others = [
        all_of([*parts[:at], *([] if further is None else [further]), *parts[at + number :]])
        for at, number, further in left_out
    ]
    predicates = [whole, *without, *others]
    of, each = asked(*predicates), [derived(contact) for contact in contacts]
    expected = [sum(matches(predicate, fields) for fields in each) for predicate in predicates]
    assert found(of, Server(contacts).answer(of)) == expected
