"""A load over many hosts is the load of one: whoever is killed, whatever is done twice, in whichever order."""

import asyncio
import csv
import io
import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.request
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from indexing.cli.server_process import CONTACTS
from indexing.hosts import part as part_module
from indexing.hosts.papers import Papers
from indexing.hosts.part import PartRequest, load_part
from indexing.hosts.plan import DonePart
from indexing.identity.keys import Claim, claims_of
from indexing.sample.mess.files import write_messy
from indexing.sources.lines import Lines
from mappings.errors import EngineDenied, Superseded
from mappings.predicates import ContactFilter
from search.contact_columns import ContactColumns
from search.elasticsearch.encoder import ElasticsearchEncoder
from search.elasticsearch.shared_loader import SharedElasticsearchLoader
from search.engines import open_engine
from search.fields import ContactCompleteItem
from search.loader import Document, Refusal
from tests.harness.hosts import did_part, files_of, finished, host, indices, planned, refused, timeless
from tests.harness.loads import elasticsearch_environment, live, loaded, people, rejects, settings_of, status
from tests.harness.proxy import Proxy, proxy
from tests.harness.service import contacts

loading_the_same = pytest.mark.xdist_group("hosts")
"""Tests that are held against one load of one host."""

CONTACTS_IN_FILE = 4800
FLAGS = ("--max-rejects", "5%")


class Files(msgspec.Struct):
    """What was live, and what is loaded then."""

    base: Path
    first: Path
    second: Path

    @property
    def loaded(self) -> tuple[str, str]:
        return str(self.first), str(self.second)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """A messy file, and another with some of its people again, some of whom were live under uuids of their own."""
    directory = tmp_path_factory.mktemp("hosts")
    text = io.StringIO()
    write_messy(CONTACTS_IN_FILE, text, 5, 0.01)
    files = Files(directory / "base.csv", directory / "people.csv", directory / "again.csv")
    files.first.write_text(text.getvalue(), encoding="utf-8", newline="")
    rows = list(csv.reader(io.StringIO(text.getvalue())))
    header = next(row for row in rows if "Email" in row)
    email, title, city = (header.index(name) for name in ("Email", "Title", "City"))
    people_of = [row for row in rows if len(row) == len(header) and re.fullmatch(r"\S+@\S+", row[email])]
    with files.second.open("w", newline="", encoding="utf-8") as stream:
        again = [[*row] for row in people_of[10::6] if "\n" not in "".join(row)]
        for at, row in enumerate(again):
            row[title], row[city] = f"Head of {at}", ""
        csv.writer(stream).writerows([header, *again])
    known = [row[email] for row in people_of[::9] if not row[email].startswith("no")]
    rows_of_base = "".join(f"own-{at:05},{address},Ulm\n" for at, address in enumerate(known))
    files.base.write_text(f"uuid,Email,City\n{rows_of_base}own-gone,gone@away.example,Ulm\n")
    return files


@pytest.fixture
def environment(tmp_path: Path, elasticsearch_url: str, own_index: Callable[[str], str]) -> dict[str, str]:
    return elasticsearch_environment(tmp_path, elasticsearch_url, own_index("hosts"))


class Loaded(msgspec.Struct):
    """What became of the files, and the lines of rejects and repairs."""

    summary: dict[str, Any]
    contacts: list[bytes]
    told: list[bytes]


@pytest.fixture(scope="module")
def one_host(
    files: Files, tmp_path_factory: pytest.TempPathFactory, elasticsearch_url: str, own_index: Callable[[str], str]
) -> Loaded:
    environment = elasticsearch_environment(tmp_path_factory.mktemp("one"), elasticsearch_url, own_index("one-host"))
    loaded(environment, "csv", str(files.base))
    return outcome_of(environment, loaded(environment, "csv", *files.loaded, *FLAGS))


def outcome_of(environment: dict[str, str], summary: dict[str, Any]) -> Loaded:
    # Of a batch, repairs come in no order.
    told = sorted(line for path in files_of(environment)[1::2] for line in Path(path).read_bytes().splitlines())
    return Loaded(timeless(summary), asyncio.run(documents(environment)), told)


async def documents(environment: dict[str, str]) -> list[bytes]:
    """All that is stored of the live contacts; what is searched is made of that."""
    engine = open_engine(settings_of(environment))
    try:
        everybody = engine.compile(ContactFilter())
        return [bytes(item) async for items in engine.scan(everybody, complete=True) for item in items]
    finally:
        await engine.close()


def killed(environment: dict[str, str], number: int, way: Proxy) -> None:
    """Start a part, and kill it when a request of its own is held."""
    command = [*CONTACTS, "index", "part", str(number), "--workers", "1"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        deadline = time.monotonic() + 60
        while not way.seen["held"]:
            assert process.poll() is None, "it was done before it could be killed"
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert process.returncode == -signal.SIGKILL


def after_the_first_write() -> Callable[[bytes], bool]:
    """Holds all bulk requests but one."""
    first: list[threading.Thread] = []

    def held(head: bytes) -> bool:
        if b"/_bulk" not in head:
            return False
        first.append(threading.current_thread())
        return first[0] is not threading.current_thread()

    return held


@loading_the_same
def test_four_hosts_two_of_them_killed_make_the_index_of_one(
    environment: dict[str, str], files: Files, one_host: Loaded, tmp_path: Path
) -> None:
    loaded(environment, "csv", str(files.base))
    plan = planned(environment, "csv", "--parts", "4", *files.loaded)
    assert (plan["parts"], plan["rows"]) == (4, one_host.summary["rows"])
    assert {each["source"] for each in plan["stretches"]} == {"people.csv", "again.csv"}
    with ExitStack() as stack:
        url = environment["CONTACTS_ELASTICSEARCH_URL"]
        ways = [stack.enter_context(proxy(url)) for _ in range(2)]
        # One is killed within its documents, one when all are written, and nobody was told yet.
        ways[0].held = after_the_first_write()
        ways[1].held = lambda head: b"/_doc/done-" in head and head.startswith(b"PUT")
        for number, way in enumerate(ways):
            killed(host(environment, tmp_path / f"host-{number}", way.url), number, way)
    beside = [
        subprocess.Popen(
            [*CONTACTS, "index", "part", str(number), "--workers", "1"],
            env=host(environment, tmp_path / f"host-{number}"),
            stderr=subprocess.DEVNULL,
        )
        for number in (2, 3)
    ]
    assert [process.wait(120) for process in beside] == [0, 0]
    assert status(environment)["under_way"] == {"store": plan["store"], "parts": 4, "missing": [0, 1]}
    said = refused(environment, "finish")
    assert "2 of 4 parts are not done: 0, 1; `contacts index part I` does one" in said
    for number in (0, 1):
        assert not did_part(host(environment, tmp_path / f"host-{number}"), number)["again"]
    # On the host itself nothing is left, not even by those who were killed.
    assert not [*tmp_path.glob("host-?/data/*.part-*")]
    assert outcome_of(environment, finished(environment, *FLAGS)) == one_host
    assert one_host.summary["repeated"] > 600
    assert one_host.summary["kept"] > 100
    assert indices(environment) == {store["name"] for store in status(environment)["stores"]}


@loading_the_same
def test_parts_in_reverse_order_and_twice_at_once_change_nothing(
    environment: dict[str, str], files: Files, one_host: Loaded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where answers are lost, requests are not taken, and what is kept comes in many small chunks."""
    for module in ("decisions", "papers"):
        monkeypatch.setattr(f"indexing.hosts.{module}.CHUNK_BYTES", 100_000)
    loaded(environment, "csv", str(files.base))
    planned(environment, "csv", "--parts", "3", *files.loaded)
    settings = settings_of(environment)

    async def twice(number: int) -> list[Any]:
        both = [load_part(settings, PartRequest(number=number, workers=1, again=True)) for _ in range(2)]
        return await asyncio.gather(*both)

    with proxy(environment["CONTACTS_ELASTICSEARCH_URL"], busy=0.3, lost=0.3) as way:
        troubled = host(environment, tmp_path / "troubled", way.url)
        did_part(troubled, 2)
        assert way.seen["lost"] + way.seen["429"] + way.seen["503"]
    with warnings.catch_warnings():
        # As the program has it: what is sent is large.
        warnings.simplefilter("ignore", ResourceWarning)
        first, second = (timeless(msgspec.to_builtins(each)) for each in asyncio.run(twice(1)))
    assert first == second
    did_part(environment, 0)
    assert did_part(environment, 0)["again"]
    assert not did_part(environment, 0, "--again")["again"]
    assert outcome_of(environment, finished(environment, *FLAGS)) == one_host


def refuse_some(patched: pytest.MonkeyPatch) -> None:
    """The engine refuses the documents of whoever has a bad title."""
    encode, encode_all = ElasticsearchEncoder.encode, ElasticsearchEncoder.encode_all

    def spoilt(document: Document) -> Document:
        body = document.body.replace(b'"title":"Bad"', b'"nonsense":"Bad"')
        return msgspec.structs.replace(document, body=body)

    def spoilt_all(*given: Any) -> list[Document]:
        return list(map(spoilt, encode_all(*given)))

    patched.setattr(ElasticsearchEncoder, "encode", staticmethod(lambda *given: spoilt(encode(*given))))
    patched.setattr(ElasticsearchEncoder, "encode_all", staticmethod(spoilt_all))


def test_bad_documents_end_no_load_and_count_as_on_one_host(
    environment: dict[str, str], tmp_path: Path, own_index: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first, the last, one between and all rows of a contact: what they had is not counted as filled."""
    refuse_some(monkeypatch)
    titles = ["Bad", "CEO", "CEO", "Bad", "Bad", "Bad", "CEO", "Bad", "CEO", "CEO"] * 4
    rows = [f"p{at % 10}@one.example,{title},{'Ulm' if at % 3 else ''}\n" for at, title in enumerate(titles)]
    rows[30:] = [row.replace("CEO", "Bad") if "p2@" in row or "p6@" in row else row for row in rows[30:]]
    path = tmp_path / "people.csv"
    path.write_text("Email,Title,City\n" + "".join(rows))
    flags = ("--max-rejects", "90%")
    alone = environment | {"CONTACTS_INDEX": own_index("hosts-alone")}
    summary = timeless(loaded(alone, "csv", str(path), "--workers", "1", *flags))
    planned(environment, "csv", "--parts", "4", str(path))
    for number in range(4):
        did_part(environment, number)
    assert timeless(finished(environment, *flags)) == summary
    assert live(environment) == live(alone)
    assert summary["rejected"] > 10
    assert rejects(environment)[0]["reason"].startswith("refused by the engine: strict_dynamic_mapping")


def test_who_is_no_longer_in_the_source_does_not_live_on_and_what_is_refused_can_be_allowed(
    environment: dict[str, str], tmp_path: Path
) -> None:
    loaded(environment, "csv", "-", stdin=people(60))
    path = tmp_path / "people.csv"
    path.write_text(people(25, 50))
    planned(environment, "csv", "--parts", "2", str(path))
    did_part(environment, 0)
    did_part(environment, 1)
    said = refused(environment, "finish")
    assert "25 contacts would replace 60; if that is meant, say --allow-shrink" in said
    assert "the parts stay as they are" in said
    # It is not taken for a load that is done, and parts can be done again.
    assert [store["contacts"] for store in status(environment)["stores"]] == [60]
    assert not did_part(environment, 0, "--again")["again"]
    summary = finished(environment, "--allow-shrink")
    assert (summary["kept"], summary["new"], summary["gone"]) == (10, 15, 50)
    assert {contact["uuid"] for contact in live(environment)} == {f"id-{at:06}" for at in range(50, 75)}
    back = contacts(environment, "index", "rollback", "--json")
    assert json.loads(back.stdout)["contacts"] == 60


def test_what_changed_since_the_plan_is_refused_and_an_error_freezes_nothing(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(people(60))
    planned(environment, "csv", "--parts", "3", str(path))
    did_part(environment, 0)
    path.write_text(people(60, title="CTO"))
    said = refused(environment, "part", "1")
    assert "people.csv is not what it was when the load was planned: its size or its bytes differ" in said
    assert "2 of 3 parts are not done: 1, 2" in refused(environment, "finish")
    path.unlink()
    assert "people.csv can't be read: No such file" in refused(environment, "part", "1")
    # Another host has the file elsewhere, with another time.
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "people.csv").write_text(people(60))
    for number in (2, 1):
        did_part(environment, number, "--directory", str(tmp_path / "there"))
    with monkeypatch.context() as patched:
        patched.setattr(part_module, "MAPPING_VERSION", 1)
        for command in (["part", "1", "--again"], ["finish"]):
            said = refused(environment, *command)
            assert "planned by another version of this software" in said
            assert "abandon" in said
    assert "there are 0 to 2" in refused(environment, "part", "3")
    assert finished(environment)["indexed"] == 60


def test_a_part_that_reads_otherwise_than_the_plan_spoils_the_load(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a version that tells keys otherwise would: then nobody can say any more what is in the index."""
    path = tmp_path / "people.csv"
    path.write_text(people(30))
    planned(environment, "csv", "--parts", "2", str(path))
    did_part(environment, 1)
    with monkeypatch.context() as patched:
        patched.setattr("indexing.encoding.claims_of", _misread)
        said = refused(environment, "part", "0", "--workers", "1")
    assert "part 0 was read otherwise than it was planned" in said
    did_part(environment, 0)
    assert "read otherwise" in refused(environment, "finish")
    with monkeypatch.context() as patched:
        write = SharedElasticsearchLoader.write

        async def write_and_touch(self: SharedElasticsearchLoader, documents: Sequence[Document]) -> list[Refusal]:
            os.utime(path, (1, 1))
            return await write(self, documents)

        patched.setattr(SharedElasticsearchLoader, "write", write_and_touch)
        refused(environment, "part", "0", "--workers", "1", "--again")
    assert "people.csv was changed while part 0 was read; see that" in refused(environment, "finish")
    contacts(environment, "index", "abandon")
    assert status(environment) == {"stores": [], "interrupted": None}


def _misread(rows: Sequence[int], columns: ContactColumns) -> list[Claim]:
    return [msgspec.structs.replace(claim, contact=claim.contact + 2) for claim in claims_of(rows, columns)]


async def joined(environment: dict[str, str]) -> SharedElasticsearchLoader:
    loader = SharedElasticsearchLoader(settings_of(environment))
    await loader.join()
    return loader


async def write_too_late(loader: SharedElasticsearchLoader) -> list[str]:
    """What is said of each way to write."""
    document = loader.encoder.encode(1, ContactCompleteItem(uuid="id-1"))
    said = []
    for attempt in (loader.write([document]), loader.keep("done-0", b""), loader.shared()):
        with pytest.raises(Superseded) as refusal:
            await attempt
        said.append(str(refusal.value))
    await loader.close()
    return said


def test_meanwhile_no_other_load_begins_and_abandon_leaves_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    """Whoever was asleep meanwhile can't write, nor make anything anew by trying to."""
    loaded(environment, "csv", "-", stdin=people(20))
    path = tmp_path / "people.csv"
    path.write_text(people(30, 5))
    before = indices(environment)
    plan = planned(environment, "csv", "--parts", "2", str(path))
    did_part(environment, 1)
    elsewhere = host(environment, tmp_path / "elsewhere")
    for command in (["plan", "csv", "--parts", "2", str(path)], ["csv", str(path)], ["csv", "--update", str(path)]):
        said = refused(elsewhere, *command)
        assert f"many hosts are loading into {environment['CONTACTS_INDEX']} ({plan['store']})" in said
        assert "`contacts index finish` ends that load, and `contacts index abandon` removes it" in said
    assert "many hosts are loading" in refused(environment, "rollback")
    with asyncio.Runner() as runner:
        sleeper = runner.run(joined(environment))
        done = contacts(elsewhere, "index", "abandon")
        assert done.stdout == f"removed {plan['store']}, and all that was kept for it\n"
        said_late = runner.run(write_too_late(sleeper))
    assert len(said_late) == 3
    assert all("has been finished or abandoned meanwhile" in each for each in said_late)
    assert indices(environment) == before
    for command in (["abandon"], ["finish"], ["part", "0"]):
        assert "no load over many hosts is under way" in refused(environment, *command)
    assert len(live(environment)) == 20


def test_the_parts_stand_in_the_index_and_a_crash_behind_the_swap_is_made_up_for(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "people.csv"
    path.write_text(people(12))
    plan = planned(environment, "csv", "--parts", "2", str(path))
    check_parts(environment, plan["store"], path)
    did_part(environment, 1)
    shown = contacts(environment, "index", "status").stdout
    assert f"Many hosts load into {plan['store']}: 1 of 2 parts are done." in shown
    did_part(environment, 0)

    async def crash(self: object) -> None:
        raise OSError("the host is gone")

    async def superseded(self: object, *_: object) -> int:
        raise Superseded("somebody else has the lock")

    with monkeypatch.context() as patched:
        patched.setattr(SharedElasticsearchLoader, "finish", superseded)
        assert "somebody else has the lock" in refused(environment, "finish")
    asyncio.run(tell_of_another_line(environment))
    assert "the parts of people.csv have 14 lines together, and the whole has 13" in refused(environment, "finish")
    did_part(environment, 0, "--again")
    with monkeypatch.context() as patched:
        patched.setattr(SharedElasticsearchLoader, "unshare", crash)
        refused(environment, "finish")
    assert len(live(environment)) == 12
    assert "12 contacts are live." in contacts(environment, "index", "finish", *files_of(environment)).stdout
    assert len(indices(environment)) == 1


async def tell_of_another_line(environment: dict[str, str]) -> None:
    """Have part 0 say that there was a blank line more."""
    loader = await joined(environment)
    papers = Papers(loader)
    done = await papers.get("done-0", DonePart)
    assert done.lines is not None
    await papers.put("done-0", msgspec.structs.replace(done, lines=done.lines + Lines(read=1, blank=1)))
    await loader.close()


def check_parts(environment: dict[str, str], store: str, path: Path) -> None:
    """They stand in the index itself: ranges of bytes, each from the beginning of a row."""
    with urllib.request.urlopen(
        f"{environment['CONTACTS_ELASTICSEARCH_URL']}/{store}/_mapping", timeout=60
    ) as response:
        meta = json.load(response)[store]["mappings"]["_meta"]
    (begin, middle), (again, end) = ((part["begin"], part["end"]) for part in meta["parts"])
    assert (begin, middle, end) == (len("uuid,Email,Title\n"), again, path.stat().st_size)
    assert path.read_bytes()[middle - 1 : middle + 3] == b"\nid-"
    assert meta["mapping"] > 0


def test_a_plan_that_fails_or_is_killed_leaves_nothing_in_the_way(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, empty = tmp_path / "people.csv", tmp_path / "empty.csv"
    path.write_text(people(12))
    empty.write_text("Email\n")
    assert "the source has no rows" in refused(environment, "plan", "csv", "--parts", "2", str(empty))
    assert indices(environment) == set()

    async def killed_before(self: object, *_: object) -> None:
        raise KeyboardInterrupt

    async def nothing(self: object) -> None: ...

    with monkeypatch.context() as patched:
        patched.setattr(SharedElasticsearchLoader, "share", killed_before)
        patched.setattr(SharedElasticsearchLoader, "abort", nothing)
        refused(environment, "plan", "csv", "--parts", "2", str(path), code=130)
    assert len(indices(environment)) == 4
    assert "removed" in contacts(environment, "index", "abandon").stdout
    assert indices(environment) == set()


def test_packed_files_and_standard_input_are_one_part_each(environment: dict[str, str], tmp_path: Path) -> None:
    text = people(40)
    with proxy(environment["CONTACTS_ELASTICSEARCH_URL"], lost=0.6) as way:
        way.spoils = b"-plan HTTP"
        there = host(environment, tmp_path / "there", way.url)
        outcome = contacts(there, "index", "plan", "csv", "--parts", "3", "-", stdin=text)
        assert way.seen["lost"]
    assert [line.split() for line in outcome.stdout.splitlines()[1:4]] == [
        ["0", "standard", "input", "40"],
        ["1", "(nothing)", "0"],
        ["2", "(nothing)", "0"],
    ]
    for number in (1, 2):
        assert did_part(environment, number)["rows"] == 0
    other = contacts(environment, "index", "part", "0", stdin=people(40, 1))
    assert (other.returncode, "standard input is not what it was" in other.stderr) == (1, True)
    outcome = contacts(environment, "index", "part", "0", "--workers", "1", stdin=text)
    assert outcome.stdout.startswith("part 0 is done, in ")
    assert outcome.stdout.endswith(": 40 rows read, 40 accepted, 0 rejected; 0 values could not be read\n")
    assert "is done already" in contacts(environment, "index", "part", "0").stdout
    assert finished(environment)["live"] == 40


def test_who_may_read_contacts_only_is_told_of_the_loads_alone(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def denied(self: object) -> str:
        raise EngineDenied("not for you")

    monkeypatch.setattr(SharedElasticsearchLoader, "under_way", denied)
    assert status(environment) == {"stores": [], "interrupted": None}


def test_an_update_is_for_one_host(environment: dict[str, str]) -> None:
    assert " postgres " in contacts(environment, "index", "plan", "--help").stdout
    said = refused(environment, "plan", "csv", "--parts", "2", "--update", "x.csv", code=2)
    assert "--update is for one host: contacts index csv --update" in said
