"""What conjunctions have in common is found, and asked for at once."""

import msgspec

from mappings.predicates import ContactFilter, Not, Phrase, Predicate, Range, Terms, all_of
from search.elasticsearch.compile import compile_filter
from search.elasticsearch.conjunctions import LeavingOut, holding, leaving_out, parts_of
from search.elasticsearch.many_counts import ManyCounts
from search.elasticsearch.many_searches import Searches

TITLE, PLACE, LEVEL = Terms("title_key", ("ceo",)), Phrase("person_location", "paris"), Terms("seniority", ("vp",))
STATUS, SIZE, OUT, ALSO_OUT = (
    Terms("email_status", ("verified",)),
    Range("employees", 1, 10),
    Not(Terms("person_country", ("france",))),
    Not(Phrase("company_text", "bank")),
)
PARTS = [OUT, SIZE, STATUS, LEVEL, PLACE, TITLE]


def query(*predicates: Predicate) -> bytes:
    return compile_filter(ContactFilter(all_of(predicates))).query


def left_out(*several: bytes) -> LeavingOut | None:
    return leaving_out({each: parts_of(each) for each in several})


def without_each(parts: list[Predicate]) -> list[bytes]:
    return [query(*parts[:at], *parts[at + 1 :]) for at in range(len(parts))]


def test_parts_are_those_that_hold_and_those_that_do_not() -> None:
    assert {holds for holds, _ in parts_of(query(TITLE, OUT))} == {True, False}
    assert parts_of(query(TITLE)) == parts_of(b'{"bool":{"should":[]}}') == frozenset()
    parts = parts_of(query(TITLE, LEVEL, OUT))
    assert parts_of(holding(parts)) == parts


def test_the_rarest_parts_are_not_left_out_together_with_the_others() -> None:
    found = left_out(query(*PARTS), *without_each(PARTS))
    assert found is not None
    assert [[part for _, part in unit] for unit in found.units] == [
        [query(STATUS)],
        [query(LEVEL)],
        [query(SIZE)],
        [query(OUT.of)],
    ]
    body = msgspec.json.decode(found.query)["bool"]
    assert body["filter"] == [
        {"match_phrase": {"search.person_location": "paris"}},
        {"term": {"search.title_key": "ceo"}},
    ]
    assert body["minimum_should_match"] == 3
    assert {"bool": {"must_not": [{"term": {"search.person_country": "france"}}]}} in body["should"]


def test_a_value_of_several_parts_is_no_whole() -> None:
    whole, each = query(*PARTS), without_each(PARTS)
    of_one_value = query(*PARTS[:-1], Terms("title_words", ("chief",)), Terms("title_words", ("officer",)))
    assert left_out(of_one_value, whole, *each) == left_out(whole, *each)


def test_few_parts_are_each_left_out_in_a_search_of_its_own() -> None:
    assert left_out(query(*PARTS[:4]), *without_each(PARTS[:4])) is None
    assert left_out() is None


def test_what_is_left_out_together_is_one_unit() -> None:
    parts = [ALSO_OUT, *PARTS]
    found = left_out(query(*parts), query(*PARTS[1:]), query(ALSO_OUT, *PARTS[1:]), *without_each(parts)[2:])
    assert found is not None
    [both] = [unit for unit in found.units if len(unit) == 2]
    assert both == parts_of(query(ALSO_OUT, OUT, TITLE)) - parts_of(query(TITLE, SIZE)) - {(True, query(TITLE))}
    lacking = msgspec.json.decode(LeavingOut.lacking(both))["bool"]["must_not"]
    assert [set(each["bool"]) for each in lacking] == [{"filter", "must_not"}]


def test_a_search_without_each_of_its_parts_takes_one_search_beside_the_whole_and_the_rarest() -> None:
    asked = [query(*PARTS), *without_each(PARTS)]
    searches = Searches()
    of = ContactFilter()
    ManyCounts([msgspec.structs.replace(compile_filter(of), query=each) for each in asked]).ask(searches)
    assert len(searches.asked) == 4
