"""What is made of a URL: at once if it is little, and else aside, so that no other request waits for it.

An event loop that is held up for a millisecond holds up everybody, and one that takes turns with a thread at the
interpreter is held up again and again: so aside is another process. How much a URL is, is told before it is made into
anything: by its length, and once it is read by what its parameters become.
"""

import asyncio
import pickle
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from mappings.errors import INVALID, InvalidField, InvalidInput
from mappings.parameters import effort
from mappings.url import ApolloUrl, parse
from search.apart import Apart

AT_ONCE = 1
"""Threads. All that they do is Python's own work, of which a process does one thing at a time: with a second one the
event loop would have to wait for two."""

LONGEST_AT_ONCE = 2048
"""Characters of a URL that is read at once. Apollo's have some hundreds; of a longer text much can be made in vain."""

MOST_AT_ONCE = 200
"""Predicates, or what is as much work, that are made at once. One takes some 5 µs, with all that is made of it."""

_A_NAME = 5
"""What it takes to explain a parameter and its value at most: as much as to make so many predicates."""

Result = TypeVar("Result")


class Maker:
    """A thread that makes one thing after the other; in the process aside, where there is one."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="aside")

    async def make(self, work: Callable[[], Result]) -> Result:
        """The result of `work`. What has not begun when the caller is cancelled is left out."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def make_sent(self, work: bytes) -> Result:
        """The same of what is pickled."""
        return await self.make(pickle.loads(work))  # noqa: S301 - of the process that started this one


class Aside:
    """A place for what would take the event loop too long.

    Args:
        apart: the process for it. Without one, and for what can't be sent there, it is a thread of this process.
    """

    def __init__(self, apart: Apart[Maker] | None = None) -> None:
        self._apart = apart
        self._here = Maker()

    async def of_url(
        self, text: str, work: Callable[[ApolloUrl], Result], weigh: Callable[[ApolloUrl], int], beside: int = 0
    ) -> Result:
        """What `work` makes of the URL in `text`: as `of_urls` of one, whose mistakes are raised as they are."""
        return await self.of_urls((text,), partial(_of_one, work), weigh, beside)

    async def of_urls(
        self,
        texts: Sequence[str],
        work: Callable[[Sequence[ApolloUrl]], Result],
        weigh: Callable[[ApolloUrl], int],
        beside: int = 0,
        places: Sequence[str] = (),
    ) -> Result:
        """What `work` makes of the URLs in `texts`, all together.

        Args:
            texts: as the request has them.
            work: a pure function, which threads and other processes may run; what it makes is little beside bytes.
            weigh: `mapping` or `explaining`, whichever is nearest to what `work` does with each.
            beside: the weight of what else goes into the work.
            places: where the request has each of several.

        Raises:
            ForeignUrl, InvalidField: as `parse`, and whatever `work` raises; of several all are `InvalidField`s, and
                name the place.
        """
        if sum(map(len, texts)) > LONGEST_AT_ONCE or beside > MOST_AT_ONCE:
            return await self.run(partial(_of_texts, texts, places, work))
        urls = _parsed(texts, places)
        if sum(map(weigh, urls)) + beside > MOST_AT_ONCE:
            return await self.run(partial(_of_texts, texts, places, work))
        return work(urls)

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of `work`. What has not begun when the caller is cancelled is left out."""
        if self._apart is not None and (sent := _pickled(work)) is not None:
            return await self._apart.run(Maker.make_sent, sent)
        return await self._here.make(work)

    async def close(self) -> None:
        """End the process aside."""
        if self._apart is not None:
            await self._apart.close()


def _of_one(work: Callable[[ApolloUrl], Result], urls: Sequence[ApolloUrl]) -> Result:
    return work(*urls)


def _of_texts(texts: Sequence[str], places: Sequence[str], work: Callable[[Sequence[ApolloUrl]], Result]) -> Result:
    return work(_parsed(texts, places))


def _pickled(work: Callable[[], object]) -> bytes | None:
    """`work` as another process can have it; `None` for a closure, say."""
    try:
        return pickle.dumps(work, pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, AttributeError, TypeError):
        return None


def _parsed(texts: Sequence[str], places: Sequence[str]) -> list[ApolloUrl]:
    if not places:
        return [parse(text) for text in texts]
    urls = []
    for place, text in zip(places, texts, strict=True):
        with located(place):
            urls.append(parse(text))
    return urls


@contextmanager
def located(place: str) -> Iterator[None]:
    """Name the place of a URL in what is raised about it: what is wrong with `combine.any[1]`."""
    try:
        yield
    except InvalidInput as error:
        raise InvalidField(f"{place}: {str(error).removeprefix(INVALID).removeprefix('url: ')}") from None


def mapping(url: ApolloUrl) -> int:
    """The weight of making a filter of a URL, or anything that looks at each of its values."""
    return effort(url.pairs, MOST_AT_ONCE)


def explaining(url: ApolloUrl) -> int:
    """The weight of what takes names and values as they stand."""
    return _A_NAME * len(url.pairs)
