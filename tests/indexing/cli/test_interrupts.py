"""What an interrupt does to a command under way: in this process, whose handlers are put back."""

import asyncio
import os
import signal

import pytest

from indexing.cli import interrupts
from indexing.cli.interrupts import Interrupts, run_async

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@pytest.fixture
def heeded(monkeypatch: pytest.MonkeyPatch):
    """The handler of these signals; it does not end this process."""
    monkeypatch.setattr(interrupts, "END_SECONDS", 1000.0)
    before = {number: signal.getsignal(number) for number in SIGNALS}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    handler = Interrupts()
    handler.heed()
    yield handler
    for number, handled in before.items():
        signal.signal(number, handled)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_coroutine_clears_up(heeded, number):
    cleared = []

    async def work() -> None:
        os.kill(os.getpid(), number)
        try:
            await asyncio.sleep(60)
        finally:
            os.kill(os.getpid(), number)
            await asyncio.sleep(0)
            cleared.append(heeded.came)

    with pytest.raises(KeyboardInterrupt):
        run_async(work())
    assert cleared == [True]


def test_what_fails_because_of_an_interrupt_was_interrupted(heeded):
    async def work() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            raise OSError("a worker ended") from None

    with pytest.raises(KeyboardInterrupt):
        run_async(work())


def test_elsewhere_it_is_raised(heeded):
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGTERM)
    os.kill(os.getpid(), signal.SIGTERM)
    heeded.done()
    assert signal.getsignal(signal.SIGTERM) is heeded


def test_what_is_no_interrupt_is_what_it_was(heeded):
    async def work(result: object) -> object:
        if isinstance(result, Exception):
            raise result
        return result

    assert run_async(work(5)) == 5
    with pytest.raises(ValueError, match="mine"):
        run_async(work(ValueError("mine")))
    heeded.done()
    assert {signal.getsignal(number) for number in SIGNALS} == {signal.SIG_DFL}


def test_in_the_background_only_one_of_them_is_heeded(heeded):
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    handler = Interrupts()
    handler.heed()
    assert [signal.getsignal(number) for number in SIGNALS] == [signal.SIG_IGN, handler, signal.SIG_IGN]
    handler.done()
    assert [signal.getsignal(number) for number in SIGNALS] == [signal.SIG_IGN, signal.SIG_DFL, signal.SIG_IGN]


def test_without_a_handler_of_ours_a_coroutine_is_run_as_any():
    async def work() -> int:
        return 5

    assert run_async(work()) == 5
