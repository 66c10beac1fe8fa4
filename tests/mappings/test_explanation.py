"""What is counted of a search, and where the counts come to stand: held against what each number means."""

from collections.abc import Sequence
from datetime import date

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mappings.clauses import Clause, clauses_of, clauses_of_lists
from mappings.company_lists import CompanyLists
from mappings.counts import exact, guarded
from mappings.explanation import MOST_COUNTS, Explanation, explanation
from mappings.predicates import Exists, MatchAll, Predicate, Terms, all_of, any_of
from mappings.url import parse

PEOPLE = "https://app.apollo.io/#/people?"
KNOWN = Exists("email")
NO_LISTS = CompanyLists()


def known(_predicate: Predicate) -> Predicate:
    return KNOWN


def clauses(query: str) -> tuple[Clause, ...]:
    return clauses_of(parse(PEOPLE + query), date(2026, 1, 1))


def made(query: str, lists: CompanyLists = NO_LISTS) -> Explanation:
    return explanation(clauses(query), clauses_of_lists(lists), known)


def numbered(of: Explanation) -> dict[Predicate, int]:
    """A count for each predicate, all different, 1 or more."""
    return {predicate: number for number, predicate in enumerate(of.predicates(), 1)}


def test_of_each_parameter_it_alone_the_search_without_it_and_who_is_known() -> None:
    of = made("personTitles[]=CEO&personTitles[]=CTO&personNotLocations[]=Berlin")
    counts = numbered(of)
    titles, places = clauses("personTitles[]=CEO&personTitles[]=CTO&personNotLocations[]=Berlin")
    assert of.whole == all_of((titles.predicate, places.predicate))
    (first, second), lists = of.explained(counts, exact)
    assert lists == []
    assert (first.name, first.category, first.combine) == ("personTitles[]", "Person Filters", "any")
    assert (first.count, first.without, first.known) == (
        counts[titles.predicate], counts[places.predicate], counts[KNOWN]
    )  # fmt: skip
    assert (second.combine, second.count, second.without) == (
        "none", counts[places.having], counts[titles.predicate]
    )  # fmt: skip
    assert [(value.value, value.count, value.within) for value in first.values] == [
        (title.value, counts[title.predicate], counts[all_of((title.predicate, places.predicate))])
        for title in titles.values
    ]
    assert [(value.value, value.count, value.within) for value in second.values] == [
        ("Berlin", counts[places.having], counts[of.whole])
    ]


def test_lists_are_explained_like_parameters() -> None:
    lists = CompanyLists(include_domain_list=("a.example", "b.example"))
    of = made("personTitles[]=CEO", lists)
    counts = numbered(of)
    [title], [domains] = clauses("personTitles[]=CEO"), clauses_of_lists(lists)
    _, [listed] = of.explained(counts, exact)
    assert (listed.name, listed.count, listed.without) == (
        "include_domain_list", counts[domains.having], counts[title.predicate]
    )  # fmt: skip
    assert [value.value for value in listed.values] == ["a.example", "b.example"]
    assert listed.values[0].within == counts[all_of((title.predicate, Terms("company_domains", ("a.example",))))]


def test_a_search_of_nothing_is_everybody() -> None:
    of = made("page=2")
    assert (of.predicates(), of.parts, of.truncated) == ((MatchAll(),), (), False)


def test_counts_are_as_they_may_be_shown() -> None:
    of = made("personTitles[]=CEO")
    [title], _ = of.explained(dict.fromkeys(of.predicates(), 3), guarded)
    assert (title.count, title.without, title.known, title.values[0].within) == ("<5", "<5", "<5", "<5")


def test_values_that_keep_contacts_out_can_be_dropped_alone() -> None:
    of = made("personNotTitles[]=CEO&personNotTitles[]=CTO&personTitles[]=VP&personTitles[]=Chief")
    titles, excluded = of.parts
    assert [titles.dropping(value) for value in titles.shown] == [None, None]
    ceo, cto = excluded.clause.values
    assert excluded.dropping(ceo) == all_of((titles.clause.predicate, excluded.clause.asking((cto,))))
    alike = made("existFields[]=email&existFields[]=person_email").parts[0]
    assert alike.dropping(alike.shown[0]) is None


lengths = st.lists(st.integers(1, 130), min_size=1, max_size=12).filter(lambda numbers: sum(numbers) < 150)
NAMES = ("personTitles[]", "personNotTitles[]", "personLocations[]", "personNotLocations[]", "organizationLocations[]",
         "personSeniorities[]", "qOrganizationKeywordTags[]", "qNotOrganizationKeywordTags[]", "qOrganizationName",
         "qAndedOrganizationKeywordTags[]", "qOrganizationDomainsList[]", "qPersonName")  # fmt: skip


def url_of(numbers: Sequence[int]) -> str:
    return "&".join(
        f"{name}=w{at}.example" for name, number in zip(NAMES, numbers, strict=False) for at in range(number)
    )


@settings(max_examples=30, deadline=None)
@example([126])
@example([130])
@example([1, 2, 100, 40])
@given(lengths)
def test_no_more_is_counted_than_goes_in_one_round_trip(numbers: list[int]) -> None:
    of = made(url_of(numbers))
    assert len(of.predicates()) <= MOST_COUNTS
    shown = [len(part.shown) for part in of.parts]
    there = [len(part.clause.values) for part in of.parts]
    assert of.truncated is (shown != there)
    # The longest give theirs up, and each keeps its first.
    most = max(shown)
    assert all(one == min(all_, most) or all_ == 1 for one, all_ in zip(shown, there, strict=True))
    assert all(part.shown == part.clause.values[: len(part.shown)] for part in of.parts)
    if of.truncated:
        assert len(of.predicates()) > MOST_COUNTS - 3 * len(of.parts)


def test_of_a_very_long_search_only_parameters_are_counted() -> None:
    of = made("qOrganizationDomainsList[]=" + ",".join(f"{number}.de" for number in range(8000)) + "&personTitles[]=x")
    titles, domains = of.parts
    assert (of.truncated, len(titles.shown)) == (True, 1)
    assert 10 < len(domains.shown) < 20
    assert len(of.predicates()) < MOST_COUNTS / 2


def test_the_whole_search_counts_with_all_values_where_some_are_left_out() -> None:
    of = made(url_of([300]))
    assert of.whole == any_of([value.predicate for value in of.parts[0].clause.values])
