"""The other side of `search.apart`: makes the target, then runs its methods as it is asked to."""

import asyncio
import pickle
import traceback
from collections.abc import Callable
from typing import Any

from mappings.errors import ContactsError
from search.apart.messages import framed, receive


async def serve(reader: asyncio.StreamReader, write: Callable[[bytes], object]) -> None:
    """Answer requests with `write` until there are no more, at once as many as are asked for."""
    running: dict[int, asyncio.Task[None]] = {}

    async def answer(number: int, work: Callable[..., Any], arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
        try:
            message = (number, True, await work(target, *arguments, **named))
        except ContactsError as error:
            message = (number, False, error)
        except Exception as error:
            # It may have what can't be sent, and where it was raised would be lost.
            message = (number, False, RuntimeError("".join(traceback.format_exception(error))))
        finally:
            del running[number]
        write(framed(message))

    try:
        target = pickle.loads(await receive(reader))()  # noqa: S301 - of the process that started this one
        while True:
            number, work, arguments, named = pickle.loads(await receive(reader))  # noqa: S301
            if work is not None:
                running[number] = asyncio.create_task(answer(number, work, arguments, named))
            elif number in running:
                running[number].cancel()
    except EOFError:
        return
