"""`contacts golden add|list|remove|check`: URLs whose counts every load is held against before it goes live."""

from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from api.settings import Settings
from indexing.cli.interrupts import run_async
from indexing.cli.options import with_settings
from indexing.cli.queries import url_argument
from indexing.cli.remarks import ledger_of, note_remarks
from indexing.cli.terminal import Table, print_json, print_table, say
from indexing.golden import (
    TOLERANCE,
    Checked,
    GoldenUrl,
    checked,
    decoded,
    difference,
    encoded,
    find,
    name_of,
    opened,
    with_golden,
    without_golden,
)
from mappings.errors import ContactsError
from mappings.url import parse
from search.engine import EngineSettings
from search.engines import open_engine, open_loader
from search.loader import Loader

Result = TypeVar("Result")

_as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


class Off(ContactsError):
    """Golden URLs find too many or too few contacts. They have been printed."""


@click.group()
def golden() -> None:
    """Keep URLs whose counts every load has to come close to before it goes live."""


@golden.command()
@url_argument
@click.option("--name", help="What it is called.  [default: the fingerprint of the search]")
@click.option(
    "--tolerance",
    type=click.FloatRange(0),
    default=TOLERANCE,
    show_default=True,
    help="The share of its count by which a load may be off: 0.2 is a fifth, 0 is none.",
)
@_as_json
@with_settings()
def add(settings: Settings, url: str, name: str | None, tolerance: float, as_json: bool) -> None:
    """Keep URL with the contacts that it finds today. It takes the place of another of its name.

    Every load then counts it before it goes live, from whichever host, and does not where the count is off by more
    than the tolerance; --allow-golden of the load allows it. A dry run has no store in which it could count.

    \b
    Examples:
      contacts golden add 'https://app.apollo.io/#/people?personTitles[]=CEO' --name CEOs
      contacts golden add 'https://app.apollo.io/#/people?personLocations[]=Germany' --tolerance 0.05
    """
    note_remarks(ledger_of(url))
    read = parse(url)

    async def run() -> GoldenUrl:
        async with opened(open_engine(settings.engine)) as engine:
            found = await find(engine, read)
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        called = (name or "").strip() or name_of(read)
        added = GoldenUrl(name=called, url=url, tolerance=tolerance, added_at=now, found=found)
        await _with_loader(
            settings.engine, lambda loader: loader.note(lambda note: encoded(with_golden(decoded(note), added)))
        )
        return added

    added = run_async(run())
    if as_json:
        print_json(added)
    else:
        say(f"{added.name} finds {added.found.count:,} contacts; a load may be off by {added.tolerance:.0%}")


@golden.command("list")
@_as_json
@with_settings()
def list_golden(settings: Settings, as_json: bool) -> None:
    """List the golden URLs, in the order in which they were added.

    \b
    Example:
      contacts golden list --json
    """
    kept = run_async(_kept(settings.engine))
    if as_json:
        print_json(kept)
    elif kept:
        rows = [
            (each.name, f"{each.found.count:,}", f"{each.tolerance:.0%}", each.added_at[:10], each.url) for each in kept
        ]
        print_table(Table(("name", "contacts", "tolerance", "added", "url"), rows))
    else:
        say("There are no golden URLs.")


@golden.command()
@click.argument("name")
@_as_json
@with_settings()
def remove(settings: Settings, name: str, as_json: bool) -> None:
    """Forget the golden URL NAME.

    \b
    Example:
      contacts golden remove CEOs
    """
    run_async(
        _with_loader(
            settings.engine, lambda loader: loader.note(lambda note: encoded(without_golden(decoded(note), name)))
        )
    )
    if as_json:
        print_json({"removed": name})
    else:
        say(f"removed {name}")


@golden.command()
@_as_json
@with_settings()
def check(settings: Settings, as_json: bool) -> None:
    """Count the golden URLs in the live contacts. The exit code is 1 if one is off by more than its tolerance.

    \b
    Example:
      contacts golden check
    """

    async def run() -> list[Checked]:
        kept = await _kept(settings.engine)
        async with opened(open_engine(settings.engine)) as engine:
            return await checked(engine, kept)

    found = run_async(run())
    if as_json:
        print_json(found)
    else:
        _show(found)
    if off := sum(each.off for each in found):
        raise Off(f"{off} golden {'URL is' if off == 1 else 'URLs are'} off")


def _show(found: Sequence[Checked]) -> None:
    if not found:
        say("There are no golden URLs.")
        return
    rows = [
        (
            each.golden.name,
            f"{each.golden.found.count:,}",
            "?" if each.found is None else f"{each.found.count:,}",
            f"{each.golden.tolerance:.0%}",
            "off" if each.off else "",
        )
        for each in found
    ]
    print_table(Table(("name", "then", "now", "tolerance", ""), rows, framed=False))
    for each in found:
        if each.off:
            say(difference(each))


async def _kept(settings: EngineSettings) -> tuple[GoldenUrl, ...]:
    return decoded(await _with_loader(settings, lambda loader: loader.noted()))


async def _with_loader(settings: EngineSettings, work: Callable[[Loader], Coroutine[Any, Any, Result]]) -> Result:
    loader = open_loader(settings)
    try:
        return await work(loader)
    finally:
        await loader.close()
