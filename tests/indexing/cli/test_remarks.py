"""Lines and cells that say what became of the values of a URL."""

import pytest

from indexing.cli.remarks import ledger_of, note_remarks, used
from mappings.ledger import LedgerEntry


def test_values_of_one_reason_are_one_line(capsys):
    alike = [LedgerEntry("a[]", str(at), "ignored", "no such thing", None) for at in range(1234)]
    note_remarks(
        [
            *alike,
            LedgerEntry("b", "x" * 100, "repaired", "twice", "y" * 100),
            LedgerEntry("c", "1", "applied", "", None),
        ]
    )
    assert capsys.readouterr().err.splitlines() == [
        "not used: a[]=0, 1, 2, 3, 4 and 1,229 more: no such thing",
        f"repaired: b={'x' * 79}…, read as {'y' * 79}…: twice",
    ]


@pytest.mark.parametrize(
    ("entries", "cell"),
    [
        ([("1", "applied", "exactly", None), ("2", "applied", "words", None)], "yes"),
        ([("1", "ignored", "unknown", None)], "no: unknown"),
        ([("1", "repaired", "twice", "2")], "repaired (1, read as 2): twice"),
        ([("1", "repaired", "another name", None)], "repaired: another name"),
        ([("1", "approximated", "its countries", None)], "approximately: its countries"),
        ([("1", "applied", "exactly", None), ("x", "ignored", "unknown", None)], "yes (1); no (x): unknown"),
    ],
)
def test_whether_a_parameter_is_used(entries, cell):
    assert used(LedgerEntry("a", *entry) for entry in entries) == {"a": cell}


def test_every_parameter_of_a_url_is_in_its_ledger():
    url = "https://app.apollo.io/#/people?personTitles[]=CEO&foo=1&page=2&revenueRange[min]=x"
    assert set(used(ledger_of(url))) == {"personTitles[]", "foo", "page", "revenueRange[min]"}
