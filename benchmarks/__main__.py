"""`python -m benchmarks [NAME…]`: the performance figures, each beside its peer or its target, a line of JSON each.

By default those that take minutes. Each is also a module of its own with options: `python -m benchmarks.search --help`.
"""

import argparse
from collections.abc import Sequence

from benchmarks import (
    analysis,
    console,
    counting,
    explaining,
    exporting,
    faceting,
    indexing,
    messy,
    neighbour,
    search,
    streaming,
)

FIGURES = {
    "analysis": analysis.main,
    "search": search.main,
    "counting": counting.main,
    "explaining": explaining.main,
    "faceting": faceting.main,
    "exporting": exporting.main,
    "indexing": indexing.main,
    "messy": messy.main,
    "streaming": streaming.main,
    "neighbour": neighbour.main,
    "console": console.main,
}
DEFAULT = ["analysis", "search", "counting", "explaining", "exporting", "indexing"]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run them in turn; the exit code is 0 whether or not a target is met: the lines say which are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(FIGURES)}")
    names = parser.parse_args(arguments).names or DEFAULT
    if unknown := [name for name in names if name not in FIGURES]:
        parser.error(f"no benchmark is named {unknown[0]!r}; there are {', '.join(FIGURES)}")
    for name in names:
        FIGURES[name]([])


if __name__ == "__main__":
    main()
