"""What a benchmark is, and what it is given: how much of everything, the stores to ask, and what to compare with."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from benchmarks.figures import Figure, Measured
from benchmarks.stores import ENGINES, Loaded, Stores


class Checkout(msgspec.Struct, frozen=True):
    """A working tree of an earlier version of this software, which runs in the same environment."""

    path: Path
    commit: str


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """How much is measured.

    Attributes:
        contacts: that are searched; a tenth of them are exported, and loaded again and again.
        most_rounds: of anything; as many as each benchmark has by itself where it is `None`.
        engines: those to measure.
    """

    contacts: int
    most_rounds: int | None = None
    engines: tuple[str, ...] = ENGINES

    @property
    def few(self) -> int:
        """A tenth of the contacts."""
        return max(1, self.contacts // 10)

    def rounds(self, usual: int) -> int:
        """How many rounds, of a benchmark that usually has so many."""
        return usual if self.most_rounds is None else min(usual, self.most_rounds)


class Bench:
    """What a benchmark is given.

    Attributes:
        befores: the versions to compare with.
        say: tells whoever waits what is going on.
    """

    def __init__(
        self, sizes: Sizes, stores: Stores, befores: tuple[Checkout, ...], say: Callable[[str], object]
    ) -> None:
        self.sizes, self.stores, self.befores, self.say = sizes, stores, befores, say
        self._numbers = 0

    def fresh(self, count: int) -> range:
        """Numbers of filters (`benchmarks.filters`) that nobody has had: no engine has seen what they ask for."""
        first = self._numbers
        self._numbers += count
        return range(first, first + count)

    def store(self, engine: str, contacts: int | None = None, before: Checkout | None = None) -> Loaded:
        """So many contacts on an engine, loaded by this version or by the one before; by default as many as are
        searched. Those of one kind are loaded once in a run."""
        number = self.sizes.contacts if contacts is None else contacts
        self.say(f"{number:,} contacts on {engine}{f', loaded by {before.commit}' if before else ''}")
        return self.stores.loaded(engine, number, before.path if before else None)

    def on_each_engine(self) -> Iterator[tuple[str, Loaded]]:
        """The engines that are measured, each with all contacts."""
        for engine in self.sizes.engines:
            yield engine, self.store(engine)


class Benchmark(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the table of benchmarks.

    Attributes:
        words: what it does, in a line.
        figures: all that it measures, in the order of the results.
        run: measures them. Not all of them may come: there may be no version to compare with, or one engine only.
        seconds: about how long it takes on two processors, apart from the stores, with a million contacts.
        fixed: of these, those that do not depend on the number of contacts.
    """

    words: str
    figures: tuple[Figure, ...]
    run: Callable[[Bench], Iterator[Measured]]
    seconds: float
    fixed: float = 0.0


def checkout(path: Path) -> Checkout:
    """The working tree at `path`. Raises `CalledProcessError` where it is none."""
    ask = ["git", "-C", str(path), "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip()
    return Checkout(path.resolve(), commit)
