"""What people wait for at the console, in a browser, and beside nineteen others.

On DuckDB with sample contacts: the first paint of an empty page by somebody who was never there; from the
paste of a URL to its number, beyond what a bare client waits for such a count; and how long the answers to one change
take at p99 while twenty consoles are used, beside one. These twenty are scripted sockets that ask what the page asks.
The browser runs on the same processors as the service.
"""

import asyncio
import itertools
import json
import random
import statistics
import time
from collections.abc import Iterator, Sequence

from playwright.sync_api import Browser, Page
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.asking import message
from benchmarks.bench import Bench, Benchmark
from benchmarks.figures import Figure, Measured, at_most
from benchmarks.filters import url
from benchmarks.measure import median_ratio, p99
from tests.harness.browser import chromium
from tests.harness.service import Service, running

CONTACTS = 10_000
VISITS = 15
PASTES = 40
CONSOLES = 20
ROUNDS = 3
CHANGES_ALONE, CHANGES_OF_EACH = 100, 10
THINKING_SECONDS = (1.0, 3.0)
"""Between two changes of one of many; one alone is asked for the next at once."""

PAINT = Figure(name="first paint of an empty console", unit="ms", target=at_most(300))
BEYOND = Figure(name="from the paste of a URL to its number, beyond a bare count", unit="ms", target=at_most(200))
BYTES = Figure(name="all files of the page, gzipped", unit="KiB", target=at_most(60))
TOGETHER = Figure(name=f"answers to a change, {CONSOLES} consoles ÷ one, p99", target=at_most(3.0))

_PAINT = """() => new Promise((resolve) => {
    const painted = () => performance.getEntriesByName("first-contentful-paint")[0];
    const look = () => painted() ? resolve(painted().startTime) : setTimeout(look, 5);
    look();
})"""

_WEIGHT = """() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
    .filter((each) => each.initiatorType !== "fetch")
    .reduce((sum, each) => sum + each.encodedBodySize, 0)"""

_PASTE = """(url) => new Promise((resolve) => {
    const started = performance.now();
    const seen = new MutationObserver(() => {
        const now = document.querySelector(".large");
        if (now && !now.closest(".stale") && /[0-9]/.test(now.textContent)) {
            seen.disconnect();
            requestAnimationFrame(() => resolve(performance.now() - started));
        }
    });
    const pasted = new DataTransfer();
    pasted.setData("text", url);
    document.body.dispatchEvent(new ClipboardEvent("paste", {clipboardData: pasted, bubbles: true, cancelable: true}));
    seen.observe(document.body, {subtree: true, childList: true, characterData: true, attributes: true});
})"""


def first_paints(browser: Browser, service: Service) -> list[float]:
    """Milliseconds to the first paint of each visit, with a profile that has nothing of the page yet."""
    paints = []
    for _ in range(VISITS):
        context = browser.new_context()
        page = context.new_page()
        page.goto(service.base)
        paints.append(float(page.evaluate(_PAINT)))
        context.close()
    return paints


def pastes(page: Page, numbers: Iterator[int]) -> list[float]:
    """Milliseconds from each paste to the number that stands on the page for it."""
    times = []
    for _ in range(PASTES):
        # In between there is no search, and no number that could be taken for the next one's.
        times.append(float(page.evaluate(_PASTE, url(next(numbers)))))
        page.get_by_role("button", name="Begin anew").click()
        page.wait_for_function("() => !document.querySelector('#url').value")
        page.wait_for_timeout(300)
    return times


def signed_in(browser: Browser, service: Service) -> Page:
    """The page of a fresh user, with nothing in it."""
    context = browser.new_context()
    body = {"email": "console@example.com", "password": "long enough"}
    asked = {"X-Console-Path": "/", "Origin": service.base}
    context.request.post(f"{service.base}/api/v2/auth/register", data=body, headers=asked)
    page = context.new_page()
    page.goto(service.base)
    page.locator("#url").wait_for()
    return page


async def counts(service: Service, numbers: Iterator[int]) -> list[float]:
    """Milliseconds of the same counts, asked for by a bare client."""
    async with connect(service.socket_url(), max_size=None) as socket:
        return [await _answered(socket, [("count_contacts", {"url": url(next(numbers))})]) for _ in range(PASTES)]


async def changes(service: Service, consoles: int, each: int, numbers: Iterator[int]) -> list[float]:
    """Milliseconds until all answers to a change are there, of so many consoles of a user each."""
    thinking = THINKING_SECONDS if consoles > 1 else (0.0, 0.0)
    tokens = [service.registered(f"c{next(numbers)}@example.com") for _ in range(consoles)]
    times = await asyncio.gather(*[_console(service, token, each, thinking, numbers) for token in tokens])
    return list(itertools.chain(*times))


async def _console(
    service: Service, token: str, each: int, thinking: tuple[float, float], numbers: Iterator[int]
) -> list[float]:
    chance, times = random.Random(next(numbers)), []
    async with connect(service.socket_url(token), max_size=None) as socket:
        for _ in range(each):
            await asyncio.sleep(chance.uniform(*thinking))
            asked = url(next(numbers))
            contacts = {"url": asked, "limit": 25, "offset": 0, "view": "complete"}
            questions: list[tuple[str, dict[str, object]]] = [
                ("analyze", {"url": asked, "ledger": True}),
                ("explain_count", {"url": asked}),
                ("count_contacts", {"url": asked}),
                ("search_contacts", contacts),
            ]
            times.append(await _answered(socket, questions))
    return times


async def _answered(socket: ClientConnection, questions: Sequence[tuple[str, dict[str, object]]]) -> float:
    """Milliseconds until each of some questions, sent at once, has its answer."""
    started = time.perf_counter()
    for number, (action, data) in enumerate(questions):
        await socket.send(message(action, number, **data))
    for _ in questions:
        answer = json.loads(await socket.recv())
        assert answer["status"] == "success", answer
    return (time.perf_counter() - started) * 1000


def run(bench: Bench) -> Iterator[Measured]:
    """On DuckDB with few contacts."""
    numbers, contacts = itertools.count(), min(CONTACTS, bench.sizes.contacts)
    with running(bench.store("duckdb", contacts).environment) as service:
        bare = statistics.median(asyncio.run(counts(service, numbers)))
        with chromium() as browser:
            paints = first_paints(browser, service)
            page = signed_in(browser, service)
            weight = float(page.evaluate(_WEIGHT)) / 1024
            shown = pastes(page, numbers)
        yield BYTES.measured(weight, contacts)
        yield PAINT.measured(statistics.median(paints), contacts, beside={"largest": max(paints)})
        beside = {"bare": bare, "p99": p99(shown)}
        yield BEYOND.measured(statistics.median(shown) - bare, contacts, beside=beside)
        alone, together = [], []
        for _ in range(bench.sizes.rounds(ROUNDS)):
            alone.append(p99(asyncio.run(changes(service, 1, CHANGES_ALONE, numbers))))
            together.append(p99(asyncio.run(changes(service, CONSOLES, CHANGES_OF_EACH, numbers))))
        one = {"one, ms": statistics.median(alone)}
        yield TOGETHER.measured(median_ratio(together, alone), contacts, beside=one)


BENCHMARK = Benchmark(
    words="What people wait for at the console",
    figures=(PAINT, BEYOND, BYTES, TOGETHER),
    run=run,
    seconds=120,
    fixed=120,
)
