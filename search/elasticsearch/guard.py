"""A client that spares whoever asks the wait for an engine that is known not to answer.

Without it every request to a dead engine would take the whole timeout, and hold a slot for as long.
"""

import asyncio
import logging
import math
from contextlib import suppress

from mappings.errors import EngineError, EngineTimeout, EngineUnavailable, EngineUnreachable
from search.elasticsearch.client import Client
from search.engine import EngineSettings

PROBE_SECONDS = 2.0
"""How long the engine has to answer a probe: less than a request, since a new connection may be what it takes."""

PAUSE_SECONDS = 0.5

ASIDE_SECONDS = 2.0
"""How long the engine has to answer a request that nobody waits for."""

MOST_ASIDE = 8
"""Requests of that kind at once."""

BRIEF_SECONDS = 2.0

LATE = 0.9
"""A request that has waited for so much of its time was not answered in it."""

SILENT = "The contacts engine did not answer in time."

_RAISED = {"raised": True}
"""Marks lines that a service needs and a command does not, which shows the error that is raised beside them."""

_log = logging.getLogger(__name__)


class GuardedClient(Client):
    """While the engine is lost, requests are refused at once and `probe` is asked until it is answered well.

    It is lost when it can't be reached, or when a request was not answered in time and no other was for half of that
    time either: one slow answer alone may be the fault of its query. Whoever has the same deadline gives up a moment
    before we do: a request that is cancelled that late was not answered in time. One that is cancelled earlier looks
    like somebody who no longer wants a slow answer. After half of that time it is a suspicion, no more: the probe is
    asked, while requests go on, and decides.

    Args:
        probe: the path of a `GET` that succeeds when the engine can answer searches.

    Attributes:
        brief: seconds that a request may take which one can do without. That it took longer says nothing of the engine.
    """

    def __init__(self, settings: EngineSettings, probe: str) -> None:
        super().__init__(settings)
        self._probe = probe
        self._silence = settings.timeout / 2
        self._late = LATE * settings.timeout
        self.brief = min(BRIEF_SECONDS, settings.timeout / 4)
        self._heard = -math.inf
        self._trouble: str | None = None
        self._told = ""
        self._probing: asyncio.Task[None] | None = None
        self._aside: set[asyncio.Task[None]] = set()

    async def request(self, method: str, path: str, body: bytes | None = None, *, ndjson: bool = False) -> bytes:
        """As `Client.request`; raises `EngineUnavailable` at once while the engine is lost."""
        if self._trouble is not None:
            raise EngineUnavailable(self._trouble)
        asked = _now()
        try:
            answer = await super().request(method, path, body, ndjson=ndjson)
        except (EngineTimeout, EngineUnreachable) as error:
            if isinstance(error, EngineUnreachable) or _now() - self._heard >= self._silence:
                self._tell(error)
                self._lose(str(error))
            raise
        except EngineError as error:
            self._heard = _now()
            self._tell(error)
            raise
        except asyncio.CancelledError:
            now = _now()
            if now - max(asked, self._heard) >= self._silence:
                if now - asked >= self._late:
                    self._lose(SILENT)
                else:
                    self._ask_probe()
            raise
        self._heard = _now()
        return answer

    def send_aside(self, method: str, path: str, body: bytes) -> None:
        """Send a request that nobody waits for, and of which nothing is learnt.

        It is left out while the engine is lost, and when `MOST_ASIDE` are under way.
        """
        if self._trouble is None and len(self._aside) < MOST_ASIDE:
            task = asyncio.create_task(self._send_aside(method, path, body))
            self._aside.add(task)
            task.add_done_callback(self._aside.discard)

    async def close(self) -> None:
        """Close all connections, once what was sent aside is answered or has had its time."""
        if self._probing is not None:
            self._probing.cancel()
            self._aside.add(self._probing)
        if self._aside:
            await asyncio.wait(self._aside)
        await super().close()

    async def _send_aside(self, method: str, path: str, body: bytes) -> None:
        with suppress(EngineError, TimeoutError):
            async with asyncio.timeout(ASIDE_SECONDS):
                await super().request(method, path, body)

    def _tell(self, error: EngineError) -> None:
        """Log what the operator has to know, once until there is something else to know."""
        if error.detail and error.detail != self._told:
            self._told = error.detail
            _log.warning("%s (%s)", error, error.detail, extra=_RAISED)

    def _lose(self, trouble: str) -> None:
        """Refuse requests with these words until the probe is answered well."""
        if self._trouble is None:
            _log.warning("The contacts engine is lost; requests are refused until it answers", extra=_RAISED)
        self._trouble = trouble
        self._ask_probe()

    def _ask_probe(self) -> None:
        if self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(self._find())

    async def _find(self) -> None:
        """Ask until there is a good answer. What went wrong last is what requests are refused with.

        If the engine was only under suspicion, it is not lost if anybody was answered meanwhile.
        """
        asked = _now()
        try:
            while (trouble := await self._trouble_now()) is not None:
                if self._trouble is None and self._heard >= asked:
                    return
                self._lose(trouble)
                await asyncio.sleep(PAUSE_SECONDS)
            if self._trouble is not None:
                _log.warning("The contacts engine answers again")
        finally:
            self._trouble = None

    async def _trouble_now(self) -> str | None:
        """What the probe finds wrong, if anything."""
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await super().request("GET", self._probe)
        except TimeoutError:
            return SILENT
        except EngineError as error:
            if not isinstance(error, EngineTimeout | EngineUnreachable):
                self._heard = _now()
            return str(error)
        self._heard = _now()
        return None


def _now() -> float:
    return asyncio.get_running_loop().time()
