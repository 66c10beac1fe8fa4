"""Queries of DuckDB that wait for one another inside it, to tell how many it runs at once."""

import asyncio
import errno
import os
from pathlib import Path

from search.duckdb.engine import DuckDBEngine

_COLUMNS = "auto_detect = false, header = false, columns = {name: 'VARCHAR'}"


async def run_at_once(engine: DuckDBEngine, directory: Path, number: int, seconds: float = 60.0) -> None:
    """So many queries, each reading a pipe into which nothing is written before all of the pipes are being read.

    Raises:
        TimeoutError: fewer of them were running after `seconds`.
    """
    pipes = [directory / f"pipe{at}" for at in range(number)]
    for pipe in pipes:
        os.mkfifo(pipe)
    reads = [f"SELECT name FROM read_csv('{pipe}', {_COLUMNS})" for pipe in pipes]
    running = 0
    everyone = asyncio.Event()

    async def feed(pipe: Path) -> None:
        nonlocal running
        file = await _writer(pipe)
        running += 1
        if running == number:
            everyone.set()
        await everyone.wait()
        os.write(file, pipe.name.encode())
        os.close(file)

    async def read(sql: str) -> list[tuple[str]]:
        return await engine._asking.ask(lambda lease, pause: lease.connection.execute(sql).fetchall())

    work = asyncio.gather(asyncio.gather(*map(read, reads)), *map(feed, pipes))
    try:
        async with asyncio.timeout(seconds):
            await everyone.wait()
    finally:
        # Also after a failure: a query that opens a pipe heeds no interrupt.
        everyone.set()
        answers, *_ = await work
    assert answers == [[(pipe.name,)] for pipe in pipes]


async def _writer(pipe: Path) -> int:
    """The writing end of a pipe, once somebody reads it."""
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
        await asyncio.sleep(0.01)
