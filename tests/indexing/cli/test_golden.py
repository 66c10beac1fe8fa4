"""`contacts golden`, and the loads that it keeps from going live; `contacts loads` and `parity` of the same loads."""

import json
from pathlib import Path

import pytest

from tests.harness.loads import arguments, duckdb_environment, loaded, run_load
from tests.harness.service import contacts

PEOPLE = "https://app.apollo.io/#/people"
CEOS = f"{PEOPLE}?personTitles[]=CEO"
HEAD = "uuid,First Name,Title,Country\n"


def people(ceos: int, others: int, country: str = "Germany") -> str:
    titles = ["CEO"] * ceos + ["CTO"] * others
    return HEAD + "".join(f"{number},Ann,{title},{country}\n" for number, title in enumerate(titles))


def told(environment: dict[str, str], *words: str) -> str:
    outcome = contacts(environment, *words)
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout


def test_a_load_that_is_off_does_not_go_live(environment: dict[str, str], tmp_path: Path) -> None:
    loaded(environment, "csv", "-", stdin=people(10, 10))
    assert told(environment, "golden", "list") == "There are no golden URLs.\n"
    assert told(environment, "golden", "check") == "There are no golden URLs.\n"
    said = told(environment, "golden", "add", CEOS, "--name", "CEOs")
    assert said == "CEOs finds 10 contacts; a load may be off by 20%\n"
    germans = f"{PEOPLE}?personLocations[]=Germany"
    added = json.loads(told(environment, "golden", "add", germans, "--tolerance", "1", "--json"))
    assert (added["found"]["count"], added["tolerance"], len(added["name"])) == (20, 1.0, 16)

    # From another host, whose directory knows nothing, if the contacts are not in that.
    elsewhere = environment
    if "CONTACTS_ENGINE" in environment:
        elsewhere = environment | {"CONTACTS_DATA_DIR": str(tmp_path / "elsewhere" / "data")}
    refused = run_load(elsewhere, "csv", "-", stdin=people(7, 13))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "golden URL 'CEOs' finds 7 contacts, and found 10 on " in refused.stderr
    assert "personTitles[] did it; on their own they find personTitles[] 10 → 7." in refused.stderr
    assert "--allow-golden" in refused.stderr
    assert told(environment, "count", CEOS) == "10\n"
    [load] = json.loads(told(environment, "loads", "--json"))["loads"]
    assert (load["contacts"], load["rows"], load["rejected"], load["live"]) == (20, 20, 0, True)
    assert (load["filled"]["title"], load["finished_at"][-1]) == (1.0, "Z")

    loaded(environment, "csv", "-", stdin=people(8, 12))
    loaded(environment, "csv", "-", "--allow-golden", stdin=people(7, 13))
    found = contacts(environment, "golden", "check")
    assert (found.returncode, found.stderr) == (1, "error: 1 golden URL is off\n")
    assert "personTitles[] 10 → 7" in found.stdout
    [ceos, fine] = json.loads(contacts(environment, "golden", "check", "--json").stdout)
    assert (ceos["found"]["count"], fine["found"]["count"]) == (7, 20)

    urls = tmp_path / "urls.txt"
    urls.write_text(f"\ufeff# some\n\n{PEOPLE}\n{CEOS}\nhttps://example.com\n")
    [before, _] = json.loads(told(environment, "loads", "--json"))["loads"]
    differ = contacts(environment, "parity", str(urls), "--load", before["name"])
    assert (differ.returncode, differ.stderr) == (1, "error: 2 URLs find something else\n")
    assert f"line 4: {CEOS}\n  count: 8 and 7\n" in differ.stdout
    assert '), title: "CEO" and "CTO"\n' in differ.stdout
    assert "line 5: https://example.com\n  URL must be from apollo.io domain\n" in differ.stdout
    assert differ.stdout.endswith("2 URLs compared, 2 differ; 1 can't be read\n")
    same = told(environment, "parity", str(urls), "--load", before["name"], "--with", before["name"], "--json")
    assert [each["difference"] for each in json.loads(same)] == [None] * 3

    went = json.loads(told(environment, "loads", "--rollback", "--json"))["loads"]
    assert [load["live"] for load in went] == [True, False]
    assert told(environment, "golden", "check").count("off") == 0
    assert told(environment, "golden", "remove", "CEOs") == "removed CEOs\n"
    assert contacts(environment, "golden", "remove", "CEOs").returncode == 1
    assert [each["name"] for each in json.loads(told(environment, "golden", "list", "--json"))] == [added["name"]]


def test_what_can_not_be_compared(tmp_path: Path) -> None:
    environment = duckdb_environment(tmp_path)
    urls = tmp_path / "urls.txt"
    urls.write_text(f"{PEOPLE}\n")
    for flags, words in (
        (("--load", "nope"), "there is no load 'nope'"),
        (("--with", "nope"), "there is no load 'nope'"),
        (("--with", "duckdb"), "that is the engine that it would be compared with"),
        ((), "no contacts in "),
    ):
        outcome = contacts(environment, "parity", str(urls), *flags)
        assert outcome.returncode == 1
        assert words in outcome.stderr


def test_duckdb_and_elasticsearch_find_the_same(tmp_path: Path, elasticsearch_url: str, fresh_index: str) -> None:
    own = duckdb_environment(tmp_path)
    own |= {"CONTACTS_INDEX": fresh_index, "CONTACTS_ELASTICSEARCH_URL": elasticsearch_url}
    loaded(own, "csv", "-", stdin=people(3, 4))
    loaded(own | {"CONTACTS_ENGINE": "elasticsearch"}, "csv", "-", stdin=people(3, 4))
    urls = tmp_path / "urls.txt"
    urls.write_text(f"{PEOPLE}\n{CEOS}\n")
    for environment in (own, own | {"CONTACTS_ENGINE": "elasticsearch"}):
        assert told(environment, "parity", str(urls)) == "2 URLs compared, 0 differ; 0 can't be read\n"


@pytest.mark.parametrize("url", ["https://example.com", f"{PEOPLE}?organizationNumEmployeesRanges[]=1,2,3"])
def test_what_can_not_be_counted_is_not_kept(tmp_path: Path, url: str) -> None:
    environment = duckdb_environment(tmp_path)
    assert contacts(environment, "golden", "add", url).returncode == 1
    assert told(environment, "golden", "list") == "There are no golden URLs.\n"


def test_a_dry_run_counts_nothing(tmp_path: Path) -> None:
    environment = duckdb_environment(tmp_path)
    loaded(environment, "csv", "-", stdin=people(2, 2))
    told(environment, "golden", "add", CEOS)
    outcome = contacts(environment, *arguments(environment, "csv", "-", "--dry-run"), stdin=people(0, 4))
    assert outcome.returncode == 0, outcome.stderr
