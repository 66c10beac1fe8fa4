"""What is counted of a URL, and where the counts come to stand."""

from datetime import date

from mappings.analysis import analyze
from mappings.counting import Countable, countable
from mappings.predicates import Exists, Not, Range, Terms, all_of
from mappings.url import parse

PEOPLE = "https://app.apollo.io/#/people?"


def made(query: str) -> Countable:
    return countable(parse(PEOPLE + query), date(2026, 1, 1))


def counts(query: str, numbers: dict[object, int]) -> dict[str, tuple[int, list[int]]]:
    """Parameter → its count and those of its values, where each predicate has the number given."""
    found = made(query)
    answer = found.answer([numbers.get(predicate, 99) for predicate in found.predicates])
    return {
        parameter.name: (parameter.count, [value.count for value in parameter.values])
        for category in answer.categories
        for parameter in category.parameters
    }


def test_values_and_parameters_are_counted_on_their_own():
    ceo, cto = Terms("title_key", ("chief executive officer",)), Terms("title_key", ("chief officer technology",))
    both = Terms("title_key", ("chief executive officer", "chief officer technology"))
    found = counts("personTitles[]=CEO&personTitles[]=CTO", {ceo: 5, cto: 3, both: 8})
    assert found == {"personTitles[]": (8, [5, 3])}


def test_an_exclusion_counts_who_has_the_value():
    ceo = Terms("title_key", ("chief executive officer",))
    assert made("personNotTitles[]=CEO").predicates == (ceo,)
    assert counts("personNotTitles[]=CEO", {ceo: 5}) == {"personNotTitles[]": (5, [5])}
    assert not any(isinstance(predicate, Not) for predicate in made("notExistFields[]=email").predicates)


def test_all_of_several_is_counted_as_all_of_them():
    email, website = Exists("email"), Exists("website")
    found = counts("existFields[]=email&existFields[]=website", {email: 9, website: 7, all_of([email, website]): 6})
    assert found == {"existFields[]": (6, [9, 7])}


def test_what_selects_nothing_counts_nothing():
    query = "page=2&sortByField=employees&sortAscending=true&finderViewId=x&personTitles[]=&includeSimilarTitles=false"
    found = made(query)
    assert found.predicates == ()
    assert {count for count, _ in counts(query, {}).values()} == {0}


def test_a_malformed_value_counts_0_beside_a_good_one():
    good = Range("employees", 11, 50)
    query = "organizationNumEmployeesRanges[]=11,50&organizationNumEmployeesRanges[]=1,2,3"
    assert counts(query, {good: 4}) == {"organizationNumEmployeesRanges[]": (4, [4, 0])}


def test_the_answer_is_the_analysis_with_counts():
    url = parse(f"{PEOPLE}page=1&personTitles[]=CEO&personTitles[]=CEO&personNotTitles[]=CTO&qKeywords=a+b")
    found = countable(url, date(2026, 1, 1))
    answer = found.answer(range(1, len(found.predicates) + 1))
    plain = analyze(url)
    assert (answer.url, answer.url_structure, answer.statistics, answer.raw_parameters) == (
        plain.url, plain.url_structure, plain.statistics, plain.raw_parameters
    )  # fmt: skip
    for mine, theirs in zip(answer.categories, plain.categories, strict=True):
        assert (mine.name, mine.total_parameters) == (theirs.name, theirs.total_parameters)
        assert mine.count == max(parameter.count for parameter in mine.parameters)
        for counted, shown in zip(mine.parameters, theirs.parameters, strict=True):
            assert [value.value for value in counted.values] == shown.values
            assert (counted.name, counted.description, counted.category) == (
                shown.name, shown.description, shown.category
            )  # fmt: skip


def test_equal_values_are_asked_for_once():
    assert len(made("personTitles[]=CEO&personTitles[]=ceo&personNotTitles[]=CEO").predicates) == 1
