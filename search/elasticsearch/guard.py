"""A client that spares whoever asks the wait for an engine that is known not to answer.

Without it every request to a dead engine would take the whole timeout, and hold a slot for as long.
"""

import asyncio
import logging
import math

from mappings.errors import EngineError, EngineTimeout, EngineUnavailable, EngineUnreachable
from search.elasticsearch.client import Client
from search.engine import EngineSettings

PROBE_SECONDS = 2.0
"""How long the engine has to answer a probe: less than a request, since a new connection may be what it takes."""

PAUSE_SECONDS = 0.5

SILENT = "The contacts engine did not answer in time."

_log = logging.getLogger(__name__)


class GuardedClient(Client):
    """While the engine is lost, requests are refused at once and `probe` is asked until it is answered well.

    It is lost when it can't be reached, or when a request was not answered in time and no other was for half of that
    time either: one slow answer alone may be the fault of its query. A request that was cancelled after half of that
    time counts like one that was not answered: whoever has a deadline of their own gives up a moment before we do.

    Args:
        probe: the path of a `GET` that succeeds when the engine can answer searches.
    """

    def __init__(self, settings: EngineSettings, probe: str) -> None:
        super().__init__(settings)
        self._probe = probe
        self._silence = settings.timeout / 2
        self._heard = -math.inf
        self._trouble: str | None = None
        self._probing: asyncio.Task[None] | None = None

    async def request(self, method: str, path: str, body: bytes | None = None, *, ndjson: bool = False) -> bytes:
        """As `Client.request`; raises `EngineUnavailable` at once while the engine is lost."""
        if self._trouble is not None:
            raise EngineUnavailable(self._trouble)
        asked = _now()
        try:
            answer = await super().request(method, path, body, ndjson=ndjson)
        except (EngineTimeout, EngineUnreachable) as error:
            if isinstance(error, EngineUnreachable) or _now() - self._heard >= self._silence:
                self._lose(error)
            raise
        except EngineError:
            self._heard = _now()
            raise
        except asyncio.CancelledError:
            if _now() - max(asked, self._heard) >= self._silence:
                self._lose(EngineTimeout(SILENT))
            raise
        self._heard = _now()
        return answer

    async def close(self) -> None:
        """Close all connections."""
        if self._probing is not None:
            self._probing.cancel()
            await asyncio.wait([self._probing])
        await super().close()

    def _lose(self, error: EngineError) -> None:
        if self._trouble is None:
            self._trouble = str(error)
            self._probing = asyncio.create_task(self._find())

    async def _find(self) -> None:
        """Ask until there is a good answer. What went wrong last is what requests are refused with."""
        _log.warning("The contacts engine is lost; requests are refused until it answers")
        try:
            while not await self._answers():  # noqa: ASYNC110 - what is waited for is another process
                await asyncio.sleep(PAUSE_SECONDS)
            _log.warning("The contacts engine answers again")
        finally:
            self._heard, self._trouble = _now(), None

    async def _answers(self) -> bool:
        try:
            async with asyncio.timeout(PROBE_SECONDS):
                await super().request("GET", self._probe)
        except TimeoutError:
            return False
        except EngineError as error:
            self._trouble = str(error)
            return False
        return True


def _now() -> float:
    return asyncio.get_running_loop().time()
