"""`contacts index …` as a user runs it, on both engines: summaries, exit codes, updates, the way back."""

import gzip
import json
import subprocess
import time
from pathlib import Path

import pytest

from indexing.cli.places import contacts_place
from indexing.cli.server_process import CONTACTS
from tests.harness.loads import (
    arguments,
    duckdb_environment,
    live,
    loaded,
    people,
    rejects,
    run_load,
    settings_of,
    status,
)
from tests.harness.service import contacts

AWKWARD = (
    "uuid,Email,Title,# Employees,Created At,Keywords\n"
    'id-1,a@one.example,"He said ""hi"",\nand left",11-50,2024-01-15,"a, b"\n'
    "id-2,d@one.example\n"
    "id-3,g@one.example,CEO,many,2024-01-15,\n"
    "id-4,j@one.example,CEO,5,2024-02-30,\n"
    "id-5,nul\0@x.y,CEO,5,,\n"
    "id-6,m@one.example,caf\udce9,5,,\n"
    "id-1,again@one.example,CTO,12,2024-01-16,\n"
    ",,,,,\n"
    "id-7,p@one.example,{long},1.5M,,x\n"
)


def test_every_awkward_row_is_accounted_for(environment: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "awkward.csv"
    path.write_bytes(AWKWARD.replace("{long}", "word " * 2_000_000).encode("utf-8", "surrogateescape"))
    summary = loaded(environment, "csv", str(path), "--max-rejects", "90%")
    assert (summary["rows"], summary["indexed"], summary["repeated"], summary["rejected"]) == (8, 6, 1, 1)
    assert [reject["line"] for reject in rejects(environment)] == [7]
    assert summary["lines"] == {"read": 11, "header": 1, "notes": 0, "blank": 1, "further": 1, "short": 1}
    assert {(kind["field"], kind["count"]) for kind in summary["repairs"]} == {("employees", 1), ("created_at", 1)}
    assert {reject["source"] for reject in rejects(environment)} == {"awkward.csv"}
    assert rejects(environment)[0]["row"]["email"] == "nul\0@x.y"
    found = {contact["uuid"]: contact for contact in live(environment)}
    assert set(found) == {"id-1", "id-2", "id-3", "id-4", "id-6", "id-7"}
    assert (found["id-1"]["title"], found["id-1"]["employees"]) == ("CTO", 12)
    assert (found["id-3"]["employees"], found["id-4"]["created_at"]) == (None, None)
    assert len(found["id-7"]["title"]) == 2_000_000 * 5 - 1


def test_headers_are_shown_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "[bold]people.csv"
    path.write_text("uuid,[/red] Column,\x1b[2JClear\n1,x,y\n")
    shown = contacts(duckdb_environment(tmp_path), "index", "csv", str(path), "--dry-run")
    assert shown.returncode == 0, shown.stderr
    for text in ("[bold]people.csv", "[/red] Column", "\\x1b[2JClear"):
        assert text in shown.stdout
    refused = contacts(duckdb_environment(tmp_path), "index", "csv", str(path), "--map", "a\x1bb=email")
    assert refused.returncode == 1
    assert "a\\x1bb=email" in refused.stderr


def test_several_packed_files_as_one_load(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(people(3000).encode()))
    (tmp_path / "b.csv").write_text(people(2000, first=2500).replace(",", ";"))
    summary = loaded(environment, "csv", str(tmp_path / "a.csv.gz"), str(tmp_path / "b.csv"), "--workers", "2")
    assert (summary["rows"], summary["indexed"], summary["repeated"]) == (5000, 4500, 500)
    assert len(live(environment)) == 4500


def test_stores_are_kept_for_a_rollback(environment: dict[str, str]) -> None:
    for number in (5, 6, 7):
        loaded(environment, "csv", "-", "--keep", "1", stdin=people(number))
    stores = status(environment)["stores"]
    assert [(store["contacts"], store["live"]) for store in stores] == [(6, False), (7, True)]
    back = contacts(environment, "index", "rollback", "--json")
    assert json.loads(back.stdout)["contacts"] == 6
    assert len(live(environment)) == 6
    again = contacts(environment, "index", "rollback")
    place = contacts_place(settings_of(environment))
    assert (again.returncode, again.stderr) == (1, f"error: there is no earlier load to go back to in {place}\n")
    for number in (1, 0):
        gone = contacts(environment, "index", "rollback", "--to", stores[number]["name"])
        assert gone.stdout == f"{stores[number]['name']} is live again: {6 + number} contacts\n"
    unknown = contacts(environment, "index", "rollback", "--to", "x")
    assert (unknown.returncode, unknown.stderr) == (1, f"error: no load that is kept is called x in {place}\n")
    # The load that was gone back to is what the next one keeps.
    loaded(environment, "csv", "-", stdin=people(8))
    assert [store["contacts"] for store in status(environment)["stores"]] == [6, 8]


def test_status_before_the_first_load(environment: dict[str, str]) -> None:
    assert status(environment) == {"stores": [], "interrupted": None}


def test_rebuild_changes_nothing(environment: dict[str, str]) -> None:
    loaded(environment, "csv", "-", stdin=people(3000) + 'id-x,,"x, ""y""\nz"\n')
    before = live(environment)
    summary = loaded(environment, "rebuild")
    assert (summary["rows"], summary["indexed"], summary["rejected"]) == (3001, 3001, 0)
    assert live(environment) == before
    assert len(status(environment)["stores"]) == 2


def test_an_update_changes_what_it_has_columns_for_and_keeps_the_others(environment: dict[str, str]) -> None:
    loaded(
        environment,
        "csv",
        "-",
        stdin="uuid,Title,City,First Name\n" + "".join(f"{at},CEO,Paris,Ann\n" for at in range(10)),
    )
    for _ in range(2):
        summary = loaded(environment, "csv", "-", "--update", stdin="uuid,Title\n3,CTO\n10,CFO\n10,COO\n")
        assert (summary["rows"], summary["indexed"], summary["repeated"], summary["live"]) == (3, 2, 1, 11)
    found = {contact["uuid"]: (contact["title"], contact["city"]) for contact in live(environment)}
    assert len(found) == 11
    assert (found["3"], found["10"], found["4"]) == (("CTO", "Paris"), ("COO", None), ("CEO", "Paris"))
    url = "https://app.apollo.io/#/people?personTitles[]=cto"
    assert contacts(environment, "count", url).stdout.strip() == "1"


def test_an_update_needs_contacts(environment: dict[str, str]) -> None:
    outcome = run_load(environment, "csv", "-", "--update", stdin=people(1))
    assert (outcome.returncode, "--update" in outcome.stderr) == (1, True)
    assert status(environment) == {"stores": [], "interrupted": None}


def test_a_dry_run_shows_and_writes_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    text = "uuid,Work Email,# Employees,Note\n"
    text += "1,a@one.example,5,x\n1,a@one.example,5,x\n2,d@one.example,many,x\n,,,x\n3,,,\n"
    outcome = run_load(environment, "csv", "-", "--dry-run", "--map", "Work Email=email", stdin=text)
    looked = json.loads(outcome.stdout)
    assert (looked["rows"], looked["accepted"], looked["repeated"], looked["rejected"]) == (5, 3, 1, 1)
    assert looked["rejects_by_reason"] == {"the row names nobody": 1}
    columns = {"uuid": "uuid", "Work Email": "email", "# Employees": "employees", "Note": "custom"}
    assert looked["columns"] == {"standard input": columns}
    assert [example["uuid"] for example in looked["examples"]] == ["1", "1", "2"]
    assert rejects(environment) == []
    assert status(environment) == {"stores": [], "interrupted": None}
    assert contacts(environment, "index", "csv", "-", "--dry-run", stdin=text).stdout.endswith("Nothing was written.\n")


def test_a_load_into_an_alias_leaves_its_namesakes_alone(environment: dict[str, str]) -> None:
    other = environment | {"CONTACTS_INDEX": environment["CONTACTS_INDEX"] + "-eu"}
    loaded(other, "csv", "-", stdin=people(3))
    for _ in range(2):
        loaded(environment, "csv", "-", "--keep", "0", stdin=people(2))
    assert (len(live(other)), len(live(environment))) == (3, 2)
    assert len(status(environment)["stores"]) == 1


@pytest.fixture
def plain(tmp_path: Path) -> dict[str, str]:
    return duckdb_environment(tmp_path)


@pytest.mark.parametrize(
    ("flags", "code", "said"),
    [
        (["none.csv"], 1, "none.csv can't be read: No such file"),
        (["-", "--encoding", "klingon"], 1, "unknown encoding"),
        (["-", "--map", "Title"], 2, "is not COLUMN=FIELD"),
        (["-", "--map", "Title=post"], 1, "no field is named 'post'"),
        (["-", "--max-rejects", "200%"], 2, "is not a share"),
        (["-", "--workers", "0"], 2, "workers"),
        (["-", "--merge-seconds", "0"], 2, "merge-seconds"),
        (["-", "-"], 2, "only once"),
        (["-", "--resume"], 1, "no interrupted load to resume in /"),
        (["-", "--resume", "--dry-run"], 2, "exclude each other"),
        ([], 2, "FILE"),
    ],
)
def test_wrong_use(plain: dict[str, str], flags: list[str], code: int, said: str) -> None:
    outcome = run_load(plain, "csv", *flags, stdin=people(1))
    assert (outcome.returncode, outcome.stdout) == (code, "")
    assert said in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_a_load_has_the_engine_merge_unless_that_is_left(plain: dict[str, str]) -> None:
    assert '"stage":"merging"' in run_load(plain, "csv", "-", stdin=people(1)).stderr
    assert '"stage":"merging"' not in run_load(plain, "csv", "-", "--no-merge", stdin=people(1)).stderr


@pytest.mark.parametrize("command", ["csv", "postgres", "rebuild", "rollback", "status"])
def test_help_has_examples(plain: dict[str, str], command: str) -> None:
    shown = contacts(plain, "index", command, "--help").stdout
    assert "Example" in shown
    assert f"contacts index {command}" in shown


def test_the_summary_for_people(plain: dict[str, str], tmp_path: Path) -> None:
    arguments = ["index", "csv", "-", "--rejects", str(tmp_path / "rejects.ndjson"), "--max-rejects", "50%"]
    outcome = contacts(plain, *arguments, stdin=people(3).replace(",Title", ""))
    assert outcome.returncode == 1
    outcome = contacts(plain, *arguments, stdin=people(3) + "x,y,z,more\n")
    assert outcome.returncode == 0
    for said in ("rows read", "= indexed", "+ repeated", "+ rejected", "rejects.ndjson", "3 contacts are live"):
        assert said in outcome.stdout


def open_to_others(directory: Path) -> list[str]:
    """What somebody else could read there."""
    return [str(path) for path in (directory, *directory.rglob("*")) if path.stat().st_mode & 0o077]


def test_all_that_a_load_writes_is_its_owners_alone(tmp_path: Path) -> None:
    """While it runs and in the end; and so are the rejects and repairs."""
    environment = duckdb_environment(tmp_path)
    data = Path(environment["CONTACTS_DATA_DIR"])
    command = [*CONTACTS, *arguments(environment, "csv", "-", "--workers", "1")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, umask=0) as load:
        assert load.stdin is not None
        load.stdin.write(people(300).encode())
        load.stdin.flush()
        while not any(path.suffix == ".documents" for path in data.glob("*")):
            assert load.poll() is None
            time.sleep(0.01)
        assert len(list(data.iterdir())) > 3
        assert open_to_others(data) == []
        load.terminate()
    (tmp_path / "rejects.ndjson").touch(0o644)
    bad = tmp_path / "bad.csv"
    bad.write_text("uuid,Email,# Employees\na,a@one.example,many\nb,\0,1\n" + "".join(f"c{n},,5\n" for n in range(99)))
    outcome = run_load(environment, "csv", str(bad), "--max-rejects", "50%", "--allow-bad", "# Employees")
    assert outcome.returncode == 0, outcome.stderr
    assert (tmp_path / "rejects.ndjson").stat().st_size > 0
    assert open_to_others(data) + [str(path) for path in tmp_path.glob("*.ndjson") if path.stat().st_mode & 0o077] == []


def test_every_file_in_the_data_directory_has_a_name_that_is_known(tmp_path: Path) -> None:
    """Or it would stay open where an earlier version made it."""
    environment = duckdb_environment(tmp_path)
    data = Path(environment["CONTACTS_DATA_DIR"])
    run_load(environment, "csv", "-", "--max-rejects", "0", stdin=people(300) + "x,\0\n")
    loaded(environment, "csv", "-", stdin=people(300))
    created = contacts(environment, "users", "create", "a@one.example", "--password-stdin", stdin="long enough")
    assert created.returncode == 0, created.stderr
    for path in (data, *data.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    names = {path.name for path in data.iterdir()}
    assert len(names) > 3
    shown = contacts(environment, "index", "status")
    assert f"and {len(names)} more in {data}" in shown.stderr
    assert open_to_others(data) == []
