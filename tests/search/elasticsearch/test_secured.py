"""Real clusters with security on, of both major versions: what the documented roles let us do, and what is refused."""

import asyncio
import json
import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from mappings.errors import EngineDenied
from mappings.predicates import ContactFilter
from search.engines import open_engine
from tests.conftest import server_or_skip
from tests.harness.distribution import CURRENT, NEXT
from tests.harness.loads import loaded, people, run_load, settings_of, status
from tests.harness.secured import Authority, SecuredElasticsearch, secured_elasticsearch
from tests.harness.service import contacts, environment_of, running

PAGE = Path(__file__).parents[3] / "docs" / "elasticsearch.md"
SERVICE, LOADS = (json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", PAGE.read_text(), re.M | re.S))
CEOS = "https://app.apollo.io/#/people?personTitles[]=CEO"


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(release, id=release.version, marks=pytest.mark.xdist_group(f"secured {release.version}"))
        for release in (CURRENT, NEXT)
    ],
)
def secured(request: pytest.FixtureRequest) -> Iterator[SecuredElasticsearch]:
    with server_or_skip("Elasticsearch", lambda: secured_elasticsearch(request.param)) as server:
        yield server


def environment(server: SecuredElasticsearch, directory: Path, **more: str) -> dict[str, str]:
    settings = {"ENGINE": "elasticsearch", "ELASTICSEARCH_URL": server.url}
    settings |= {"ELASTICSEARCH_CA_CERTS": str(server.authority.file)} | more
    return environment_of(directory, **{f"CONTACTS_{name}": value for name, value in settings.items()})


def said(environment: dict[str, str], *command: str) -> str:
    """What a command that fails says."""
    outcome = contacts(environment, *(command or ("index", "status")))
    assert (outcome.returncode, outcome.stdout) == (1, "")
    return outcome.stderr


def test_the_documented_roles_are_all_that_it_takes(secured: SecuredElasticsearch, tmp_path: Path) -> None:
    secured.ask("PUT", "/_security/role/contacts-service", SERVICE)
    secured.ask("PUT", "/_security/user/service", {"password": "read only please", "roles": ["contacts-service"]})
    loads = environment(secured, tmp_path, ELASTICSEARCH_API_KEY=secured.api_key("loads", LOADS))
    service = environment(
        secured, tmp_path, ELASTICSEARCH_USERNAME="service", ELASTICSEARCH_PASSWORD="read only please"
    )
    assert loaded(loads, "csv", "-", stdin=people(300))["live"] == 300
    assert loaded(loads, "csv", "-", stdin=people(500))["live"] == 500
    assert loaded(loads, "csv", "-", "--update", stdin=people(20, first=490, title="CTO"))["live"] == 510
    assert [store["contacts"] for store in status(loads)["stores"]] == [300, 510]
    found = asyncio.run(asked(service))
    assert found == {
        "ready": None,
        "store": 510,
        "count": 510,
        "page": 25,
        "deep": 10,
        "uuids": 510,
        "all": 510,
        "each": [510],
    }
    assert contacts(service, "count", CEOS).stdout.strip() == "490"
    assert loaded(loads, "rebuild")["live"] == 510
    outcome = contacts(loads, "index", "rollback", "--json")
    assert json.loads(outcome.stdout)["contacts"] == 510, outcome.stderr
    # What only reads may not write, and is told so at once.
    refused = run_load(service, "csv", "-", stdin=people(1))
    assert refused.returncode == 1
    assert f"({secured.url} answered 403: action [indices:" in refused.stderr
    assert "docs/elasticsearch.md has the roles" in refused.stderr


async def asked(environment: dict[str, str]) -> dict[str, Any]:
    """What the engine answers to all that the service asks of it."""
    engine = open_engine(settings_of(environment))
    everybody = engine.compile(ContactFilter())
    try:
        return {
            "ready": await engine.ready(),
            "store": (await engine.store()).contacts,
            "count": await engine.count(everybody),
            "page": len((await engine.search(everybody, 25)).items),
            "deep": len((await engine.search(everybody, 10_000, 500)).items),
            "uuids": len([uuid async for batch in engine.scan_uuids(everybody) for uuid in batch]),
            "all": len([item async for batch in engine.scan(everybody, complete=True) for item in batch]),
            "each": await engine.count_many([everybody]),
        }
    finally:
        await engine.close()


def without(role: dict[str, Any], kind: str, left_out: str) -> dict[str, Any]:
    """`role` without one of its privileges or names of indices."""
    (indices,) = role["indices"]
    return role | {"indices": [indices | {kind: [each for each in indices[kind] if each != left_out]}]}


def test_nothing_of_the_service_role_can_be_left_out(secured: SecuredElasticsearch, tmp_path: Path) -> None:
    """Reading all of many contacts names the index behind the alias, all else names the alias."""
    loads = environment(secured, tmp_path, ELASTICSEARCH_API_KEY=secured.api_key("loads", LOADS))
    loaded(loads, "csv", "-", "--allow-shrink", stdin=people(30))
    (indices,) = SERVICE["indices"]
    for kind in ("names", "privileges"):
        for left_out in indices[kind]:
            key = secured.api_key("less", without(SERVICE, kind, left_out))
            with pytest.raises(EngineDenied):
                asyncio.run(asked(environment(secured, tmp_path, ELASTICSEARCH_API_KEY=key)))


def test_a_role_without_a_privilege_is_told_from_a_key_that_is_none(
    secured: SecuredElasticsearch, tmp_path: Path
) -> None:
    """Also where only the parts of a request are refused, as of one that writes many contacts."""
    narrow = secured.api_key("narrow", without(LOADS, "privileges", "index"))
    outcome = run_load(environment(secured, tmp_path, ELASTICSEARCH_API_KEY=narrow), "csv", "-", stdin=people(1))
    assert outcome.returncode == 1
    assert "answered 403: action [indices:data/write/bulk" in outcome.stderr
    key = secured.api_key("short", SERVICE, expiration="1ms")
    time.sleep(0.05)
    expired = said(environment(secured, tmp_path, ELASTICSEARCH_API_KEY=key))
    assert f"({secured.url} answered 401: " in expired
    assert "expired" in expired
    assert "CONTACTS_ELASTICSEARCH_API_KEY is not, or no longer, a key of it: make another one" in expired
    assert key not in expired
    unknown = environment(secured, tmp_path, ELASTICSEARCH_USERNAME="nobody", ELASTICSEARCH_PASSWORD="wrong one")
    assert "answered 401: " in said(unknown)
    assert "CONTACTS_ELASTICSEARCH_PASSWORD are not those of a user of it" in said(unknown)
    assert "wrong one" not in said(unknown)
    assert "it asks who we are: set CONTACTS_ELASTICSEARCH_API_KEY" in said(environment(secured, tmp_path))


def test_what_is_wrong_with_tls_is_told_apart(secured: SecuredElasticsearch, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "stranger")
    port = secured.url.rpartition(":")[2]
    start = "error: The contacts engine can't be reached. ("
    of_another = said(environment(secured, tmp_path, ELASTICSEARCH_CA_CERTS=str(stranger.file)))
    assert of_another.startswith(f"{start}{secured.url} (CONTACTS_ELASTICSEARCH_URL): its certificate is of an auth")
    assert "CONTACTS_ELASTICSEARCH_CA_CERTS must be the file" in of_another
    localhost = f"https://localhost:{port}"
    other_host = said(environment(secured, tmp_path, ELASTICSEARCH_URL=localhost))
    assert other_host.startswith(f"{start}{localhost} (CONTACTS_ELASTICSEARCH_URL): its certificate is not of that")
    plain = f"http://127.0.0.1:{port}"
    assert "if it speaks TLS, the URL begins with https://" in said(
        environment(secured, tmp_path, ELASTICSEARCH_URL=plain, ELASTICSEARCH_CA_CERTS="")
    )
    assert "begins with http://; let that begin with https://" in said(
        environment(secured, tmp_path, ELASTICSEARCH_URL=plain)
    )
    with expired_server(secured.authority, tmp_path) as url:
        assert "its certificate has expired: renew it there" in said(
            environment(secured, tmp_path, ELASTICSEARCH_URL=url)
        )
    (tmp_path / "empty.crt").write_text("no certificate")
    for file, why in (("empty.crt", "it has no certificates"), ("missing.crt", "No such file or directory")):
        bad = said(environment(secured, tmp_path, ELASTICSEARCH_CA_CERTS=str(tmp_path / file)))
        assert bad.startswith("error: CONTACTS_ELASTICSEARCH_CA_CERTS: '")
        assert f"can't be used ({why})" in bad


@contextmanager
def expired_server(authority: Authority, directory: Path) -> Iterator[str]:
    """The URL of a server whose certificate has expired. Nobody gets to ask it anything."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue(directory, days=-1))
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with suppress(OSError), context.wrap_socket(connection, server_side=True):
                    raise AssertionError("an expired certificate was taken")

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def test_an_answer_says_nothing_of_it_and_the_log_does(
    secured: SecuredElasticsearch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    nobody = environment(secured, tmp_path, ELASTICSEARCH_API_KEY="bm9ib2R5Om5vYm9keQ==")
    with running(nobody) as service:
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{service.base}/health/ready", timeout=30)
        with refused.value as error:
            answers = [error.read().decode()]
        code, body, _ = service.post("/api/v2/apollo/contacts", {"url": CEOS})
        answers.append(json.dumps(body))
    assert (refused.value.code, code) == (503, 503)
    for answer in answers:
        assert "The contacts engine refused the service's credentials." in answer
        assert not re.search(r"127\.0\.0\.1|401|CONTACTS_|api.?key", answer, re.IGNORECASE)
    log = capfd.readouterr().err
    assert f"{secured.url} answered 401: " in log
    assert "bm9ib2R5" not in log
