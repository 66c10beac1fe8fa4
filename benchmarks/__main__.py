"""`python -m benchmarks`: loads sample contacts into a real Elasticsearch, starts the service, prints the figures."""

import argparse
import json
import os
import tempfile
from pathlib import Path

import msgspec

from benchmarks import analysis, search
from tests.servers import elasticsearch_server
from tests.service import contacts, environment_of, running

INDEX = "benchmark"
TARGET_RATIO = 1.10
TARGET_ANALYZE = 40.0


def main() -> None:
    """Run the benchmarks; the exit code is 0 whether or not a target is met: the table says which are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--contacts", type=int, default=100_000, help="sample contacts to load (default 100000)")
    parser.add_argument("--rounds", type=int, default=search.ROUNDS, help="pairs of requests of each kind")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    figures: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name, elasticsearch_server(heap="2g") as url:
        directory = Path(name)
        environment = environment_of(
            directory,
            CONTACTS_ENGINE="elasticsearch",
            CONTACTS_ELASTICSEARCH_URL=url,
            CONTACTS_INDEX=INDEX,
        )
        load(environment, directory, options.contacts)
        with running(environment) as service:
            for figure, compared in search.run(service, url, INDEX, options.rounds).items():
                # A count alone has no target: what it is to be measured by is the throughput of many.
                target = {"target": f"<= {TARGET_RATIO}", "met": compared.ratio <= TARGET_RATIO}
                figures.append(
                    {"figure": f"{figure} over WebSocket / bare client, p50"}
                    | (target if figure == "search 25" else {})
                    | msgspec.to_builtins(compared)
                )
    for figure, microseconds in analysis.run().items():
        limit = {"target": f"<= {TARGET_ANALYZE} us", "met": microseconds <= TARGET_ANALYZE}
        figures.append(
            {"figure": f"{figure}, median real URL, us", "ours": microseconds} | (limit if figure == "analyze" else {})
        )
    show(figures, as_json=options.json)


def load(environment: dict[str, str], directory: Path, number: int) -> None:
    """Sample contacts, through the command line as a user would."""
    sample = directory / "sample.csv"
    for arguments in (
        ("sample", str(number), "--out", str(sample)),
        ("index", "csv", str(sample), "--rejects", str(directory / "rejects.ndjson")),
    ):
        outcome = contacts(environment, *arguments)
        if outcome.returncode:
            raise SystemExit(outcome.stderr)
        print(outcome.stdout, end="")


def show(figures: list[dict[str, object]], *, as_json: bool) -> None:
    """The figures as a table, or as JSON."""
    if as_json:
        print(json.dumps({"cpus": os.cpu_count(), "figures": figures}, indent=2))
        return
    for entry in figures:
        values = ", ".join(
            f"{name} {value:.3f}" if isinstance(value, float) else f"{name} {value}"
            for name, value in entry.items()
            if name != "figure"
        )
        print(f"{entry['figure']}: {values}")


if __name__ == "__main__":
    main()
