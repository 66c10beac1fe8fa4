"""How long commands take to start, and what a service that nobody asks holds."""

import statistics
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_most
from benchmarks.memory import resident_of_all
from benchmarks.processes import run as run_command
from benchmarks.stores import ENGINES, Loaded
from indexing.cli.server_process import CONTACTS, free_port
from tests.harness.service import environment_of, running

_STARTS = 5
_SETTLING_SECONDS = 1.0
_PATIENCE_SECONDS = 60.0

HELP = Figure(name="`contacts --help`, CPU", unit="s", target=at_most(0.25))
READY = {
    engine: Figure(name="`contacts serve` until it is ready", engine=engine, unit="s", target=at_most(1.5))
    for engine in ENGINES
}
IDLE = {
    engine: Figure(name="memory of a service that nobody asks", engine=engine, unit="MiB", target=at_most(120))
    for engine in ENGINES
}


def run(bench: Bench) -> Iterator[Measured]:
    """The command, then the service on few contacts of each engine."""
    starts = bench.sizes.rounds(_STARTS)
    environment = environment_of(bench.stores.directory)
    helps = [run_command([*CONTACTS, "--help"], environment) for _ in range(starts)]
    seconds = statistics.median(each.seconds for each in helps)
    yield HELP.measured(statistics.median(each.cpu for each in helps), beside={"elapsed": seconds})
    for engine in bench.sizes.engines:
        store = bench.store(engine, bench.sizes.few)
        ready = statistics.median(_until_ready(store) for _ in range(starts))
        yield READY[engine].measured(ready, store.contacts)
        with running(store.environment) as service:
            time.sleep(_SETTLING_SECONDS)
            idle = resident_of_all(service.process.pid)
        yield IDLE[engine].measured(idle, store.contacts)


def _until_ready(store: Loaded) -> float:
    """Seconds from the start of a service until it says that it is ready."""
    port = free_port()
    command = [*CONTACTS, "serve", "--port", str(port)]
    started = time.perf_counter()
    with subprocess.Popen(command, env=store.environment) as process:
        try:
            while not _is_ready(f"http://127.0.0.1:{port}/health/ready"):
                if process.poll() is not None or time.perf_counter() - started > _PATIENCE_SECONDS:
                    raise SystemExit("the service did not become ready")
                time.sleep(0.005)
            return time.perf_counter() - started
        finally:
            process.terminate()


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=_PATIENCE_SECONDS):
            return True
    except (urllib.error.URLError, OSError):
        return False


BENCHMARK = Benchmark(
    words="How long commands take to start, and what a service holds that nobody asks",
    figures=(HELP, *READY.values(), *IDLE.values()),
    run=run,
    seconds=30,
    fixed=30,
)
