"""How the process begins and ends, by processes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from indexing.cli import entry, interrupts
from indexing.cli.server_process import CONTACTS
from tests.harness.loads import duckdb_environment
from tests.harness.processes import as_process_one, heeding_interrupts

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]

WHILE_IMPORTING = """
import os, sys
from indexing.cli.entry import main

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            # As the classes of some packages do. Python would end itself by the signal then.
            exec("os.kill(os.getpid(), {number})", {{"os": os}})

sys.meta_path.insert(0, Finder())
main()
"""


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, said = process.communicate(timeout=60)
    return process.returncode, said


@pytest.fixture(autouse=True)
def _as_in_the_foreground():
    with heeding_interrupts():
        yield


@pytest.mark.parametrize("number", SIGNALS)
@pytest.mark.parametrize("name", ["indexing.cli.main", "api.settings", "search.fields"])
def test_interrupted_before_it_has_begun(number, name):
    code = WHILE_IMPORTING.format(name=name, number=int(number))
    outcome = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (outcome.returncode, outcome.stdout, outcome.stderr) == (130, "", "error: interrupted\n")


@pytest.mark.parametrize("number", SIGNALS)
def test_interrupted_while_it_works(number, tmp_path):
    pipe = tmp_path / "people.csv"
    os.mkfifo(pipe)
    command = [*CONTACTS, "index", "csv", str(pipe)]
    with subprocess.Popen(command, env=duckdb_environment(tmp_path), stderr=subprocess.PIPE, text=True) as process:
        with pipe.open("w"):
            # It reads now.
            process.send_signal(number)
            process.send_signal(number)
        assert ended(process) == (130, "error: interrupted\n")


def test_process_1_of_a_container_is_interrupted_like_any_other(tmp_path):
    """It is sent no signal that it does not handle itself."""
    pipe = tmp_path / "people.csv"
    os.mkfifo(pipe)
    command = [*as_process_one(), *CONTACTS, "index", "csv", str(pipe)]
    with subprocess.Popen(command, env=duckdb_environment(tmp_path), stderr=subprocess.PIPE, text=True) as process:
        with pipe.open("w"):
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            os.kill(int(children[0]) if command[0] == "unshare" else process.pid, signal.SIGTERM)
        code, said = ended(process)
    assert (code, said.splitlines()[0]) == (130, "error: interrupted")


def test_what_can_not_be_broken_off_is_left_after_a_while(tmp_path):
    pipe = tmp_path / "people.csv"
    os.mkfifo(pipe)
    code = "from indexing.cli import entry, interrupts\ninterrupts.END_SECONDS = 0.3\nentry.main()"
    command = [sys.executable, "-c", code, "index", "csv", str(pipe)]
    started = subprocess.Popen(command, env=duckdb_environment(tmp_path), stderr=subprocess.PIPE, text=True)
    with started as process, pipe.open("w"):
        process.send_signal(signal.SIGTERM)
        assert ended(process) == (130, "error: interrupted\n")


def test_a_reader_who_has_enough(tmp_path):
    command = [*CONTACTS, "sample", "20000"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert (process.stderr.read(), process.wait(60)) == (b"", 1)


def test_output_that_can_not_be_written(tmp_path):
    with Path("/dev/full").open("w") as stdout:
        outcome = subprocess.run(
            [*CONTACTS, "sample", "3"], stdout=stdout, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    assert outcome.returncode == 1
    assert outcome.stderr.startswith("error: ")
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code"), [(["--help"], 0), (["count", "https://example.com"], 1), (["count"], 2), (["fly"], 2)]
)
def test_exit_codes(arguments, code, tmp_path):
    outcome = subprocess.run(
        [*CONTACTS, *arguments],
        env=duckdb_environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert outcome.returncode == code
    assert outcome.stderr.count("\n") == (code > 0)


# What of it can be run here


def test_the_code_is_that_of_the_command(monkeypatch):
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    for raised, code in ((SystemExit(2), 2), (None, 0)):

        def run(raised: BaseException | None = raised) -> None:
            if raised is not None:
                raise raised

        monkeypatch.setattr("indexing.cli.main.main", run)
        with pytest.raises(SystemExit) as end:
            entry.main()
        assert end.value.code == code


def test_where_nothing_is_left_it_ends_at_once(monkeypatch):
    def end(code: int) -> None:
        raise RuntimeError(f"ended with {code}")

    def run() -> None:
        raise entry.NothingLeft

    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr("indexing.cli.main.main", run)
    monkeypatch.setattr(entry.os, "_exit", end)
    with pytest.raises(RuntimeError, match="ended with 0"):
        entry.main()


def test_an_interrupt_that_nobody_else_took(monkeypatch, capfd):
    def run() -> None:
        raise KeyboardInterrupt

    def end(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr("indexing.cli.main.main", run)
    monkeypatch.setattr(interrupts.os, "_exit", end)
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert (ended.value.code, capfd.readouterr().err) == (130, "error: interrupted\n")


def test_what_nobody_reads_is_dropped(monkeypatch):
    ours, theirs = os.pipe()
    os.close(ours)
    with os.fdopen(theirs, "w") as broken:
        broken.write("a line\n")
        monkeypatch.setattr(sys, "stdout", broken)
        entry._let_go_of_output()
        broken.flush()


def test_on_windows_it_says_where_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SystemExit, match=r"^error: contacts runs on Linux and macOS; on Windows use it in WSL 2 or"):
        entry.main()


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("arguments", ["users list", "users create ada@example.com --password-stdin", "users"])
def test_streams_that_are_closed_are_not_missed(tmp_path, closed, arguments):
    """Nor does a file that is opened take their number, so that what is printed would be written into it."""
    command = f"exec {' '.join(CONTACTS)} {arguments} {closed}"
    outcome = subprocess.run(
        ["bash", "-c", command], env=duckdb_environment(tmp_path), input="long enough\n",
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in outcome.stderr
    assert "which should not be" not in outcome.stderr
    expected = {"users list": 0, "users": 2}
    assert outcome.returncode == expected.get(arguments, 1 if "<&-" in closed else 0)
