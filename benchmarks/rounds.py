"""The command line of figures that are measured in rounds, on each engine with contacts of its own."""

import argparse
from collections.abc import Callable, Sequence

from benchmarks.stores import ENGINES, Loaded, loaded

Report = Callable[[str, Loaded, int, int], None]
"""Measures a service on one engine and prints its figures: the engine's name, where the contacts are, how many there
are, and the rounds that count."""


def run(name: str, words: str | None, report: Report, arguments: Sequence[str] | None) -> None:
    """Parse the `arguments` of `benchmarks.<name>`, which `words` describe, and `report` on each engine.

    The exit code is 0 whether or not a target is met.
    """
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{name}", description=words)
    parser.add_argument("--contacts", type=int, default=100_000, help="sample contacts (default 100000)")
    parser.add_argument("--rounds", type=int, default=100, help="rounds that count (default 100)")
    parser.add_argument("--engine", choices=ENGINES, action="append", help="default both")
    options = parser.parse_args(arguments)
    for engine in options.engine or ENGINES:
        with loaded(engine, options.contacts) as store:
            report(engine, store, options.contacts, options.rounds)
