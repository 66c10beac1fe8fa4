"""What a process beside this one makes comes back, is cancelled with its caller, and is nobody's end."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from mappings.errors import EngineUnavailable, InvalidParameter
from search import apart
from search.apart import Apart

PATIENCE_SECONDS = 60


class Target:
    """Works in the other process."""

    def __init__(self) -> None:
        self.begun = self.cancelled = 0

    async def process(self) -> int:
        return os.getpid()

    async def joined(self, *parts: bytes, between: bytes = b"") -> bytes:
        return between.join(parts)

    async def refused(self, value: str) -> None:
        raise InvalidParameter("personTitles[]", value, "a title")

    async def failed(self) -> None:
        raise ValueError("not foreseen")

    async def for_ever(self) -> None:
        self.begun += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled += 1

    async def counts(self) -> tuple[int, int]:
        return self.begun, self.cancelled

    async def end(self) -> None:
        os._exit(3)


async def begun(process: Apart[Target]) -> None:
    while not (await process.run(Target.counts))[0]:  # noqa: ASYNC110 - another process is asked
        await asyncio.sleep(0.01)


def test_work_is_done_in_another_process() -> None:
    async def run() -> None:
        process = Apart(Target)
        try:
            # At once, so that both need the process to be started.
            one, other = await asyncio.gather(process.run(Target.process), process.run(Target.process))
            assert one == other != os.getpid()
            large = os.urandom(3_000_000)
            assert await process.run(Target.joined, large, b"x", between=b"-") == large + b"-x"
            with pytest.raises(
                InvalidParameter, match=r"^Invalid filter parameters: personTitles\[\]: 'x' is"
            ) as error:
                await process.run(Target.refused, "x")
            assert error.value.parameter == "personTitles[]"
            with pytest.raises(RuntimeError, match="ValueError: not foreseen"):
                await process.run(Target.failed)
            waiting = asyncio.create_task(process.run(Target.for_ever))
            await begun(process)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert await process.run(Target.counts) == (1, 1)
        finally:
            await process.close()
        with pytest.raises(ProcessLookupError):
            os.kill(one, 0)

    asyncio.run(asyncio.wait_for(run(), PATIENCE_SECONDS))


def test_a_process_that_ends_is_told_and_started_again() -> None:
    async def run() -> None:
        process = Apart(Target)
        try:
            first = await process.run(Target.process)
            waiting = asyncio.create_task(process.run(Target.for_ever))
            await begun(process)
            with pytest.raises(EngineUnavailable, match="has ended; send the request again"):
                await process.run(Target.end)
            with pytest.raises(EngineUnavailable, match="has ended; send the request again"):
                await waiting
            assert await process.run(Target.process) != first
            # What all processes of a service are told is not for it to heed.
            for number in (signal.SIGINT, signal.SIGTERM):
                os.kill(await process.run(Target.process), number)
            assert await process.run(Target.joined, b"x") == b"x"
        finally:
            await process.close()

    asyncio.run(asyncio.wait_for(run(), PATIENCE_SECONDS))


def test_a_process_that_can_not_be_started_is_told_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        process = Apart(Target)
        await process.close()
        monkeypatch.setattr(apart, "_COMMAND", (str(tmp_path / "missing"),))
        for _ in range(2):
            with pytest.raises(EngineUnavailable, match="has ended"):
                await process.run(Target.process)
        monkeypatch.setattr(apart, "_COMMAND", (sys.executable, "-c", ""))
        with pytest.raises(EngineUnavailable, match="has ended"):
            await process.run(Target.process)
        await process.close()

    asyncio.run(asyncio.wait_for(run(), PATIENCE_SECONDS))
