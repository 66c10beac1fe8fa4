"""Loads into an Elasticsearch that other hosts load into as well: no row is lost in silence."""

import asyncio
import os
import signal
import subprocess
import threading
import time
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

import pytest

from indexing.cli.server_process import CONTACTS
from mappings.errors import LoadRunning, Superseded
from search.elasticsearch import lock
from search.engines import open_loader, open_updater
from search.fields import ContactCompleteItem
from search.loader import Holder, Loader
from tests.harness.loads import (
    arguments,
    elasticsearch_environment,
    interrupted,
    live,
    loaded,
    people,
    run_load,
    settings_of,
    status,
)
from tests.harness.proxy import proxy
from tests.harness.service import contacts_process

AHEAD = 2**62
"""More than a version that the clock of any host has ever made."""


@pytest.fixture
def hosts(elasticsearch_url: str, fresh_index: str, tmp_path: Path) -> tuple[dict[str, str], dict[str, str]]:
    """Two hosts with a data directory each, that load into one alias."""
    here, there = (
        elasticsearch_environment(tmp_path / name, elasticsearch_url, fresh_index) for name in ("here", "there")
    )
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
    return here, there


def titles(environment: dict[str, str]) -> set[str]:
    return {contact["title"] for contact in live(environment)}


def encoded(loader: Loader, base: int, title: str, uuids: Sequence[int]) -> list[Any]:
    """Documents of contacts of `people`, from the first row beyond `base` on."""
    contacts = [ContactCompleteItem(uuid=f"id-{at:06}", title=title) for at in uuids]
    return [loader.encoder.encode(row, contact) for row, contact in enumerate(contacts, base + 1)]


def updating(environment: dict[str, str], use: Any) -> Any:
    async def run() -> Any:
        updater = open_updater(settings_of(environment))
        assert updater is not None
        try:
            return await use(updater)
        finally:
            await updater.close()

    return asyncio.run(run())


def test_an_elasticsearch_update_wins_over_one_of_a_host_whose_clock_is_ahead(hosts: Any) -> None:
    here, _ = hosts
    loaded(here, "csv", "-", stdin=people(20))

    async def write(updater: Loader) -> None:
        await updater.start()
        assert await updater.write(encoded(updater, AHEAD, "COO", range(20))) == []
        await updater.finish()

    updating(here, write)
    assert titles(here) == {"COO"}
    summary = loaded(here, "csv", "-", "--update", stdin=people(20, title="CTO"))
    assert (summary["indexed"], titles(here)) == (20, {"CTO"})
    loaded(here, "csv", "-", "--update", stdin=people(20, title="CFO"))
    assert titles(here) == {"CFO"}


def test_an_elasticsearch_whose_versions_are_used_up_says_so(hosts: Any) -> None:
    here, _ = hosts
    loaded(here, "csv", "-", stdin=people(2))

    async def write(updater: Loader) -> None:
        await updater.start()
        assert await updater.write(encoded(updater, 2**63 - 9, "COO", range(2))) == []
        await updater.finish()

    updating(here, write)
    refused = run_load(here, "csv", "-", "--update", stdin=people(2))
    assert (refused.returncode, "load them anew without --update" in refused.stderr) == (1, True)
    # Then updates begin at the bottom again.
    loaded(here, "csv", "-", stdin=people(2))
    assert loaded(here, "csv", "-", "--update", stdin=people(2, title="CTO"))["live"] == 2
    assert titles(here) == {"CTO"}


def test_what_another_elasticsearch_update_has_written_fails_this_one(hosts: Any) -> None:
    here, there = hosts
    loaded(here, "csv", "-", stdin=people(10))

    async def run(older: Loader) -> None:
        base = await older.base()
        await older.start()
        assert await older.write(encoded(older, base, "early", range(10))) == []
        # A replay of the same, and rows that a later one of this update stands for, are no conflict.
        assert await older.write(encoded(older, base, "early", range(10))) == []
        newer = open_updater(settings_of(there))
        assert newer is not None
        await newer.start()
        later = await newer.base()
        assert await newer.write(encoded(newer, later, "late", [3, 4])) == []
        await newer.close()
        with pytest.raises(Superseded, match=r"\(2 of 9 in one batch\); repeat this one without --resume"):
            await older.write(encoded(older, base, "early", range(9)))

    updating(here, run)


def test_an_elasticsearch_load_is_refused_while_another_host_loads(
    hosts: Any, elasticsearch_url: str, fresh_index: str
) -> None:
    here, there = hosts
    loaded(here, "csv", "-", stdin=people(30))
    with proxy(elasticsearch_url) as way:
        held = threading.Event()
        way.held = lambda head: held.is_set() and b"-2" in head and b"_bulk" in head and b"-lock" not in head
        held.set()
        slow = here | {"CONTACTS_ELASTICSEARCH_URL": way.url}
        summaries: list[dict[str, Any]] = []
        load = threading.Thread(target=lambda: summaries.append(loaded(slow, "csv", "-", stdin=people(40))))
        load.start()
        while not way.seen["held"]:
            time.sleep(0.02)
        for command in ([*arguments(there, "csv", "-", "--update")], ["index", "rollback"]):
            refused = contacts_process(there, *command, stdin=people(1))
            assert refused.returncode == 1, refused.stderr
            assert f"another load into {fresh_index} is running: process {os.getpid()} on " in refused.stderr
        # Neither the refusal nor what looks like leftovers disturbs it.
        held.clear()
        load.join(60)
    assert summaries[0]["live"] == 40
    assert loaded(there, "csv", "-", "--update", stdin=people(1, first=40))["live"] == 41


def killed(environment: dict[str, str], source: Path, *flags: str) -> str:
    """The store of a load that was killed on its way."""
    source.write_text(people(20_000))
    command = [*CONTACTS, *arguments(environment, "csv", str(source), "--workers", "1", *flags)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        while not (state := interrupted(environment)) or not state["numbered"]:
            assert process.poll() is None, "the load was over before it could be killed"
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
    return str(state["store"])


def test_what_an_elasticsearch_load_of_a_host_that_is_gone_left_is_removed(
    hosts: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    here, there = hosts
    monkeypatch.setattr(lock, "GONE_SECONDS", 1.5)
    loaded(there, "csv", "-", stdin=people(10))
    left = killed(here, tmp_path / "people.csv")
    assert left in all_indices(here)
    # The last sign of life of who was killed may still be on its way to a busy cluster: one, as each is waited for.
    if (outcome := run_load(there, "csv", "-", stdin=people(11))).returncode:
        assert f"another load into {here['CONTACTS_INDEX']} is running" in outcome.stderr
        loaded(there, "csv", "-", stdin=people(11))
    assert f"Removed {left}, which an earlier load that did not come to its end had left" in caplog.text
    assert left not in all_indices(here)
    # Whoever left it is told, and nothing of it goes live.
    refused = run_load(here, "csv", str(tmp_path / "people.csv"), "--resume")
    assert refused.returncode == 1
    assert f"the index {left} of the interrupted load is gone; another load has removed it" in refused.stderr
    assert "--resume continues" not in refused.stderr
    assert status(here)["stores"][-1]["contacts"] == 11
    assert loaded(here, "csv", "-", stdin=people(12))["live"] == 12


def test_an_elasticsearch_update_is_not_resumed_into_other_contacts(hosts: Any, tmp_path: Path) -> None:
    here, _ = hosts
    loaded(here, "csv", "-", stdin=people(10))
    loaded(here, "csv", "-", stdin=people(10))
    first, second = (store["name"] for store in status(here)["stores"])
    killed(here, tmp_path / "people.csv", "--update")

    async def roll_back(loader: Loader) -> None:
        async with loader.exclusively(Holder("elsewhere", "beta", 1)):
            await loader.rollback()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(lock, "GONE_SECONDS", 0.5)
        try:
            using(here, roll_back)
        except LoadRunning:
            # The last sign of life of who was killed came late.
            using(here, roll_back)
    refused = run_load(here, "csv", str(tmp_path / "people.csv"), "--update", "--resume")
    assert refused.returncode == 1
    assert f"{first} is live now, and not {second}, into which the interrupted update went" in refused.stderr


def using(environment: dict[str, str], use: Any) -> None:
    async def run() -> None:
        loader = open_loader(settings_of(environment))
        try:
            await use(loader)
        finally:
            await loader.close()

    work: Coroutine[Any, Any, None] = run()
    asyncio.run(work)


def all_indices(environment: dict[str, str]) -> list[str]:
    names: list[str] = []

    async def read(loader: Any) -> None:
        names.extend(await loader._client.json("GET", "/_alias"))

    using(environment, read)
    return names
