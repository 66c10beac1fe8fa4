"""What brings contacts to a search that finds few, and the URLs without it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from mappings.clauses import clauses_of, clauses_of_lists
from mappings.company_lists import CompanyLists
from mappings.contact_filter import map_url
from mappings.counts import exact
from mappings.errors import ForeignUrl
from mappings.explanation import Explanation, explanation
from mappings.predicates import MatchAll, Predicate, all_of
from mappings.rescue import MOST_PARTS, Drop, helping, pairs, rescues, singles
from mappings.url import parse

PEOPLE = "https://app.apollo.io/#/people?"
TODAY = date(2026, 1, 1)
URLS = (Path(__file__).parent.parent / "data" / "urls.txt").read_text().splitlines()
NO_LISTS = CompanyLists()


def made(query: str, lists: CompanyLists = NO_LISTS) -> Explanation:
    parameters = clauses_of(parse(PEOPLE + query), TODAY)
    return explanation(parameters, clauses_of_lists(lists), lambda _: MatchAll())


def named(drops: list[Drop]) -> list[list[tuple[str, str | None]]]:
    return [[(part.name, part.value) for part in drop.parts] for drop in drops]


def left(query: str, drop: Drop, counts: Mapping[Predicate, int]) -> str:
    """The query of the URL that is left."""
    [rescue] = rescues([drop], counts, exact, parse(PEOPLE + query), TODAY)
    assert (rescue.drop, rescue.count) == (drop.parts, counts[drop.predicate])
    return rescue.url.removeprefix(PEOPLE)


def test_a_part_or_a_value_that_keeps_contacts_out_can_be_dropped() -> None:
    of = made("personTitles[]=CEO&personTitles[]=CTO&personNotLocations[]=Berlin&personNotLocations[]=Bern")
    assert named(singles(of)) == [
        [("personTitles[]", None)],
        [("personNotLocations[]", "Berlin")],
        [("personNotLocations[]", "Bern")],
        [("personNotLocations[]", None)],
    ]


def test_values_that_ask_the_same_go_together() -> None:
    query = "personNotTitles[]=CEO&personNotTitles[]=ceo&personNotTitles[]=CTO"
    of = made(query)
    drops = singles(of)
    assert named(drops) == [
        [("personNotTitles[]", "CEO"), ("personNotTitles[]", "ceo")],
        [("personNotTitles[]", "CTO")],
        [("personNotTitles[]", None)],
    ]
    counts = dict.fromkeys(of.predicates(), 1)
    assert left(query, drops[0], counts) == "personNotTitles[]=CTO"
    assert left(query, drops[1], counts) == "personNotTitles[]=CEO"


def test_what_brings_most_comes_first_and_the_smallest_is_enough() -> None:
    of = made("personTitles[]=CEO&personNotLocations[]=Berlin&personNotLocations[]=Bern&personSeniorities[]=vp")
    titles, seniorities, berlin, bern, places = drops = singles(of)
    counts = dict(zip([drop.predicate for drop in drops], [7, 2, 3, 9, 9], strict=True))
    assert helping(drops, counts, 2) == [bern, titles, berlin]
    assert helping(drops, counts | {places.predicate: 10}, 2) == [places, bern, titles, berlin]
    assert helping(drops, counts, 0)[-1] == seniorities


def test_pairs_are_of_those_that_the_fewest_pass() -> None:
    names = ["personTitles[]", "personNotTitles[]", "personSeniorities[]", "qKeywords", "qPersonName", "qPersonTitle",
             "personLocations[]", "personNotLocations[]", "organizationLocations[]", "organizationNotLocations[]",
             "contactEmailStatusV2[]", "organizationIndustries[]", "qOrganizationName", "qOrganizationKeywordTags[]",
             "qNotOrganizationKeywordTags[]", "currentlyUsingAnyOfTechnologyUids[]", "existFields[]",
             "notExistFields[]"]  # fmt: skip
    of = made("&".join(f"{name}={'email' if 'xist' in name else f'x{at}'}" for at, name in enumerate(names)))
    passing = {part.clause.name: place for place, part in enumerate(of.parts)}
    counts = {
        part.clause.having: 100 - passing[part.clause.name] if part.clause.combine == "none" else place
        for place, part in enumerate(of.parts)
    } | {MatchAll(): 100}
    found = pairs(of, counts)
    assert len(found) == MOST_PARTS * (MOST_PARTS - 1) // 2
    strictest = [part.clause.name for part in of.parts][:MOST_PARTS]
    assert {part.name for drop in found for part in drop.parts} == set(strictest)
    first, second = found[0].parts
    assert found[0].predicate == all_of(
        [part.clause.predicate for part in of.parts if part.clause.name not in (first.name, second.name)]
    )


def test_a_list_is_dropped_beside_the_url() -> None:
    of = made("personTitles[]=CEO", CompanyLists(include_domain_list=("a.example",)))
    titles, domains = singles(of)
    assert named([domains]) == [[("include_domain_list", None)]]
    counts = dict.fromkeys(of.predicates(), 1)
    assert left("personTitles[]=CEO", domains, counts) == "personTitles[]=CEO"
    assert left("personTitles[]=CEO", titles, counts).removesuffix("?") == "https://app.apollo.io/#/people"
    [both] = pairs(of, counts)
    assert both.predicate == MatchAll()
    excluded = made("personTitles[]=CEO", CompanyLists(exclude_company_name=("a", "b")))
    assert named(singles(excluded))[1:3] == [[("exclude_company_name", "a")], [("exclude_company_name", "b")]]
    assert left("personTitles[]=CEO", singles(excluded)[1], dict.fromkeys(excluded.predicates(), 1)) == (
        "personTitles[]=CEO"
    )


@pytest.mark.parametrize("url", URLS)
def test_the_url_that_is_left_asks_what_was_counted(url: str) -> None:
    try:
        parsed = parse(url)
    except ForeignUrl:
        return
    of = explanation(clauses_of(parsed, TODAY), (), lambda _: MatchAll())
    drops = [*singles(of), *pairs(of, dict.fromkeys(of.predicates(), 1))]
    told = rescues(drops, {drop.predicate: 1 for drop in drops}, exact, parsed, TODAY)
    for drop, rescue in zip(drops, told, strict=True):
        assert alike(map_url(parse(rescue.url), TODAY).filter.predicate) == alike(drop.predicate)


def alike(predicate: Predicate) -> Predicate:
    """A predicate with all its parts and values in one order, and each once: canonical URLs have another."""
    of = getattr(predicate, "of", None)
    if isinstance(of, tuple):
        return type(predicate)(tuple(sorted(map(alike, of), key=repr)))  # type: ignore[call-arg, arg-type]
    if of is not None:
        return type(predicate)(alike(of))  # type: ignore[call-arg, arg-type]
    values = getattr(predicate, "values", None)
    if values is not None:
        return type(predicate)(predicate.field, tuple(sorted(set(values))))  # type: ignore[union-attr, call-arg, arg-type]
    return predicate
