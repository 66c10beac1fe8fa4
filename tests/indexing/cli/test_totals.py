"""How many are found is said in whole sentences."""

import pytest

from api.actions.shapes import Companies
from indexing.cli.totals import number, say_found
from mappings.counts import Count


@pytest.mark.parametrize(
    ("count", "companies", "words"),
    [
        (1234, Companies(1, exact=True), "1,234 of 5,000 contacts, of 1 company"),
        (0, Companies(0, exact=True), "0 of 5,000 contacts, of 0 companies"),
        ("<5", Companies("<5", exact=False), "<5 of 5,000 contacts, of about <5 companies"),
    ],
)
def test_contacts_and_companies(
    capsys: pytest.CaptureFixture[str], count: Count, companies: Companies, words: str
) -> None:
    say_found(count, 5000, companies)
    assert capsys.readouterr().out == f"{words}\n"


def test_what_is_withheld_is_a_dash() -> None:
    assert number(None) == "-"
