"""How the cluster is asked: as whom, and what becomes of its refusals."""

import asyncio
from base64 import b64encode
from typing import Any

import pytest

from mappings.errors import EngineDenied, EngineError, EngineRejected, EngineUnavailable, SettingsError
from search.elasticsearch.client import Client
from search.elasticsearch.settings import SETTINGS, ElasticsearchSettings, check_alias
from search.engine import EngineSettings
from search.settings import read

ELASTIC = "x-elastic-product: Elasticsearch\r\ncontent-type: application/json"


def asked(status: int = 200, headers: str = ELASTIC, body: bytes = b"{}", **cluster: Any) -> str:
    """The head of the one request that such a cluster gets, and answers with `status`, `headers` and `body`."""
    heads: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append((await reader.readuntil(b"\r\n\r\n")).decode().lower())
        head = f"HTTP/1.1 {status} Status\r\n{headers}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def run() -> None:
        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            own = ElasticsearchSettings(nodes=(f"http://127.0.0.1:{port}",), **cluster)
            client = Client(EngineSettings(own=own))
            try:
                assert await client.json("GET", "/x") == {}
            finally:
                await client.close()

    asyncio.run(run())
    [head] = heads
    return head


def test_credentials() -> None:
    basic = b64encode(b"reader:secret").decode().lower()
    assert "authorization" not in asked()
    assert "authorization: apikey abc" in asked(api_key="abc", username="reader")
    assert f"authorization: basic {basic}" in asked(username="reader", password="secret")
    basic = b64encode("lesér:ключ".encode()).decode().lower()
    assert f"authorization: basic {basic}" in asked(username="lesér", password="ключ")


@pytest.mark.parametrize("key", ["id: a\napi_key: hush", "a hush", "ключ-hush", '{"encoded":"hush"} '])
def test_a_key_that_can_stand_in_no_header(key: str) -> None:
    with pytest.raises(
        SettingsError, match=r"^CONTACTS_ELASTICSEARCH_API_KEY: a value of .* expected the `encoded`"
    ) as it:
        read(SETTINGS, {"CONTACTS_ELASTICSEARCH_API_KEY": key})
    assert "hush" not in str(it.value)


@pytest.mark.parametrize(
    "alias", ["People", "a,b", "*", "a*", "_all", "-a", "+a", "a b", "a#b", "a:b", "Ä", "a?", "<a>", "a|b"]
)
def test_an_alias_that_can_be_no_name_of_an_index(alias: str) -> None:
    with pytest.raises(SettingsError, match=r"^CONTACTS_INDEX: .* can't be the name of an index of Elasticsearch"):
        Client(EngineSettings(index=alias))


@pytest.mark.parametrize("alias", ["contacts", "contacts-2", "a.b", "ä", "7", "a+b_c"])
def test_an_alias_that_can_be_one(alias: str) -> None:
    check_alias(alias)


@pytest.mark.parametrize(
    ("url", "file", "words"),
    [
        ("https://127.0.0.1:9", "ca.pem", r"ca\.pem' can't be used \(it has no certificates\)"),
        ("https://127.0.0.1:9", "none.pem", r"none\.pem' can't be used \(No such file or directory\)"),
        ("http://127.0.0.1:9", "ca.pem", "nothing is encrypted where"),
    ],
)
def test_authorities_are_those_of_the_file(tmp_path: Any, url: str, file: str, words: str) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    own = ElasticsearchSettings(nodes=(url,), ca_certs=str(tmp_path / file))
    with pytest.raises(SettingsError, match=words):
        Client(EngineSettings(own=own))


@pytest.mark.parametrize(
    ("status", "error", "words"),
    [
        (404, EngineUnavailable, "contacts index csv"),
        (401, EngineDenied, "credentials"),
        (403, EngineDenied, "credentials"),
        (429, EngineUnavailable, "busy"),
        (500, EngineUnavailable, "busy"),
        (400, EngineRejected, "refused this query"),
    ],
)
def test_refusals(status: int, error: type[EngineError], words: str) -> None:
    with pytest.raises(error, match=words):
        asked(status)


@pytest.mark.parametrize("status", [200, 502])
@pytest.mark.parametrize("kind", ["text/html", "application/json"])
@pytest.mark.parametrize("body", [b"<html>Sign in</html>", b'{"message":"hello"}', b'{"error":"caf\xe9"}'])
def test_what_is_not_elasticsearch_is_told_from_a_query_that_it_refused(status: int, kind: str, body: bytes) -> None:
    with pytest.raises(EngineUnavailable) as caught:
        asked(status, f"content-type: {kind}", body)
    if status == 200:
        assert "what answers there is not Elasticsearch" in caught.value.detail
