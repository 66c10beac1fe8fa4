"""`python -m benchmarks.console`: how soon the console is there, and how soon after a paste its number.

In Chromium, by its own clock, for somebody who is signed in. A round opens an empty console in a fresh tab and notes
its first paint, and when its field was found there; then a URL of 15 values is pasted, until its number stands on the
page, and the count of another such URL is asked over the same WebSocket: what the service and its engine take anyway.
"""

import secrets
import statistics
from collections.abc import Sequence

from playwright.sync_api import BrowserContext

from benchmarks import rounds
from benchmarks.filters import fifteen_values, url_of
from benchmarks.measure import at_most, show
from benchmarks.stores import Loaded, quiet
from tests.harness.browser import chromium
from tests.harness.service import Service, running

TARGET_PAINT = 300.0
TARGET_BEYOND = 200.0
"""Milliseconds."""

_WARMUP = 3

_PAINT = """() => new Promise((resolve) => new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") resolve(startTime);
}).observe({ type: "paint", buffered: true }))"""

_PASTE = """async ([url, other]) => {
    const page = await import("./console/page.js");
    const { effect } = await import("./console/vendor/signals-core/signals-core.module.js");
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", url);
    const begun = performance.now();
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
    await new Promise((resolve) => {
        const end = effect(() => {
            if (page.search.value.path && page.count.answer.value && !page.count.pending.value) resolve();
        });
    });
    const pasted = performance.now() - begun;
    const again = performance.now();
    await page.socket.ask("count_contacts", { url: other });
    return [pasted, performance.now() - again];
}"""


def _round(context: BrowserContext, service: Service, number: int) -> tuple[float, ...]:
    """Milliseconds until the first paint and the field, from a paste to the number, and of a count."""
    page = context.new_page()
    page.goto(service.base)
    page.locator("#url").wait_for()
    field = float(page.evaluate("() => performance.now()"))
    paint = float(page.evaluate(_PAINT))
    urls = [url_of(fifteen_values(2 * number)), url_of(fifteen_values(2 * number + 1))]
    pasted, counted = page.evaluate(_PASTE, urls)
    page.close()
    return paint, field, float(pasted), float(counted)


def report(engine: str, store: Loaded, contacts: int, number: int) -> None:
    """Measure a service, and print one line for each target: the medians."""
    user = {"email": f"{secrets.token_hex(4)}@example.com", "password": "long enough", "name": ""}
    with running(quiet(store.environment)) as service, chromium() as browser:
        context = browser.new_context()
        headers = {"X-Console-Path": "/", "Origin": service.base}
        context.request.post(f"{service.base}/api/v2/auth/register", data=user, headers=headers)
        measured = [_round(context, service, at) for at in range(_WARMUP + number)][_WARMUP:]
    paint, field, paste, count = (statistics.median(each) for each in zip(*measured, strict=True))
    beyond = statistics.median([paste - count for _, _, paste, count in measured])
    about = {"engine": engine, "contacts": contacts}
    line = {"figure": "first paint of the console", "ms": round(paint, 1), **at_most(paint, TARGET_PAINT, " ms")}
    show({**line, **about, "field": round(field, 1)})
    line = {"figure": "from a paste to its number, beyond a count", "ms": round(beyond, 1)}
    line |= at_most(beyond, TARGET_BEYOND, " ms")
    show({**line, **about, "paste": round(paste, 1), "count": round(count, 1)})


def main(arguments: Sequence[str] | None = None) -> None:
    """Run it."""
    rounds.run("console", __doc__, report, arguments)


if __name__ == "__main__":
    main()
