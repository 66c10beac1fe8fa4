"""Loads that are killed, cut off and refused on the way: the result is that of an uninterrupted one."""

import asyncio
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from indexing.cli.server_process import CONTACTS
from mappings.predicates import ContactFilter
from search.duckdb.files import STAGED
from search.engines import open_engine
from tests.harness.elasticsearch import ASKED_LITTLE
from tests.harness.faults import Moment, MortalElasticsearch, load_killed_at, mortal_elasticsearch
from tests.harness.loads import (
    arguments,
    awkward_sample,
    elasticsearch_environment,
    interrupted,
    live,
    loaded,
    people,
    run_load,
    settings_of,
    status,
)
from tests.harness.processes import ServerUnavailable, heeding_interrupts
from tests.harness.proxy import proxy
from tests.harness.service import contacts, contacts_process

ROWS = 8_000


def begun(_before: object, _state: object, _said: str) -> bool:
    """The load has a state: as a rule before any row is safe."""
    return True


def batch_more(before: dict[str, Any] | None, state: dict[str, Any], _said: str) -> bool:
    """At least one more batch of rows is safe."""
    return bool(state["numbered"] > (before["numbered"] if before else 0))


def batch_read(before: dict[str, Any] | None, state: dict[str, Any], _said: str) -> bool:
    """The same of what is loaded, and not carried over from what was live."""
    return bool(state["reading"]["rows"] > (before["reading"]["rows"] if before else 0))


def half_built(data: Path) -> Moment:
    """All rows are safe, and a file is begun that is to be the store; or else a server has all and is to merge it."""

    def reached(_before: object, state: dict[str, Any], said: str) -> bool:
        files = (data / state["store"], (data / state["store"]).with_suffix(".building"))
        written = '"stage":"building"' in said and any(file.exists() for file in files)
        return written or '"stage":"merging"' in said

    return reached


@pytest.fixture(scope="session")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return awkward_sample(tmp_path_factory.mktemp("resume") / "sample.csv", ROWS)


# Of what is killed coverage sees nothing, and what is loaded beside it is loaded by others as well.
@pytest.mark.no_cover
@pytest.mark.long
def test_killed_at_any_point_it_resumes_to_the_same_index(
    environment: dict[str, str], awkward: Path, tmp_path: Path
) -> None:
    loaded(environment, "csv", "-", stdin=people(4))
    flags = (str(awkward), "--workers", "2")
    data = Path(environment["CONTACTS_DATA_DIR"])
    # The first is for the first alone: a load that goes on has a state at once.
    moments = (begun, batch_more, batch_more, half_built(data))
    summary = load_killed_at(environment, *flags, moments=moments, log=tmp_path / "log")
    found = live(environment)
    whole = loaded(environment, "csv", *flags)
    counted = ("rows", "indexed", "repeated", "rejected", "live", "rejects_by_reason")
    assert {name: summary[name] for name in counted} == {name: whole[name] for name in counted}
    assert found == live(environment)
    assert not [path.name for path in data.iterdir() if path.suffix in (*STAGED, ".json")]
    # Neither of the loads left a half-filled store behind.
    assert {store["contacts"] for store in status(environment)["stores"]} == {whole["live"]}


def half_known(path: Path, number: int) -> Path:
    """A CSV for an update of `people(number)`: every second one is live, some come twice, some values can't be read."""
    rows = []
    for at in range(0, 2 * number, 2):
        title, employees = ("", "12") if at % 3 else ("CTO", "many" if at % 7 == 0 else "")
        rows.append(f"p{at}@acme.com,{title},{employees},Bonn\n")
        if at % 50 == 0:
            rows.append(f"P{at}@acme.com,,7,\n")
    path.write_text("Email,Title,Employees,City\n" + "".join(rows))
    return path


@pytest.mark.no_cover
@pytest.mark.long
def test_a_killed_update_resumes_to_the_same_contacts_and_sums(environment: dict[str, str], tmp_path: Path) -> None:
    """Also in place, where what was written before the kill is live already when the update goes on."""
    source = half_known(tmp_path / "update.csv", ROWS)
    flags = (str(source), "--update", "--workers", "2")
    found, sums = [], []
    for moments in ((begun, batch_more, batch_read), ()):
        loaded(environment, "csv", "-", "--allow-shrink", "--allow-loss", "city", stdin=people(ROWS))
        summary = load_killed_at(environment, *flags, moments=moments, log=tmp_path / "log")
        found.append({contact["uuid"]: contact for contact in live(environment)})
        sums.append({name: value for name, value in summary.items() if name != "seconds"})
    assert found[0] == found[1]
    assert sums[0] == sums[1]
    assert (sums[0]["kept"], sums[0]["new"], sums[0]["repeated"] > 0) == (ROWS // 2, ROWS // 2, True)
    assert (sums[0]["emptied"]["title"] > 0, sums[0]["repaired"] > 0) == (True, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_another_source_is_not_resumed(environment: dict[str, str], tmp_path: Path, number: signal.Signals) -> None:
    source = tmp_path / "people.csv"
    source.write_text(people(12_000))
    command = [*CONTACTS, *arguments(environment, "csv", str(source), "--workers", "1")]
    with heeding_interrupts(), subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        while not (state := interrupted(environment)) or not state["numbered"]:
            assert process.poll() is None, "the load was over before it could be interrupted"
            time.sleep(0.02)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said.endswith(b"error: interrupted; what was loaded so far stays for --resume\n")
    source.write_text(people(12_001))
    refused = run_load(environment, "csv", str(source), "--resume")
    assert (refused.returncode, "have changed since" in refused.stderr) == (1, True)
    # Without --resume, what was left is removed.
    assert loaded(environment, "csv", str(source))["indexed"] == 12_001
    assert len(status(environment)["stores"]) == 1


def test_a_busy_elasticsearch_and_lost_answers_change_nothing(
    elasticsearch_url: str, fresh_index: str, awkward: Path, tmp_path: Path
) -> None:
    with proxy(elasticsearch_url, busy=0.3, lost=0.2) as way:
        environment = elasticsearch_environment(tmp_path, way.url, fresh_index)
        summary = loaded(environment, "csv", str(awkward))
        assert way.seen["lost"]
        assert way.seen["429"] + way.seen["503"]
        found = live(environment)
        way.busy = way.lost = 0.0
        whole = loaded(environment, "csv", str(awkward))
        assert (summary["indexed"], summary["rejected"]) == (whole["indexed"], whole["rejected"])
        assert found == live(environment)


def test_answers_about_the_live_contacts_that_are_lost_are_asked_for_again(
    elasticsearch_url: str, fresh_index: str, tmp_path: Path
) -> None:
    with proxy(elasticsearch_url) as way:
        environment = elasticsearch_environment(tmp_path, way.url, fresh_index)
        text = "Email,City\n" + "".join(f"p{at}@one.example,Bonn\n" for at in range(30))
        assert loaded(environment, "csv", "-", stdin=text)["new"] == 30
        way.spoils, way.lost, way.busy = b"/_search", 0.25, 0.25
        assert loaded(environment, "csv", "-", "--update", stdin=text)["kept"] == 30
        assert way.seen["lost"] + way.seen["429"] + way.seen["503"]


@pytest.fixture(scope="module")
def mortal() -> Iterator[MortalElasticsearch]:
    try:
        with mortal_elasticsearch(ASKED_LITTLE) as server:
            yield server
    except ServerUnavailable as error:
        if os.environ.get("REQUIRE_ELASTICSEARCH") == "1" and not os.environ.get("ELASTICSEARCH_URL"):
            pytest.fail(f"REQUIRE_ELASTICSEARCH=1, and there is none to kill: {error}", pytrace=False)
        pytest.skip(f"NOT TESTED, no Elasticsearch to kill here: {error}")


@pytest.mark.long
def test_a_killed_elasticsearch_is_waited_for(mortal: MortalElasticsearch, awkward: Path, tmp_path: Path) -> None:
    with proxy(mortal.url, busy=0.2) as way:
        environment = elasticsearch_environment(tmp_path, way.url, "job-mortal")
        summaries = []
        load = threading.Thread(target=lambda: summaries.append(loaded(environment, "csv", str(awkward))))
        load.start()
        deadline = time.monotonic() + 60
        while not (state := interrupted(environment)) or state["numbered"] < 3000:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        mortal.kill()
        way.upstream = mortal.start()
        load.join(200)
        (summary,) = summaries
        found = live(environment)
        way.busy = 0.0
        whole = loaded(environment, "csv", str(awkward))
        assert (summary["indexed"], summary["rejected"]) == (whole["indexed"], whole["rejected"])
        assert found == live(environment)


def test_readers_see_only_the_old_or_the_new_contacts(environment: dict[str, str], tmp_path: Path) -> None:
    """Search and count hammered while whole loads go live: no error, and no answer that mixes two loads."""
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(people(2000, title="CEO"))
    new.write_text(people(3000, first=1000, title="CTO"))
    sizes = {"CEO": 2000, "CTO": 3000}
    loaded(environment, "csv", str(old))
    answers: list[tuple[int, set[str]]] = []
    stop = threading.Event()
    reader = threading.Thread(target=hammer, args=(environment, stop, answers))
    reader.start()
    try:
        for source in (new, old, new):
            # As in life, what loads is not the process that reads.
            outcome = contacts_process(environment, *arguments(environment, "csv", str(source), "--allow-shrink"))
            assert outcome.returncode == 0, outcome.stderr
    finally:
        stop.set()
        reader.join(60)
    assert len(answers) > 20
    assert {count for count, _ in answers} == set(sizes.values())
    for _, titles in answers:
        assert titles in ({"CEO"}, {"CTO"})


def hammer(environment: dict[str, str], stop: threading.Event, answers: list[tuple[int, set[str]]]) -> None:
    async def ask() -> None:
        engine = open_engine(settings_of(environment))
        everything = engine.compile(ContactFilter())
        try:
            while not stop.is_set():
                count = await engine.count(everything)
                page = await engine.search(everything, 500)
                answers.append((count, {msgspec.json.decode(item)["title"] for item in page.items}))
        finally:
            await engine.close()

    asyncio.run(ask())


def test_an_elasticsearch_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    environment = elasticsearch_environment(tmp_path, "http://127.0.0.1:9", "nowhere")
    outcome = run_load(environment, "csv", "-", stdin=people(1))
    where = (
        "http://127.0.0.1:9 (CONTACTS_ELASTICSEARCH_URL): nothing listens there: is it running, and is that its port?"
    )
    assert (outcome.returncode, outcome.stderr) == (1, f"error: The contacts engine can't be reached. ({where})\n")
    assert contacts(environment, "index", "status").returncode == 1
