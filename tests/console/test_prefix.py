"""The page behind a proxy that ends TLS and has it beneath a path, as docs/operations.md says."""

from copy import copy
from pathlib import Path

from playwright.sync_api import Browser

from tests.console.desk import Desk, url_of
from tests.harness.browser import watched
from tests.harness.nginx import nginx
from tests.harness.service import Service
from tests.test_operations import examples

CHANGES = {
    "location / {": "location /contacts/ {",
    "proxy_pass http://contacts;": "proxy_pass http://contacts/;",
    "proxy_set_header Host $host;": "proxy_set_header Host $http_host;",
    "^/(metrics|health)": "^/contacts/(metrics|health)",
}
"""What the page says is to be written otherwise there."""


def test_it_works_beneath_a_path_and_stays_signed_in(browser: Browser, service: Service, tmp_path: Path) -> None:
    [site] = examples("nginx")
    for old, new in CHANGES.items():
        assert old in site
        site = site.replace(old, new)
    with nginx(site, service.port, tmp_path) as (_, tls):
        origin = f"https://127.0.0.1:{tls}"
        there = copy(service)
        there.base = f"{origin}/contacts"
        with watched(browser, origin, ignore_https_errors=True) as (context, _):
            email = f"prefix-{tls}@example.com"
            service.registered(email)
            page = context.new_page()
            page.goto(f"{there.base}/")
            page.get_by_label("E-mail").fill(email)
            page.get_by_label("Password").fill("long enough")
            page.get_by_role("button", name="Sign in").click()
            url = url_of(("personTitles[]", "CEO"))
            desk = Desk(page, there).search(url).shows(service.data("count_contacts", url=url)["count"])
            [cookie] = context.cookies()
            assert (cookie["path"], cookie["secure"]) == ("/contacts/api/v2/auth", True)
            page.reload()
            desk.settled().shows(service.data("count_contacts", url=url)["count"])
    logged = (tmp_path / "contacts.log").read_text()
    assert "/contacts/api/v2/apollo/ws" in logged
    assert cookie["value"] not in logged
