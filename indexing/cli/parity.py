"""`contacts parity FILE`: whether two engines, or two loads, find the same by many URLs."""

from pathlib import Path
from typing import Any

import click
import msgspec

from api.settings import Settings
from indexing.cli.interrupts import run_async
from indexing.cli.options import settings_with, with_settings
from indexing.cli.places import contacts_place
from indexing.cli.terminal import print_json, say
from indexing.golden import opened
from indexing.parity import PAGE, Difference, first_difference
from mappings.errors import ContactsError, InvalidInput, NoSuchLoad, NothingIndexed, SettingsError
from search.engine import Engine, EngineSettings
from search.engines import DEFAULT, ENGINES, open_engine
from search.loads import kept_loads


class Differ(ContactsError):
    """Some answers are not alike. They have been printed."""


class Empty(ContactsError):
    """There is nothing to compare with."""


class Compared(msgspec.Struct, frozen=True, kw_only=True):
    """What came of one line of the file.

    Attributes:
        difference: the first one; `None` where the answers are alike.
        trouble: why the URL can't be searched with.
    """

    line: int
    url: str
    difference: Difference | None = None
    trouble: str | None = None


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--load", metavar="NAME", help="A load to compare, in place of the live one.")
@click.option(
    "--with",
    "other",
    metavar="ENGINE|NAME",
    help="What to compare with: another engine, or a load.  [default: with --load the live one; else the other engine]",
)
@click.option(
    "--limit", "page", type=click.IntRange(1, 1000), default=PAGE, show_default=True, help="Contacts of the first page."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a list with an entry for each URL.")
@with_settings()
def parity(settings: Settings, file: Path, load: str | None, other: str | None, page: int, as_json: bool) -> None:
    """Compare what the URLs of FILE find in two engines, or in two loads of one: counts, and first pages.

    FILE has a URL a line; empty lines and those that begin with # are passed over. Of each URL the first difference is
    shown. The exit code is 1 if there is any. `contacts index status` has the names of loads. Both
    engines are asked for the same --index.

    \b
    Examples:
      contacts parity urls.txt
      contacts parity urls.txt --engine duckdb --with elasticsearch --limit 100
      contacts parity urls.txt --load contacts-20260131T120000000000Z.duckdb
    """
    urls = [
        (number, line.strip())
        for number, line in enumerate(file.read_text(encoding="utf-8-sig", errors="replace").splitlines(), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]

    async def run() -> list[Compared]:
        here = await _of_load(settings.engine, load)
        there = await _compared_with(settings, load, other)
        async with opened(open_engine(here)) as one, opened(open_engine(there)) as another:
            for engine, its in ((one, here), (another, there)):
                await _check_contacts(engine, its)
            found = []
            for number, url in urls:
                try:
                    difference = await first_difference(one, another, url, page)
                    found.append(Compared(line=number, url=url, difference=difference))
                except InvalidInput as error:
                    found.append(Compared(line=number, url=url, trouble=str(error)))
            return found

    found = run_async(run())
    differ = [each for each in found if each.difference is not None]
    unread = [each for each in found if each.trouble is not None]
    if as_json:
        print_json(found)
    else:
        for each in (*differ, *unread):
            say(f"line {each.line}: {each.url}")
            say(f"  {_words(each)}")
        say(f"{len(found) - len(unread):,} URLs compared, {len(differ):,} differ; {len(unread):,} can't be read")
    if differ:
        raise Differ(f"{len(differ)} {'URL finds' if len(differ) == 1 else 'URLs find'} something else")


def _words(compared: Compared) -> str:
    difference = compared.difference
    if difference is None:
        return str(compared.trouble)
    one, other = (msgspec.json.encode(value).decode() for value in (difference.one, difference.other))
    return f"{difference.what}: {one} and {other}"


async def _compared_with(settings: Settings, load: str | None, other: str | None) -> EngineSettings:
    """The settings of the second side."""
    if other is None and load is not None:
        return settings.engine
    ours = settings.engine.engine or DEFAULT
    name = other or next(name for name in ENGINES if name != ours)
    if name not in ENGINES:
        return await _of_load(settings.engine, name)
    if name == ours:
        raise SettingsError(f"--with {name}: that is the engine that it would be compared with; name the other one")
    return settings_with({"CONTACTS_ENGINE": name}).engine


async def _check_contacts(engine: Engine[Any], settings: EngineSettings) -> None:
    """Raises `Empty` where a side has no contacts, and says which."""
    try:
        await engine.store()
    except NothingIndexed as error:
        raise Empty(f"no contacts in {contacts_place(settings)} yet; {error.cure}") from error


async def _of_load(settings: EngineSettings, name: str | None) -> EngineSettings:
    """The settings of an engine that reads the load `name`; of the live one where there is no name."""
    if name is None:
        return settings
    if name not in [store.name for store in await kept_loads(settings)]:
        raise NoSuchLoad(f"there is no load {name!r}; `contacts index status` has their names")
    return msgspec.structs.replace(settings, store=name)
