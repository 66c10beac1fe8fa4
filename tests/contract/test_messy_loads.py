"""3,000 contacts with every kind of mess on 1 % of them: nobody is lost, nobody is there twice, and every sum holds.

What a messy file means stands in a clean one, so the contacts of both can be held against each other whole.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from indexing.sample.mess.files import Manifest, write_meant, write_messy
from indexing.sample.mess.kinds import KINDS
from tests.harness.loads import duckdb_environment, live, rejects, run_load
from tests.harness.service import contacts

COUNT = 3_000
EVERYBODY = "https://app.apollo.io/#/people"
COMPLETE = Path(__file__).parents[1] / "data" / "complete.csv"
"""Made-up people with all fields of the complete view, ids of other systems and columns that mean nothing to us."""

Contact = dict[str, Any]


class Messy(msgspec.Struct, frozen=True):
    """A messy file, the clean one that means the same, and what is in the former."""

    file: Path
    meant: Path
    manifest: Manifest


class Loaded(msgspec.Struct, frozen=True):
    """Where a messy file was loaded, and what the load said of it."""

    environment: dict[str, str]
    summary: Any


def written(directory: Path, count: int, *arguments: Any) -> Messy:
    """Both files of these arguments of `write_messy`."""
    file, meant = directory / "messy.csv", directory / "meant.csv"
    with file.open("w", newline="", encoding="utf-8") as out:
        manifest = write_messy(count, out, *arguments)
    with meant.open("w", newline="", encoding="utf-8") as out:
        write_meant(count, out, *arguments)
    return Messy(file, meant, manifest)


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Messy:
    return written(tmp_path_factory.mktemp("messy"), COUNT, 11)


@pytest.fixture(scope="module")
def meant(messy: Messy, tmp_path_factory: pytest.TempPathFactory) -> list[Contact]:
    """The contacts that the clean file has."""
    environment = duckdb_environment(tmp_path_factory.mktemp("meant"))
    load(environment, messy.meant)
    return live(environment)


@pytest.fixture(scope="module")
def loaded(messy: Messy, new_store: Callable[[], dict[str, str]]) -> Loaded:
    environment = new_store()
    return Loaded(environment, load(environment, messy.file))


def load(environment: dict[str, str], path: Path, *flags: str) -> Any:
    """The summary of a load that worked."""
    outcome = run_load(environment, "csv", str(path), *flags)
    assert outcome.returncode == 0, outcome.stderr
    return json.loads(outcome.stdout)


def searched(environment: dict[str, str], form: str) -> str:
    """All contacts in a form, with all fields."""
    outcome = contacts(environment, "search", EVERYBODY, "--all", "--view", "complete", "--format", form)
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout


def people(found: Iterable[Contact]) -> list[Contact]:
    """The contacts without their uuids, in an order that does not depend on them."""
    return sorted(({**contact, "uuid": None} for contact in found), key=json.dumps)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_mess_means_what_it_says(kind: str, tmp_path: Path) -> None:
    """Forty contacts of it among two hundred, in DuckDB alone: engines differ in nothing that comes before them."""
    messy = written(tmp_path, 200, 5, 0.2, {kind: KINDS[kind]})
    found = []
    for path in (messy.file, messy.meant):
        environment = duckdb_environment(tmp_path / path.stem)
        load(environment, path, "--max-rejects", "30%")
        found.append(people(live(environment)))
    assert len(found[0]) == messy.manifest.people
    assert found[0] == found[1]


def test_every_made_up_person_is_found_and_none_twice(loaded: Loaded, messy: Messy, meant: list[Contact]) -> None:
    found = live(loaded.environment)
    assert len(found) == messy.manifest.people
    assert people(found) == people(meant)


def test_the_sums_are_those_of_the_manifest(loaded: Loaded, messy: Messy) -> None:
    summary, manifest = loaded.summary, messy.manifest
    assert summary["lines"] == {
        "read": manifest.lines,
        "header": manifest.header,
        "notes": manifest.notes,
        "blank": manifest.blank,
        "further": manifest.further,
        "short": manifest.short,
    }
    assert summary["rows"] == manifest.rows
    assert summary["indexed"] == summary["live"] == manifest.people
    assert summary["repeated"] == manifest.repeated
    assert summary["rejected"] == manifest.rejected == len(rejects(loaded.environment))
    repaired: Counter[str] = Counter()
    for kind in summary["repairs"]:
        repaired[kind["field"]] += kind["count"]
    assert (repaired, summary["repaired"]) == (manifest.repaired, sum(manifest.repaired.values()))


@pytest.mark.parametrize("flags", [(), ("--update",)], ids=["whole", "update"])
def test_the_same_file_once_more_changes_no_contact(loaded: Loaded, messy: Messy, flags: tuple[str, ...]) -> None:
    before = {contact["uuid"]: contact for contact in live(loaded.environment)}
    load(loaded.environment, messy.file, *flags)
    assert {contact["uuid"]: contact for contact in live(loaded.environment)} == before


@pytest.mark.parametrize("file", ["messy", "complete"])
def test_what_a_search_writes_loads_back_into_the_same_contacts(
    file: str, new_store: Callable[[], dict[str, str]], messy: Messy, tmp_path: Path
) -> None:
    first, second = new_store(), new_store()
    load(first, messy.file if file == "messy" else COMPLETE)
    written = tmp_path / "written.csv"
    written.write_bytes(searched(first, "csv").encode())
    load(second, written)
    documents = [sorted(searched(environment, "ndjson").splitlines()) for environment in (first, second)]
    assert documents[0]
    assert documents[0] == documents[1]
