"""The loads that are kept, for administrators: what each came to, and the way from the live one to another."""

from typing import Annotated

import msgspec
from msgspec import Meta

from api.actions.requests import ActionRequest
from api.actions.service import ContactService
from mappings.errors import Conflict, EngineUnavailable, LoadRunning, NoSuchLoad
from search.engine import EngineSettings
from search.fields import ALL_FIELDS
from search.loads import kept_loads, roll_back
from search.stores import Store

ROLLED_BACK = "index rollback"
"""What the audit log calls going back, by whichever door: so is the command called."""

_DIGITS = 4
"""Decimal digits of a share."""

Number = Annotated[int, Meta(ge=0)] | None


class ShownLoad(msgspec.Struct, frozen=True, kw_only=True):
    """A load, and what it came to; null where its store does not say, as of an earlier version, or can't be read."""

    name: Annotated[str, Meta(examples=["contacts-20260131t120000000000z"])]
    live: bool
    finished_at: Annotated[str, Meta(examples=["2026-01-31T12:00:00Z"])] | None = None
    contacts: Number
    rows: Number = None
    repeated: Number = None
    rejected: Number = None
    repaired: Number = None
    filled: dict[str, Annotated[float, Meta(ge=0, le=1)]] | None = None


class LoadsData(msgspec.Struct, frozen=True):
    """All loads that are kept, the oldest first."""

    loads: list[ShownLoad]


class LoadsRequest(ActionRequest, frozen=True, kw_only=True):
    """All loads that are kept.

    Attributes:
        rollback: the load before the live one is to go live first.
        go_to: the name of the load that is to go live first, whatever its age, with `rollback` or without; to be asked
            twice changes nothing more.
    """

    rollback: bool = False
    go_to: str | None = None


async def loads(service: ContactService, request: LoadsRequest) -> bytes:
    """`LoadsData`, as JSON.

    Raises:
        Conflict: there is no load to go back to, or one is under way.
        EngineError: the engine can't be asked, or the data directory can't be written.
    """
    if request.rollback or request.go_to is not None:
        service.is_done(ROLLED_BACK)
        await _roll_back(service.settings.engine, request.go_to)
    stores = await kept_loads(service.settings.engine)
    return msgspec.json.encode(LoadsData([shown_load(store) for store in stores]))


def shown_load(store: Store) -> ShownLoad:
    """A store as it is shown: what contacts have as shares of all, of fields that anybody has."""
    contacts = None if store.trouble else store.contacts
    told = store.figures
    if told is None:
        return ShownLoad(name=store.name, live=store.live, contacts=contacts)
    # Of contacts that are written in place meanwhile there may be fewer than were counted.
    counts = {name: count for name in ALL_FIELDS if (count := told.filled.get(name))}
    shares = {name: min(count / max(store.contacts, 1), 1.0) for name, count in counts.items()}
    return ShownLoad(
        name=store.name,
        live=store.live,
        finished_at=told.finished_at,
        contacts=contacts,
        rows=told.rows,
        repeated=told.repeated,
        rejected=told.rejected,
        repaired=told.repaired,
        filled={name: round(share, _DIGITS) for name, share in shares.items()},
    )


async def _roll_back(settings: EngineSettings, name: str | None) -> None:
    try:
        await roll_back(settings, name)
    except NoSuchLoad as error:
        none = "There is no earlier load to go back to." if name is None else "No load that is kept is called so."
        raise Conflict(none) from error
    except LoadRunning as error:
        # Its own words are for the command line: they name a host.
        raise Conflict("Contacts are being loaded; wait for that load to end, or stop it.") from error
    except OSError as error:
        raise EngineUnavailable(
            "The data directory of the service can't be written; go back on the command line.",
            f"{error.filename or settings.data_dir}: {error.strerror}",
        ) from error
