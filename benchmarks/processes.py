"""Commands run as processes of their own, and what they took."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

_TICKS = os.sysconf("SC_CLK_TCK")

# In between stands a process of its own: what it reports is of its children only, the command and its workers.
_RUNNER = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
code = subprocess.call(sys.argv[1:])
seconds, used = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([seconds, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024]))
sys.exit(code)
"""


class Finished(msgspec.Struct, frozen=True):
    """What a command took, and printed.

    Attributes:
        seconds: from start to end.
        cpu: seconds that all its processes were at work.
        mebibytes: of its largest process.
        lines: of its standard output.
    """

    seconds: float
    cpu: float
    mebibytes: int
    lines: list[str]


def run(command: Sequence[str], environment: Mapping[str, str], code: Path | None = None) -> Finished:
    """Run a command to its end, with the modules of this checkout or of the one at `code`.

    Raises:
        SystemExit: it failed, with what it said.
    """
    done = subprocess.run(
        [sys.executable, "-c", _RUNNER, *command],
        env=environment_for(environment, code),
        cwd=code,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    *lines, took = done.stdout.splitlines()
    return Finished(*msgspec.json.decode(took, type=tuple[float, float, int]), lines)


def environment_for(environment: Mapping[str, str], code: Path | None) -> dict[str, str]:
    """`environment` for a process that finds its modules in the checkout at `code`, and is started there.

    It keeps compiled modules, as where it is installed: else each process compiles them all.
    """
    kept = {name: value for name, value in environment.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept if code is None else {**kept, "PYTHONPATH": str(code)}


def worked(process: int) -> float:
    """Seconds that a process, all its threads, and those that it started have been at work."""
    ticks = 0
    for each in (process, *children(process)):
        # One may end meanwhile; what it took counts for who started it then.
        with suppress(FileNotFoundError, ProcessLookupError):
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / _TICKS


def children(process: int) -> set[int]:
    """The processes that a process started, and that are there."""
    listed = [each.read_text().split() for each in Path(f"/proc/{process}/task").glob("*/children")]
    return {int(number) for numbers in listed for number in numbers}
