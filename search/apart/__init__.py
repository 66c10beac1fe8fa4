"""A process beside this one, for work that would keep the interpreter from all others who need it.

Threads take turns at one interpreter: whoever waits for it, first of all the event loop, waits for each of them, many
times in a request. What is done here leaves only bytes to be taken up. `search.apart.serving` is the other side.
"""

import asyncio
import itertools
import os
import pickle
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar

from mappings.errors import EngineUnavailable
from search.apart.messages import framed, receive

Target = TypeVar("Target")
Given = ParamSpec("Given")
Result = TypeVar("Result")

_COMMAND = (sys.executable, "-P", "-m", __name__)


class Apart(Generic[Target]):
    """Runs methods of a `Target` in a process of its own, which is started when it is first needed.

    It has a low priority, and ends with this process, however that ends. All that is sent and answered is pickled, and
    what is answered is made of that on the event loop: it is to be bytes, or little else.

    Args:
        target: makes the target, there. A class or function of a module, or a `functools.partial` of one.
    """

    def __init__(self, target: Callable[[], Target]) -> None:
        self._target = target
        self._numbers = itertools.count()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._starting: asyncio.Task[Process] | None = None
        self._listening: asyncio.Task[None] | None = None

    async def run(
        self,
        work: Callable[Concatenate[Target, Given], Awaitable[Result]],
        *arguments: Given.args,
        **named: Given.kwargs,
    ) -> Result:
        """The result of `work`, a method of the target. Cancelled, it is cancelled there.

        Raises:
            EngineUnavailable: the process has ended. The next call starts another.
            Exception: whatever `work` raises.
        """
        process = await self._started()
        number = next(self._numbers)
        result = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._send(process, (number, work, arguments, named))
        try:
            return await result  # type: ignore[no-any-return]
        except asyncio.CancelledError:
            self._send(process, (number, None, (), {}))
            raise
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """End the process."""
        if self._starting is not None:
            # It may not have started, or have ended.
            with suppress(OSError):
                process = await self._starting
                process.kill()
                await process.wait()
        if self._listening is not None:
            await self._listening

    async def _started(self) -> Process:
        if self._starting is None:
            self._starting = asyncio.create_task(self._start())
        starting = self._starting
        try:
            return await asyncio.shield(starting)
        except OSError as error:
            if self._starting is starting:
                self._starting = None
            raise _ended() from error

    async def _start(self) -> Process:
        # It finds what this process has found, and takes nothing from the directory that it happens to be in.
        environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=PIPE, stdout=PIPE, env=environment)
        self._send(process, self._target)
        self._listening = asyncio.create_task(self._listen(process))
        return process

    def _send(self, process: Process, message: object) -> None:
        assert process.stdin is not None
        if not process.stdin.is_closing():
            process.stdin.write(framed(message))

    async def _listen(self, process: Process) -> None:
        """Hand out results for as long as the process lives."""
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            while True:
                number, done, value = pickle.loads(await receive(process.stdout))  # noqa: S301 - of our own process
                result = self._waiting.get(number)
                if result is None or result.done():
                    continue
                if done:
                    result.set_result(value)
                else:
                    result.set_exception(value)
        except (EOFError, ConnectionError):
            pass
        finally:
            self._starting = None
            for result in self._waiting.values():
                if not result.done():
                    result.set_exception(_ended())
            process.stdin.close()
            await process.wait()


def _ended() -> EngineUnavailable:
    return EngineUnavailable("The process that works on large filters has ended; send the request again.")
