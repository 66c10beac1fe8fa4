"""Looks, now and then, at what is being served: for the figures, and for lines of the log when it changes."""

import asyncio
import logging
from typing import Protocol

from api.errors import report
from api.operations.metrics import Metrics
from mappings.errors import EngineError, NothingIndexed, detail_of
from search.stores import Store, began_at

LOOK_SECONDS = 15.0
"""How long it takes at most until figures show what changed."""

ANSWER_SECONDS = 5.0
"""How long the engine has to answer. One that takes longer is taken for lost."""

_log = logging.getLogger(__name__)


class Served(Protocol):
    """Who knows the live contacts, e.g. an engine."""

    async def store(self) -> Store:
        """The live contacts. Raises `EngineError`."""


class StoreWatch:
    """One look after the other; `metrics` has what was seen last."""

    def __init__(self, served: Served, metrics: Metrics) -> None:
        self._served = served
        self._metrics = metrics
        self._told = ""

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            try:
                await self.look()
            except Exception as error:
                # Something that stands in for the engine, such as a proxy, may answer anything.
                report(error, "looking at the live contacts")
                self._lost("The contacts engine can't be understood.")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Look once. What the engine does not say stays as it was last, but for that it does not."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                store = await self._served.store()
        except NothingIndexed as error:
            self._metrics.store, self._metrics.engine_lost = None, False
            self._tell(logging.WARNING, str(error))
        except EngineError as error:
            self._lost(str(error), detail_of(error))
        except TimeoutError:
            self._lost("The contacts engine did not answer in time.")
        else:
            self._metrics.store, self._metrics.engine_lost = store, False
            self._tell_of(store)

    def _lost(self, trouble: str, detail: str = "") -> None:
        """`detail` says where, and the cure; another one of the same trouble, such as another node's, is no news."""
        self._metrics.engine_lost = True
        self._tell(logging.WARNING, f"not serving: {trouble}{f' ({detail})' if detail else ''}", trouble)

    def _tell_of(self, store: Store) -> None:
        began = began_at(store.name)
        loaded = "" if began is None else f", loaded at {began:%Y-%m-%dT%H:%M:%SZ}"
        spread = "" if store.spread is None else f" ({store.spread})"
        words = f"serving {store.name}: {store.contacts} contacts{loaded}{spread}"
        about = f"{store.name}{spread}"
        if store.outdated:
            self._tell(
                logging.WARNING,
                f"{words}, by another version of this software; run `contacts index rebuild`",
                about,
            )
        else:
            # With fewer copies than there should be, the next node that is lost may take contacts with it.
            missing = store.spread is not None and store.spread.missing > 0
            self._tell(logging.WARNING if missing else logging.INFO, words, about)

    def _tell(self, level: int, words: str, about: str | None = None) -> None:
        """Log it, unless that is what was said last; an update in place changes how many, and nothing else."""
        told = about or words
        if told != self._told:
            _log.log(level, "%s", words)
        self._told = told
