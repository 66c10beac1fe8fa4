"""Shows how far a load is: a bar on a terminal, else one line of JSON every few seconds."""

import sys
import time
from types import TracebackType
from typing import Self

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

_LINE_SECONDS = 5.0


class Report(msgspec.Struct, frozen=True):
    """One line of JSON. `percent` is `None` when the size of the source is not known."""

    stage: str
    rows: int
    rows_per_second: int
    percent: float | None


class ProgressBar:
    """Use as a context manager; `update` may be called as often as one likes."""

    def __init__(self, total_bytes: int | None) -> None:
        self._total = total_bytes
        self._started = self._told = time.monotonic()
        self._stage = "reading"
        console = Console(stderr=True)
        self._bar: Progress | None = None
        if console.is_terminal:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TaskProgressColumn(),
                TextColumn("{task.fields[rows]:,} rows, {task.fields[rate]:,}/s"),
                TimeRemainingColumn(),
                console=console,
            )
            self._task = self._bar.add_task(self._stage, total=total_bytes, rows=0, rate=0)

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def stage(self, name: str, rows: int, *, read: bool = True) -> None:
        """Say what happens now, e.g. `building`; the sources are `read`, or are about to be."""
        self._stage = name
        self._show(rows, (self._total or 0) if read else 0, now=True)

    def update(self, rows: int, read_bytes: int) -> None:
        """`rows` have been read, from `read_bytes` of the source."""
        self._show(rows, read_bytes, now=False)

    def _show(self, rows: int, read_bytes: int, now: bool) -> None:
        moment = time.monotonic()
        rate = int(rows / max(moment - self._started, 1e-9))
        if self._bar is not None:
            self._bar.update(self._task, description=self._stage, completed=read_bytes, rows=rows, rate=rate)
        elif now or moment - self._told >= _LINE_SECONDS:
            self._told = moment
            percent = round(100 * read_bytes / self._total, 1) if self._total else None
            sys.stderr.write(msgspec.json.encode(Report(self._stage, rows, rate, percent)).decode() + "\n")
