"""What is little is made on the event loop, what is more in threads, and how much it is nobody has to make to know."""

import asyncio
import os
import pickle
import threading
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from api.actions.aside import AT_ONCE, LONGEST_AT_ONCE, MOST_AT_ONCE, Aside, Maker, explaining, mapping
from mappings.algebra import extent
from mappings.contact_filter import map_url
from mappings.errors import ForeignUrl, InvalidField
from mappings.regions import region_rows
from mappings.url import ApolloUrl, parse
from search.apart import Apart
from tests.harness.clients import eventually

BASE = "https://app.apollo.io/#/people?"
URLS = [url for url in (Path(__file__).parents[2] / "data" / "urls.txt").read_text().splitlines() if "apollo" in url]
COSTLY = {
    "free text": BASE + "q=" + "+".join(f"w{at}" for at in range(40)),
    "free texts": BASE + "&".join(f"q=w{at}" for at in range(40)),
    "negated": BASE + "qOrganizationName=" + "+OR+".join(f"-a{at}" for at in range(80)),
    "regions": BASE + "&".join(f"personLocations[]={row.name}" for row in region_rows()[:10]),
    "a list of regions": BASE + "personLocations[]=" + ";".join(row.name for row in region_rows()[:10]),
    "places": BASE + "&".join(f"personLocations[]=city{at}" for at in range(30)),
    "keywords": BASE + "qOrganizationKeywordTags[]=" + "%0A".join(f"k{at}" for at in range(60)),
    "unknown names": BASE + "&".join(f"x{at}=" for at in range(40)),
    "json": BASE + 'filters={"q_keywords":"' + "a b c d e f g h i j k l m n o p q r s t u v w x y z" + '"}',
    "a long text": BASE + "page=1" * LONGEST_AT_ONCE,
}  # fmt: skip

pytestmark = pytest.mark.anyio


def of_which_process(url: ApolloUrl) -> tuple[str, int]:
    return url.text, os.getpid()


async def thread_of(url: str, weigh=mapping, beside: int = 0) -> threading.Thread:
    return await Aside().of_url(url, lambda _: threading.current_thread(), weigh, beside)


async def test_real_urls_are_made_at_once() -> None:
    there = [await thread_of(url) is threading.current_thread() for url in URLS]
    assert there.count(True) > 0.9 * len(there)


@pytest.mark.parametrize("url", COSTLY.values(), ids=COSTLY)
async def test_costly_urls_are_made_aside(url: str) -> None:
    assert await thread_of(url) is not threading.current_thread()


async def test_what_stands_beside_a_url_counts_too() -> None:
    assert await thread_of(URLS[0], beside=MOST_AT_ONCE + 1) is not threading.current_thread()
    weight = mapping(parse(URLS[0]))
    assert await thread_of(URLS[0], beside=MOST_AT_ONCE - weight) is threading.current_thread()
    assert await thread_of(URLS[0], beside=MOST_AT_ONCE - weight + 1) is not threading.current_thread()


async def test_names_are_explained_by_their_number() -> None:
    few, many = (BASE + "&".join(f"q=w{at}" for at in range(number)) for number in (40, 41))
    assert await thread_of(few, explaining) is threading.current_thread()
    assert await thread_of(many, explaining) is not threading.current_thread()


@pytest.mark.parametrize("url", [url for url in (*URLS, *COSTLY.values()) if len(url) <= LONGEST_AT_ONCE])
def test_a_weight_is_about_what_is_made_or_more(url: str) -> None:
    try:
        read = parse(url)
    except ForeignUrl:
        return
    made = extent(map_url(read, date(2026, 1, 1)).filter.predicate).predicates - 1
    assert mapping(read) >= min(made, MOST_AT_ONCE) / 2


async def test_another_process_makes_what_can_be_sent_to_it() -> None:
    aside = Aside(Apart(Maker))
    try:
        for url in (COSTLY["a long text"], COSTLY["unknown names"]):
            text, process = await aside.of_url(url, of_which_process, mapping)
            assert (text, process == os.getpid()) == (url, False)
        assert await aside.run(os.getpid) == process
        assert await aside.run(lambda: [os.getpid()]) == [os.getpid()], "a closure can't be sent"
        assert await aside.of_url(URLS[0], of_which_process, mapping) == (URLS[0], os.getpid())
        with pytest.raises(ForeignUrl):
            await aside.of_url("https://example.com/" + "x" * LONGEST_AT_ONCE, of_which_process, mapping)
    finally:
        await aside.close()


async def test_a_maker_makes_what_was_sent() -> None:
    assert await Maker().make_sent(pickle.dumps(partial(pow, 2, 10))) == 1024


async def test_no_more_than_a_few_threads() -> None:
    aside, free, running = Aside(), threading.Event(), []

    def work() -> None:
        running.append(1)
        free.wait(60)

    tasks = [asyncio.create_task(aside.run(work)) for _ in range(3 * AT_ONCE)]
    await eventually(lambda: len(running) == AT_ONCE)
    tasks[-1].cancel()
    await asyncio.sleep(0.1)
    assert len(running) == AT_ONCE
    free.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert len(running) == 3 * AT_ONCE - 1, "what had not begun was begun for nobody"


async def test_what_is_wrong_with_a_url_is_raised_wherever_it_is_read() -> None:
    for url in ("https://example.com/", "https://example.com/" + "x" * LONGEST_AT_ONCE):
        with pytest.raises(ForeignUrl):
            await Aside().of_url(url, ApolloUrl.__str__, mapping)


async def test_what_is_wrong_with_one_of_several_names_its_place() -> None:
    with pytest.raises(InvalidField, match=r"combine\.any\[1\]: .*apollo\.io"):
        await Aside().of_urls((URLS[0], "https://example.com"), len, mapping, 0, ("combine.any[0]", "combine.any[1]"))
