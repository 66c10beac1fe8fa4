"""`contacts index status|rollback`: which loads there are, and the way to another one."""

from itertools import compress

import click
import msgspec

from api.settings import Settings
from indexing.cli.interrupts import run_async
from indexing.cli.options import with_settings
from indexing.cli.places import contacts_place
from indexing.cli.terminal import Table, print_json, print_table, say
from indexing.hosts.finishing import UnderWay, under_way
from indexing.state import StateFile
from mappings.errors import NoSuchLoad
from search.engine import EngineSettings
from search.loads import kept_loads, roll_back
from search.stores import Store


class InterruptedLoad(msgspec.Struct, frozen=True):
    """A load that can be resumed: what it fills, and the rows that are safe in it."""

    store: str
    rows: int
    rejected: int


class Status(msgspec.Struct, frozen=True, omit_defaults=True):
    """All loads that are there, the oldest first; and the one that many hosts do, if they do."""

    stores: list[Store]
    interrupted: InterruptedLoad | None
    under_way: UnderWay | None = None


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings()
def status(settings: Settings, as_json: bool) -> None:
    """Show which loads there are, which of them is live, and whether one can be resumed.

    \b
    Example:
      contacts index status --json
    """
    loads = run_async(_status(settings.engine))
    if as_json:
        print_json(loads)
        return
    if loads.stores:
        print_table(Table(("load", "contacts", ""), [_row(store) for store in loads.stores], framed=False))
    else:
        say(f"Nothing has been loaded into {contacts_place(settings.engine)} yet.")
    for store in loads.stores:
        if store.trouble:
            say(store.trouble)
    if any(store.live and store.outdated for store in loads.stores):
        say("The live load was made by another version of this software: `contacts index rebuild` renews it.")
    if loads.interrupted:
        say(
            f"A load into {loads.interrupted.store} has {loads.interrupted.rows:,} rows and is not finished: "
            "if it is not running, --resume goes on with it."
        )
    if loads.under_way:
        done = loads.under_way.parts - len(loads.under_way.missing)
        say(f"Many hosts load into {loads.under_way.store}: {done:,} of {loads.under_way.parts:,} parts are done.")


@click.command()
@click.option("--to", "name", metavar="LOAD", help="The load with this name in place of the one before, as in status.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@with_settings()
def rollback(settings: Settings, name: str | None, as_json: bool) -> None:
    """Make the load before the live one live again, in one step; or any other that is kept, also a newer one.

    \b
    Examples:
      contacts index rollback
      contacts index rollback --to contacts-20260131t120000000000z
    """
    try:
        store = run_async(roll_back(settings.engine, name))
    except NoSuchLoad as error:
        raise NoSuchLoad(f"{error} in {contacts_place(settings.engine)}") from error
    if as_json:
        print_json(store)
    else:
        say(f"{store.name} is live again: {store.contacts:,} contacts")


def _row(store: Store) -> tuple[str, str, str]:
    remarks = compress(("live", "outdated", "unreadable"), (store.live, store.outdated, store.trouble))
    return store.name, "?" if store.trouble else f"{store.contacts:,}", ", ".join(remarks)


async def _status(settings: EngineSettings) -> Status:
    state = StateFile(settings.data_dir, settings.index).load()
    return Status(
        await kept_loads(settings),
        InterruptedLoad(state.store, state.reading.rows, state.rejected) if state else None,
        await under_way(settings),
    )
