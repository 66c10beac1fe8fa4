"""How the answer of `compare_urls` is shown to people: three tables."""

from collections.abc import Iterable, Sequence

import msgspec

from indexing.cli.terminal import Table, print_table
from mappings.comparison import ComparedParameter, Comparison
from mappings.counts import Count


def print_comparison(data: bytes, urls: Sequence[str]) -> None:
    """The `data` of an answer: how many each of `urls` finds, who is found by which, and what each difference changes.

    URLs have numbers from 0, as the JSON has.
    """
    answer = msgspec.json.decode(data, type=Comparison)
    found = [
        (str(number), str(count), url) for number, (count, url) in enumerate(zip(answer.counts, urls, strict=True))
    ]
    print_table(Table(("url", "contacts", ""), [*found, ("any", str(answer.union), "")]))
    regions = [(_numbers(region.in_), _numbers(region.not_), str(region.count)) for region in answer.regions]
    print_table(Table(("found by", "not by", "contacts"), regions))
    if answer.parameters:
        rows = [row for parameter in answer.parameters for row in _differences(parameter)]
        print_table(Table(("parameter", "url", "values", "url 0 with these"), rows))


def _differences(parameter: ComparedParameter) -> Iterable[tuple[str, str, str, str]]:
    """A row for each of the URLs."""
    for number, (values, change) in enumerate(zip(parameter.values, parameter.change, strict=True)):
        yield (parameter.name if number == 0 else "", str(number), ", ".join(values), _change(change))


def _change(change: Count | None) -> str:
    match change:
        case None:
            return ""
        case int():
            return f"{change:+}"
    return change


def _numbers(urls: Iterable[int]) -> str:
    return ", ".join(map(str, urls))
