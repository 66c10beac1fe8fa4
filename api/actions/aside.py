"""What is made of a URL: at once if it is little, and else in a thread aside, so that no other request waits for it.

An event loop that is held up for a millisecond holds up everybody. How much a URL is, is told before it is made into
anything: by its length, and once it is read by what its parameters become.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from mappings.errors import INVALID, InvalidField, InvalidInput
from mappings.parameters import effort
from mappings.url import ApolloUrl, parse

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


class Aside:
    """A thread for what would take the event loop too long."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="aside")

    async def of_url(
        self, text: str, work: Callable[[ApolloUrl], Result], weigh: Callable[[ApolloUrl], int], beside: int = 0
    ) -> Result:
        """What `work` makes of the URL in `text`: as `of_urls` of one, whose mistakes are raised as they are."""
        return await self.of_urls((text,), lambda urls: work(*urls), weigh, beside)

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
            work: a pure function, which threads may run.
            weigh: `mapping` or `explaining`, whichever is nearest to what `work` does with each.
            beside: the weight of what else goes into the work.
            places: where the request has each of several.

        Raises:
            ForeignUrl, InvalidField: as `parse`, and whatever `work` raises; of several all are `InvalidField`s, and
                name the place.
        """
        if sum(map(len, texts)) > LONGEST_AT_ONCE or beside > MOST_AT_ONCE:
            return await self.run(lambda: work(_parsed(texts, places)))
        urls = _parsed(texts, places)
        if sum(map(weigh, urls)) + beside > MOST_AT_ONCE:
            return await self.run(lambda: work(urls))
        return work(urls)

    async def run(self, work: Callable[[], Result]) -> Result:
        """The result of `work`, in a thread. What has not begun when the caller is cancelled is left out."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


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
