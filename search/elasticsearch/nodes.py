"""The nodes of a cluster that were named to us: requests go to them in turn, and past those that do not answer.

The client library leaves a node out for a while when a connection to it fails. It learns nothing of one that takes
requests and is silent (frozen, or cut off without a word) if whoever asked gives up first, as our callers do; and it
finds out whether a node is back by sending it a request that somebody waits for. So here a node that is left out is
asked aside until it answers, and one that is silent for a moment is asked aside too: if it stays silent, what waits for
it is sent to another node.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any, cast

from elastic_transport import (
    AiohttpHttpNode,
    BaseNode,
    ConnectionTimeout,
    HttpHeaders,
    NodeConfig,
    NodePool,
    TransportError,
)
from elastic_transport import ConnectionError as Disconnected
from elastic_transport.client_utils import DEFAULT, DefaultType

SILENT_SECONDS = 2.0
"""How long a node may say nothing while it is asked something before it is asked whether it is there."""

ANSWER_SECONDS = 2.0
"""How long it has to answer that."""

PAUSE_SECONDS = 0.5

_log = logging.getLogger(__name__)


class Node(AiohttpHttpNode):
    """One node.

    Attributes:
        out: it does not answer, as far as is known; it is being asked whether it does again.
        others: those that can answer in its place.
    """

    def __init__(self, config: NodeConfig) -> None:
        super().__init__(config)
        self.out = False
        self.others: Sequence[Node] = ()
        self._heard = 0.0
        self._waiting: set[asyncio.Timeout] = set()
        self._alarm: asyncio.TimerHandle | None = None
        self._looking: asyncio.Task[None] | None = None
        self._last_headers: HttpHeaders | None = None

    async def perform_request(  # type: ignore[override]
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> Any:
        """As the base class has it; raises `ConnectionError` also when the node turns out to be silent meanwhile."""
        ask = super().perform_request
        if not self.others:
            return await ask(method, target, body, headers, request_timeout)
        if not self._waiting:
            # Its silence begins with a question.
            self._heard = _now()
        self._last_headers = headers
        waiting = asyncio.timeout(None)
        try:
            async with waiting:
                self._waiting.add(waiting)
                self._set_alarm()
                answer = await ask(method, target, body, headers, request_timeout)
        except TimeoutError as error:
            raise Disconnected(f"{self.base_url} fell silent", errors=(error,)) from None
        except ConnectionTimeout:
            self._look()
            raise
        except TransportError:
            self.out = True
            self._look()
            raise
        finally:
            self._waiting.discard(waiting)
        self._heard = _now()
        self.out = False
        return answer

    async def close(self) -> None:  # type: ignore[override]
        """Close all connections."""
        if self._alarm is not None:
            self._alarm.cancel()
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])
        await super().close()

    def _set_alarm(self) -> None:
        if self._alarm is None:
            self._alarm = asyncio.get_running_loop().call_later(SILENT_SECONDS, self._on_alarm)

    def _on_alarm(self) -> None:
        self._alarm = None
        if self._waiting:
            if _now() - self._heard >= SILENT_SECONDS:
                self._look()
            self._set_alarm()

    def _look(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._find())

    async def _find(self) -> None:
        """Ask whether it is there until it says anything at all; what waits for it is sent elsewhere while it does not.

        Where all are silent, it waits: they may be busy, and there is nobody else.
        """
        told = False
        while not await self._answers():
            self.out = True
            if not told:
                _log.warning("The node %s of the contacts engine does not answer; others are asked", self.base_url)
                told = True
            for waiting in () if all(other.out for other in self.others) else self._waiting:
                waiting.reschedule(_now())
            await asyncio.sleep(PAUSE_SECONDS)
        self.out = False
        if told:
            _log.warning("The node %s of the contacts engine answers again", self.base_url)

    async def _answers(self) -> bool:
        """Whether it says anything, be it that this is not for us to ask."""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await super().perform_request("GET", "/", None, self._last_headers, ANSWER_SECONDS)
        except (TransportError, TimeoutError):
            return False
        self._heard = _now()
        return True


class Nodes(NodePool):
    """Whose turn it is. If all nodes are left out, they are asked all the same: there is nobody else.

    The base class has them in an order of each process alone, so that not all begin with the same.
    """

    def __init__(self, node_configs: list[NodeConfig], **options: Any) -> None:
        super().__init__(node_configs, **options)
        self._ring: Sequence[Node] = [cast(Node, node) for node in self.all()]
        for node in self._ring:
            node.others = [other for other in self._ring if other is not node]
        self._turn = 0

    def get(self) -> Node:
        """The next in turn that is not left out; of none, the next of all."""
        for _ in self._ring:
            if not (node := self._next()).out:
                return node
        return self._next()

    def mark_dead(self, node: BaseNode, _now: float | None = None) -> None:
        """Nothing: nodes see for themselves what they answer. One that says it is in trouble is there."""

    def mark_live(self, node: BaseNode) -> None:
        """Nothing, as above."""

    def _next(self) -> Node:
        self._turn = (self._turn + 1) % len(self._ring)
        return self._ring[self._turn]


def _now() -> float:
    return asyncio.get_running_loop().time()
