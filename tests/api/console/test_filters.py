"""The filters that the page can add to a search."""

from datetime import date

from api.console.filters import filters
from mappings.ledger import ledger
from mappings.parameters import known_parameters
from mappings.url import parse


def test_filters_are_those_that_ask_something_each_with_how_it_is_written() -> None:
    told = {each.name: each for each in filters()}
    assert set(told) <= {each.name for each in known_parameters() if each.reason is None}
    assert not {"page", "sortByField", "filters", "perPage"} & set(told)
    assert told["personTitles[]"].description == "Job titles to include"
    examples = {name: each.example for name, each in told.items()}
    assert examples["organizationFoundedYearRange[min]"] == "1990"
    assert [name for name, example in examples.items() if example == "true"] == [
        "contactEmailExcludeCatchAll",
        "includeSimilarTitles",
    ]
    for name, example in examples.items():
        # Read as it is meant: neither refused nor without an effect.
        if example and example != "keywords":
            [entry] = ledger(parse(f"https://app.apollo.io/#/people?{name}={example}"), date(2026, 1, 1))
            assert entry.status in ("applied", "repaired"), entry
