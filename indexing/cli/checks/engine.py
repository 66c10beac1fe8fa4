"""The engine: whether it answers and has contacts of our version, which loads there are, and what it says itself."""

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any

from indexing.cli.checks.told import told
from indexing.cli.places import contacts_place
from mappings.errors import ContactsError, EngineError, NothingIndexed, SettingsError
from search.engine import Engine, EngineSettings
from search.engines import engine_module, examine, open_engine, open_loader
from search.findings import Finding, fault, ok, warning
from search.stores import Store

_ANSWERS, _LOADS, _CLOCK = "engine", "loads", "clock"
_STAMP = "%Y%m%dT%H%M%S"
_LENGTH = len("20260131T120000")


async def engine(settings: EngineSettings) -> AsyncIterator[Finding]:
    """What there is to say of the engine of the settings. One that can't be asked is asked nothing more."""
    title = engine_module(settings.engine).TITLE
    try:
        opened = open_engine(settings)
    except SettingsError as error:
        yield fault(_ANSWERS, str(error), "correct it: until then nothing can be asked or loaded")
        return
    try:
        await opened.ready()
        yield ok(_ANSWERS, f"{title} answers, with contacts")
    except NothingIndexed as error:
        yield warning(_ANSWERS, f"there are no contacts in {contacts_place(settings)} yet", error.cure)
    except ContactsError as error:
        yield await _trouble(opened, title, error)
    finally:
        await opened.close()
    try:
        for finding in await examine(settings):
            yield finding
        for finding in _of_loads(await _loads(settings)):
            yield finding
    except EngineError as error:
        yield fault(_LOADS, told(error), "until then nothing can be loaded")


async def _trouble(opened: Engine[Any], title: str, error: ContactsError) -> Finding:
    """Why the engine is not ready."""
    try:
        outdated = (await opened.store()).outdated
    except ContactsError:
        outdated = False
    if outdated:
        cure = "`contacts index rebuild`: until then the service is not ready, and searches miss what is new"
        return fault(_ANSWERS, f"{title}: the contacts were loaded by another version of this software", cure)
    return fault(_ANSWERS, f"{title}: {told(error)}", "until then searches are answered 503")


async def _loads(settings: EngineSettings) -> list[Store]:
    loader = open_loader(settings)
    try:
        return await loader.stores()
    finally:
        await loader.close()


def _of_loads(stores: Sequence[Store]) -> list[Finding]:
    live = [store for store in stores if store.live]
    unreadable = [store for store in stores if store.trouble and not store.live]
    findings = [
        warning(_LOADS, str(store.trouble), "a rollback to it fails; delete it, or put a backup in its place")
        for store in unreadable
    ]
    if stores and not live:
        findings.append(fault(_LOADS, f"{len(stores)} are there and none is live", "see docs/operations.md, restoring"))
    findings += [
        ok(_LOADS, f"{store.name} is live, with {store.contacts:,} contacts; {len(stores)} in all")
        for store in live
        if not store.trouble
    ]
    newest = max((_began(store.name) for store in stores), default="")
    now = datetime.now(UTC)
    if newest > now.strftime(_STAMP):
        found = f"it is {now:%Y-%m-%d %H:%M:%S} UTC here, and the newest load began at {newest}"
        findings.append(fault(_CLOCK, found, "set the clock (NTP): loads are told apart by when they began"))
    return findings


def _began(name: str) -> str:
    """When a load began, by its name."""
    return name.rpartition("-")[2][:_LENGTH].upper()
