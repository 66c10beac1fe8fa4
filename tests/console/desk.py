"""What people do at the console, for tests: paste a search, see its number, open what there is."""

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import BrowserContext, Locator, Page, WebSocketRoute, expect

from tests.harness.service import Service

APOLLO = "https://app.apollo.io/#/people?"


def url_of(*pairs: tuple[str, str]) -> str:
    """A search as Apollo writes it."""
    return APOLLO + urlencode(pairs, safe="[]").replace("+", "%20")


_SETTLED = """() => {
    if (!window.modulePage) {
        import("./console/page.js").then((module) => (window.modulePage = module));
        return false;
    }
    const { search, target, reading, analysis, count, explanation, contacts, sees } = window.modulePage;
    if (!search.value.path) return !reading.value;
    const asked = [analysis, count, explanation, ...(sees.value ? [contacts] : [])];
    const told = asked.every((each) => !each.pending.value && (each.answer.value || each.failure.value));
    return !reading.value && target.value && told && !document.querySelector(".stale");
}"""
"""What a promise came to would not be waited for: any promise counts as true."""


class Desk:
    """The page of a service in a tab, for whoever is signed in there."""

    def __init__(self, page: Page, service: Service) -> None:
        self.page, self.service = page, service

    def open(self, fragment: str = "") -> "Desk":
        """The page, with a search that is in its address already."""
        self.page.goto(f"{self.service.base}/{fragment}")
        self.page.locator("#url").wait_for()
        return self if not fragment else self.settled()

    def search(self, url: str) -> "Desk":
        """Paste a search into the field."""
        self.page.locator("#url").fill(url)
        self.page.locator("#url").press("Enter")
        self.page.locator(".large").wait_for()
        return self.settled()

    def settled(self) -> "Desk":
        """When every number on the page is that of the search that is there."""
        self.page.wait_for_function(_SETTLED, timeout=30_000)
        return self

    def shows(self, count: int) -> "Desk":
        """The number, large."""
        expect(self.page.locator(".large")).to_have_text(f"{count:,}")
        return self

    def counts(self, url: str, **fields: Any) -> int:
        """How many contacts the service finds, asked beside the page."""
        return int(self.service.data("count_contacts", url=url, **fields)["count"])

    def parameter(self, name: str) -> Locator:
        """The card of a parameter or list."""
        return self.page.locator(f"article[data-name={json.dumps(name)}]")

    def chip(self, name: str, value: str) -> Locator:
        """The chip of a value."""
        return self.parameter(name).locator(".chip").filter(has=self.page.get_by_text(value, exact=True))

    def mute(self, name: str, value: str | None = None) -> "Desk":
        """Click a chip, or the switch of a whole parameter."""
        clicked = self.parameter(name).get_by_role("switch") if value is None else self.chip(name, value)
        (clicked if value is None else clicked.locator("button").first).click()
        return self.settled()

    def view(self, title: str) -> "Desk":
        """One of the views of the contacts."""
        self.page.get_by_role("navigation", name="Views").get_by_role("button", name=title).click()
        return self.settled()

    def run(self, script: str) -> Any:
        """What JavaScript in the page gives."""
        return self.page.evaluate(script)

    def rows(self) -> Locator:
        """The rows of the table."""
        return self.page.locator(".table tbody tr")


class Line:
    """The page's WebSocket, whose answers a test can hold back or alter; made before the page is opened.

    Attributes:
        holding: whether answers wait until `release`.
        losing: of which request the answer is lost, with the connection: a text in it. Once; empty for none.
        asked: what the page sent, so far.
        altered: told each answer, and gives what arrives in its place.
    """

    def __init__(self, page: Page) -> None:
        self.holding = False
        self.losing = ""
        self.asked: list[dict[str, Any]] = []
        self.altered: Callable[[dict[str, Any]], object] = lambda answer: answer
        self._held: list[tuple[WebSocketRoute, str]] = []
        page.route_web_socket(re.compile("/api/v2/apollo/ws"), self._opened)

    def release(self) -> None:
        """Let through what was held back, and all that follows."""
        self.holding, held = False, self._held
        self._held = []
        for client, answer in held:
            self._take(client, answer)

    def _opened(self, client: WebSocketRoute) -> None:
        server = client.connect_to_server()
        client.on_message(lambda message: self._ask(server, str(message)))
        server.on_message(lambda answer: self._take(client, str(answer)))

    def _ask(self, server: WebSocketRoute, message: str) -> None:
        self.asked.append(json.loads(message))
        server.send(message)

    def _take(self, client: WebSocketRoute, answer: str) -> None:
        number = json.loads(answer).get("request_id")
        if self.losing and any(self.losing in json.dumps(each) for each in self.asked if each["request_id"] == number):
            self.losing = ""
            client.close(code=4000)
        elif self.holding:
            self._held.append((client, answer))
        else:
            client.send(json.dumps(self.altered(json.loads(answer))))


def sign_in(context: BrowserContext, service: Service, email: str, password: str = "long enough") -> None:
    """Put the cookie of a user who is there into a profile."""
    answer = context.request.post(
        f"{service.base}/api/v2/auth/login",
        data={"email": email, "password": password},
        headers={"X-Console-Path": "/", "Origin": service.base},
    )
    assert answer.status == 200, answer.text()


def number(text: str) -> int:
    """The first number in a text for people."""
    found = re.search(r"[\d,]+", text)
    assert found, text
    return int(found[0].replace(",", ""))
