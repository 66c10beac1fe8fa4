"""Work in threads ends when nobody waits for it any more, and lets others have the interpreter meanwhile."""

import asyncio
import threading

import pytest

from mappings.errors import Stopped
from search.duckdb import threads
from search.duckdb.slices import Pause
from search.duckdb.threads import Breath, Threads


def test_work_that_nobody_waits_for_ends_at_its_next_pause() -> None:
    began, ended = threading.Event(), threading.Event()

    def work(pause: Pause) -> None:
        began.set()
        try:
            while True:
                pause()
        finally:
            ended.set()

    async def run() -> int:
        pool = Threads(1)
        task = asyncio.create_task(pool.run(work))
        await asyncio.to_thread(began.wait, 60)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # The only thread is free again.
        answer = await asyncio.wait_for(pool.run(lambda pause: 1), 60)
        pool.close()
        return answer

    assert asyncio.run(run()) == 1
    assert ended.is_set()


def test_a_pause_gives_way_to_others_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    now = [0.0]
    monkeypatch.setattr(threads, "monotonic", lambda: now[0])
    monkeypatch.setattr(threads, "sleep", slept.append)
    pause = Breath()
    for now[0] in (0.001, 0.0021, 0.003, 0.0042):
        pause()
    assert slept == [threads._BREATH_SECONDS] * 2
    pause.end()
    with pytest.raises(Stopped):
        pause()
