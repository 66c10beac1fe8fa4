"""URLs as commands are given them: as they are, on standard input in place of `-`, or by their parameters."""

import sys
from collections.abc import Mapping, Sequence
from typing import cast

import click
import msgspec

from api.actions.fields import FIELDS
from mappings.canonical import url_of
from mappings.url import LONGEST_URL, ApolloUrl, parse

_STDIN = "-"

_LONGEST_INPUT = 2 * LONGEST_URL
"""Bytes that are read of a URL on standard input, white space around it included."""

_MOST_LINES = 10
"""URLs on standard input: more than a command takes, so that it refuses them."""


def one_given(_context: click.Context, _parameter: click.Parameter, url: str | None) -> str | None:
    """The URL; `-` is standard input."""
    return _read(_LONGEST_INPUT).strip() if url == _STDIN else url


def several_given(_context: click.Context, _parameter: click.Parameter, urls: Sequence[str]) -> tuple[str, ...]:
    """The URLs; `-` stands for the lines of standard input that are not blank.

    Raises:
        click.UsageError: they are fewer or more than the field takes.
    """
    given: list[str] = []
    for url in urls:
        lines = _read(_MOST_LINES * _LONGEST_INPUT).splitlines() if url == _STDIN else [url]
        given += [line for line in map(str.strip, lines) if line]
    least, most = (cast("int", FIELDS["urls"].kind.schema[bound]) for bound in ("minItems", "maxItems"))
    if not least <= len(given) <= most:
        raise click.UsageError(f"Give {least} to {most} URLs, not {len(given)}.")
    return tuple(given)


def with_more(url: str | None, parameters: Mapping[str, Sequence[str]]) -> ApolloUrl:
    """A URL with more parameters, or one that has these only. Raises as `mappings.url.parse`."""
    read = parse(url) if url else url_of(())
    more = [(name, value) for name, values in parameters.items() for value in values]
    return msgspec.structs.replace(read, pairs=(*read.pairs, *more))


def _read(most: int) -> str:
    return sys.stdin.buffer.read(most).decode("utf-8-sig", "replace")
