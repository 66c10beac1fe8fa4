"""What a browser complains of fails a test: each kind is provoked here."""

import re

import pytest
from playwright.sync_api import Page

from tests.console.conftest import both_engines
from tests.harness.browser import Watch, screenshot
from tests.harness.service import Service


@both_engines
def test_the_page_is_drawn(page: Page, service: Service) -> None:
    page.goto(service.base)
    page.get_by_role("heading").first.wait_for()
    screenshot(page, "empty")


PROVOKED = {
    "console: mine": "() => console.error('mine')",
    "error: .*thrown": "() => setTimeout(() => { throw new Error('thrown') })",
    "policy: img-src https://other.example": "() => { new Image().src = 'https://other.example/x.png' }",
    "policy: style-src-attr": "() => { document.body.setAttribute('style', 'color: red') }",
    "policy: require-trusted-types-for": "() => { try { document.body.innerHTML = '<b>x</b>' } catch {} }",
    "request: https://other.example": "() => fetch('https://other.example').catch(() => 0)",
    "console: .*404": "() => fetch('nothing').then(() => 0)",
}
"""What is complained of → the script that provokes it."""


def test_what_goes_wrong_in_a_page_is_a_complaint(page: Page, service: Service, watch: Watch) -> None:
    page.goto(service.base)
    for script in PROVOKED.values():
        page.evaluate(script)
    page.wait_for_timeout(100)
    for complaint in PROVOKED:
        assert any(re.search(complaint, text) for text in watch.complaints), (complaint, watch.complaints)
    with pytest.raises(AssertionError):
        watch.check()
    watch.complaints.clear()
    watch.check()
    watch.expect("never said")
    with pytest.raises(AssertionError):
        watch.check()
    watch.expected.clear()
