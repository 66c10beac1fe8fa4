"""What is told of values that nobody has, where it is known which values there are."""

from datetime import date

import pytest

from mappings.clauses import clauses_of
from mappings.counts import exact, guarded
from mappings.explanation import Explanation, explanation
from mappings.nearest import MOST_COUNTED, MOST_SHOWN, Instead, wanting
from mappings.predicates import MatchAll, Predicate
from mappings.url import parse
from mappings.vocabulary import departments, email_statuses, funding_stages, industries, seniorities

PEOPLE = "https://app.apollo.io/#/people?"


def made(query: str) -> Explanation:
    return explanation(clauses_of(parse(PEOPLE + query), date(2026, 1, 1)), (), lambda _: MatchAll())


def meant(query: str, most: int = 100) -> dict[str, list[str]]:
    """Value → what may be meant, where nobody has any value of the query."""
    of = made(query)
    found = wanting(of, dict.fromkeys(of.predicates(), 0), most)
    return {each.value: [candidate.text for candidate in each.candidates] for each in found}


@pytest.mark.parametrize(
    ("query", "value", "nearest"),
    [
        ("personSeniorities[]=directr", "directr", "director"),
        ("personDepartmentOrSubdepartments[]=softwre_development", "softwre_development", "software_development"),
        ("contactEmailStatusV2[]=verfied", "verfied", "verified"),
        ("organizationIndustries[]=bankng", "bankng", "banking"),
        ("organizationLatestFundingStageCd[]=Seris A", "Seris A", "Series A"),
    ],
)
def test_the_nearest_stand_first(query: str, value: str, nearest: str) -> None:
    found = meant(query)[value]
    assert len(found) <= MOST_COUNTED
    assert nearest in found[:3]
    assert value not in found


def test_only_values_of_closed_vocabularies_that_nobody_has() -> None:
    of = made("personSeniorities[]=vp&personSeniorities[]=directr&personTitles[]=CEOO&personLocations[]=Germny")
    counts: dict[Predicate, int] = {
        predicate: int("vp" in str(predicate) and "directr" not in str(predicate)) for predicate in of.predicates()
    }
    assert [(each.name, each.value) for each in wanting(of, counts, 100)] == [("personSeniorities[]", "directr")]


def test_all_of_them_together_are_within_bounds() -> None:
    query = "&".join(f"personSeniorities[]=x{number}" for number in range(20))
    found = meant(query, most=80)
    assert [len(candidates) for candidates in found.values()] == [2] * 20
    assert meant("personTitles[]=x", most=0) == {}


def test_the_answer_has_those_that_somebody_has() -> None:
    of = made("personSeniorities[]=directr")
    [each] = wanting(of, dict.fromkeys(of.predicates(), 0), 100)
    counts = {candidate.predicate: 10 * at for at, candidate in enumerate(each.candidates)}
    told = each.instead(counts, exact)
    assert isinstance(told, Instead)
    assert (told.name, told.value) == ("personSeniorities[]", "directr")
    assert [near.count for near in told.nearest] == [10, 20, 30][:MOST_SHOWN]
    assert each.instead(dict.fromkeys(counts, 0), guarded).nearest == ()


def test_vocabularies_have_no_value_twice() -> None:
    for values in (seniorities(), departments(), email_statuses(), industries(), funding_stages()):
        assert len(values) == len(set(values)) > 5
