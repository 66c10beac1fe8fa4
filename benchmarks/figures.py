"""What a figure is, what it should be and what came of it: the words that benchmarks and their results share."""

from collections.abc import Mapping

import msgspec

MILLION = 1_000_000


class Target(msgspec.Struct, frozen=True):
    """The bound of a value, which may be as large or, if it is the `least`, as small as that."""

    bound: float
    least: bool = False

    def met(self, value: float) -> bool:
        """Whether a value is within it."""
        return value >= self.bound if self.least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {number(self.bound)}"


def at_most(bound: float) -> Target:
    """The target of what should be small."""
    return Target(bound)


def at_least(bound: float) -> Target:
    """The target of what should be large."""
    return Target(bound, least=True)


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the results.

    Attributes:
        name: what is measured, and what it is divided by.
        engine: of whose contacts, if it is measured on each.
        unit: of its value and its target; nothing for a ratio.
        at: contacts that the target is for: with fewer it is not judged.
        instead: the name of another figure of the same benchmark and engine; it is enough if either meets its target.
        beside_before: it is measured once for each commit that this one is compared with.
    """

    name: str
    target: Target | None = None
    engine: str = ""
    unit: str = ""
    at: int = 0
    instead: str = ""
    beside_before: bool = False

    def measured(
        self, value: float, contacts: int = 0, before: str = "", beside: Mapping[str, float] | None = None
    ) -> "Measured":
        """What came of it; see there."""
        assert bool(before) is self.beside_before, self.name
        return Measured(
            figure=self.name,
            engine=self.engine,
            value=value,
            contacts=contacts,
            before=before,
            beside=dict(beside or {}),
        )


class Measured(msgspec.Struct, frozen=True, kw_only=True, tag="figure", tag_field="kind", omit_defaults=True):
    """What came of a figure, as a line of JSON.

    Attributes:
        contacts: how many it was measured with; 0 where their number plays no part.
        before: the commit that was compared with.
        beside: what the value is made of or stands beside, by name.
        benchmark, run, at: which measured it, in which run (`Run.at`), and when that was. Whoever runs them notes it.
    """

    figure: str
    engine: str = ""
    value: float
    contacts: int = 0
    before: str = ""
    beside: dict[str, float] = {}
    benchmark: str = ""
    run: str = ""
    at: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True, tag="run", tag_field="kind"):
    """A run of benchmarks, as the line of JSON that its figures come after.

    Attributes:
        at: when it began, in UTC.
        commit: of the code; `changed` if files differed from it.
        processors, gibibytes, processor: what kind of machine it was.
        load: processes that had something to do there when it began, on average of a minute: of one that is quiet, 0.
        versions: program → its version.
    """

    at: str
    commit: str
    changed: bool
    processors: int
    gibibytes: int
    processor: str
    load: float
    versions: dict[str, str]


def number(value: float) -> str:
    """A number for people: three digits that count, and all of a large one."""
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{float(f'{value:.3g}'):g}"
