"""A real Chromium with a page of the console in it, and what went wrong there without a word to anybody."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
"""Where tests leave what they saw."""

_NAMES = ("chromium", "chromium-browser")

_REPORT = """
document.addEventListener("securitypolicyviolation", (event) => {
    window.reportViolation(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`);
});
"""


def program() -> str:
    """The path of Chromium. Without one the test is skipped, loudly, or fails where `REQUIRE_CHROMIUM` is set."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        assert not os.environ.get("REQUIRE_CHROMIUM"), "there is no chromium"
        pytest.skip("there is no chromium")
    return found


AXE = "axe-core/axe.min.js"
"""Finds out what keeps people from using a page."""

COMPILER = "typescript/bin/tsc"
"""Reads modules as browsers do."""


def tool(path: str) -> Path:
    """A file of a package that `make setup` fetches from npm.

    Without it the test is skipped, loudly, or fails where `REQUIRE_CHROMIUM` is set.
    """
    file = Path(__file__).parents[2] / "tools" / "node_modules" / path
    if not file.exists():
        assert not os.environ.get("REQUIRE_CHROMIUM"), f"there is no {file}: run `make setup`"
        pytest.skip(f"there is no {path}: run `make setup`")
    return file


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window. Root, as in a container, has no sandbox to give it."""
    options = [*(["--no-sandbox"] if os.geteuid() == 0 else []), "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=options)
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """What a browser complained of while it showed a service's pages: everything, but for what a test expects.

    Args:
        origin: the service's; a request to any other is a complaint.

    Attributes:
        complaints: so far.
        expected: the regular expressions of what the test provokes.
    """

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self.complaints: list[str] = []
        self.expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """The test provokes complaints in which this regular expression is found: without one it fails."""
        self.expected.append(pattern)

    def follow(self, context: BrowserContext) -> None:
        """Hear what all pages of `context` complain of."""
        context.expose_binding("reportViolation", lambda _, violation: self._tell(f"policy: {violation}"))
        context.add_init_script(_REPORT)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._tell(f"error: {error.error}"))
        context.on("request", lambda request: self._request(request.url))
        context.on("page", lambda page: page.on("websocket", lambda socket: self._request(socket.url)))

    def check(self) -> None:
        """Fail if there was anything to complain of, or not what was expected."""
        unexpected = [text for text in self.complaints if not any(re.search(each, text) for each in self.expected)]
        missing = [each for each in self.expected if not any(re.search(each, text) for text in self.complaints)]
        assert (unexpected, missing) == ([], []), f"the browser complained of {unexpected}, and not of {missing}"

    def _tell(self, text: str) -> None:
        self.complaints.append(text)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._tell(f"console: {message.text}")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("data", "blob"):
            return
        origin = f"{parts.scheme.replace('ws', 'http', 1)}://{parts.netloc}"
        if origin != self._origin:
            self._tell(f"request: {url}")


@contextmanager
def watched(browser: Browser, origin: str, **options: object) -> Iterator[tuple[BrowserContext, Watch]]:
    """A fresh profile, as of somebody who comes for the first time; in the end there must be no complaint.

    `options` are those of Playwright's `new_context`, e.g. `color_scheme="dark"`.
    """
    context = browser.new_context(**options)  # type: ignore[arg-type]
    watch = Watch(origin)
    watch.follow(context)
    try:
        yield context, watch
    finally:
        context.close()
    watch.check()


def screenshot(page: Page, name: str) -> None:
    """Keep what `page` looks like now, whole, for whoever reads the output of CI."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, animations="disabled")
