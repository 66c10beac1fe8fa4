"""What is compared of URLs, and what the counts mean: held against asking each contact about each URL."""

from datetime import date

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.algebra import extent
from mappings.canonical import Canonical, canonical
from mappings.comparison import Comparison, comparable
from mappings.contact_filter import map_url
from mappings.counts import exact, guarded
from mappings.predicates import ContactFilter
from mappings.url import parse
from search.fields import ContactCompleteItem
from tests.harness.oracle import Oracle

PEOPLE = "https://app.apollo.io/#/people?"
TODAY = date(2024, 3, 31)
TITLES = ("CEO", "Sales Manager", "Manager", "Head of Sales", None)
PLACES = (("Berlin", "Germany"), ("Paris", "France"), (None, "Germany"), (None, None))
PEOPLE_THERE = Oracle(
    [
        ContactCompleteItem(
            uuid=f"{title}-{place}-{size}",
            title=title,
            city=place[0],
            country=place[1],
            employees=size,
            keywords=("saas",) if size == 30 else ("steel",),
        )
        for title in TITLES
        for place in PLACES
        for size in (5, 30)
    ]
)
ASKED = st.lists(
    st.sampled_from(
        [
            *("personTitles[]=CEO", "personTitles[]=Sales%20Manager", "includeSimilarTitles=true", "personTitles[]=of"),
            *("personNotTitles[]=CEO", "personLocations[]=Germany", "personLocations[]=EMEA"),
            "personNotLocations[]=Paris",
            *("organizationNumEmployeesRanges[]=1,10", "organizationNumEmployeesRanges[]=11,50", "page=2", "madeUp=1"),
            *("qOrganizationKeywordTags[]=saas", "includedOrganizationKeywordFields[]=tags", "sortByField=employees"),
            *("includedOrganizationKeywordFields[]=name", "existFields[]=country", "sortAscending=true"),
        ]
    ),
    max_size=5,
).map("&".join)  # fmt: skip


def one(query: str) -> Canonical:
    return canonical(parse(PEOPLE + query))


def found(query: str) -> frozenset[str]:
    return frozenset(PEOPLE_THERE.uuids(map_url(parse(PEOPLE + query), TODAY).filter))


def compared(*queries: str, shown=exact) -> Comparison:
    asked = comparable([one(query) for query in queries], TODAY)
    counts = {predicate: PEOPLE_THERE.count(ContactFilter(predicate)) for predicate in asked.predicates()}
    answer = asked.answer(counts, shown)
    assert asked.union(counts) == len(frozenset().union(*map(found, queries)))
    return answer


@given(st.lists(ASKED, min_size=2, max_size=6))
@settings(max_examples=20)
def test_regions_are_those_of_the_contacts(queries):
    answer = compared(*queries)
    people = list(map(found, queries))
    assert answer.counts == tuple(map(len, people))
    assert answer.union == len(frozenset().union(*people)) == sum(region.count for region in answer.regions)
    assert len({region.in_ for region in answer.regions}) == 2 ** len(queries) - 1
    for region in answer.regions:
        assert sorted((*region.in_, *region.not_)) == list(range(len(queries)))
        inside = frozenset.intersection(*[people[number] for number in region.in_])
        assert region.count == len(inside.difference(*[people[number] for number in region.not_]))
    for number, count in enumerate(answer.counts):
        assert count == sum(region.count for region in answer.regions if number in region.in_)


CONTROLS = {
    "personTitles[]": ("includeSimilarTitles",),
    "qOrganizationKeywordTags[]": ("includedOrganizationKeywordFields[]",),
}


@given(st.lists(ASKED, min_size=2, max_size=3))
@settings(max_examples=30)
def test_a_change_is_that_of_the_first_url_with_the_others_values(queries):
    answer = compared(*queries)
    texts = [dict(one(query).parameters) for query in queries]
    differing = {name for values in texts for name in values if any(other.get(name) != values[name] for other in texts)}
    assert {each.name for each in answer.parameters} == differing - {"sortByField", "sortAscending"}
    for each in answer.parameters:
        assert each.values == tuple([values.get(each.name, ()) for values in texts])
        moved = (each.name, *CONTROLS.get(each.name, ()))
        for values, change in zip(texts, each.change, strict=True):
            if values.get(each.name) == texts[0].get(each.name):
                assert change is None
                continue
            pairs = [(name, texts[0].get(name, ())) for name in texts[0] if name not in moved]
            pairs += [(name, values.get(name, ())) for name in moved]
            changed = Canonical("/people", tuple(pairs)).url.removeprefix(PEOPLE).removeprefix(PEOPLE.rstrip("?"))
            assert change == len(found(changed)) - answer.counts[0]


def test_a_control_alone_is_a_difference_of_its_own():
    answer = compared("personTitles[]=Sales%20Manager&includeSimilarTitles=true", "personTitles[]=Sales%20Manager")
    [difference] = answer.parameters
    assert (difference.name, difference.values) == ("includeSimilarTitles", (("true",), ()))
    assert difference.change == (None, len(found("personTitles[]=Sales%20Manager")) - answer.counts[0])


def test_the_same_search_twice_is_one_region():
    answer = compared("person_titles=ceo", "personTitles[]=Chief%20Executive%20Officer")
    assert [(region.in_, region.count) for region in answer.regions] == [((0,), 0), ((1,), 0), ((0, 1), 8)]
    assert answer.counts == (8, 8)


def test_few_are_not_told_of_nor_what_they_follow_from():
    nobody = "personTitles[]=CEO&personLocations[]=Paris"
    answer = compared("personTitles[]=CEO", nobody, shown=guarded)
    assert (answer.counts, answer.union) == ((8, "<5"), 8)
    assert [region.count for region in answer.regions] == [6, "<5", "<5"]
    # 2 of 8 are left, which -6 would say.
    assert answer.parameters[0].change == (None, -8)
    assert compared("personTitles[]=CEO", "personTitles[]=Manager", shown=guarded).parameters[0].change == (None, "<5")


def test_its_json_has_the_names_of_the_protocol():
    answer = msgspec.json.decode(msgspec.json.encode(compared("personTitles[]=CEO", "personTitles[]=Manager")))
    assert answer == {
        "counts": [8, 8],
        "regions": [
            {"in": [0], "not": [1], "count": 8},
            {"in": [1], "not": [0], "count": 8},
            {"in": [0, 1], "not": [], "count": 0},
        ],
        "union": 16,
        "parameters": [{"name": "personTitles[]", "values": [["CEO"], ["Manager"]], "change": [None, 0]}],
    }


def test_how_much_it_is_is_told_before_it_is_made():
    told: list[int] = []

    def check(predicates: int) -> None:
        told.append(predicates)
        raise OverflowError

    several = [one(f"personLocations[]=EMEA&organizationNumEmployeesRanges[]={size}") for size in range(6)]
    with pytest.raises(OverflowError):
        comparable(several, TODAY, check)
    [said] = told
    made = comparable(several, TODAY, told.append).predicates()
    assert told == [said] * 2
    # What the sets have in common, the changed ones have too.
    assert sum(extent(predicate).predicates for predicate in made) <= said <= 10_000
    assert len(made) == 63
