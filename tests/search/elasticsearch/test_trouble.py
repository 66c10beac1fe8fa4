"""What an operator is told of a cluster that lets nobody in: where, why and what to do; and what no answer says."""

import socket
import ssl
from typing import Any

import msgspec
import pytest
from elastic_transport import ConnectionError as NoConnection
from elastic_transport import TlsError

from mappings.errors import EngineDenied, EngineUnavailable, IndexingError, ViewLost, detail_of
from search.elasticsearch.settings import ElasticsearchSettings
from search.elasticsearch.trouble import place, refused, unreachable

SECURE = ElasticsearchSettings(nodes=("https://elastic:secret@es.example:9200",), api_key="k")


def body(kind: str, reason: str | None = "because", **more: str) -> bytes:
    return msgspec.json.encode({"error": {"type": kind, "reason": reason} | more, "status": 0})


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://elastic:secret@es.example:9200", "https://es.example:9200"),
        ("http://es.example", "http://es.example"),
        ("http://[::1]:9200", "http://[::1]:9200"),
    ],
)
def test_a_place_has_no_password(url: str, shown: str) -> None:
    assert place(ElasticsearchSettings(nodes=(url,))) == shown


@pytest.mark.parametrize(
    ("credentials", "cure"),
    [
        ({"api_key": "k"}, "CONTACTS_ELASTICSEARCH_API_KEY is not, or no longer, a key of it: make another one"),
        (
            {"username": "u"},
            "CONTACTS_ELASTICSEARCH_USERNAME and CONTACTS_ELASTICSEARCH_PASSWORD are not those of a user",
        ),
        ({}, "it asks who we are: set CONTACTS_ELASTICSEARCH_API_KEY"),
    ],
)
def test_who_is_not_known_is_told_which_setting(credentials: Any, cure: str) -> None:
    cluster = ElasticsearchSettings(nodes=("https://es.example",), **credentials)
    error = refused(
        401, body("security_exception", "no\n entry", additional_unsuccessful_credentials="expired"), cluster
    )
    assert isinstance(error, EngineDenied)
    assert error.detail.startswith("https://es.example answered 401: no entry: expired; ")
    assert cure in error.detail
    assert str(error) == "The contacts engine refused the service's credentials."


def test_what_is_not_allowed_is_told_from_what_is_not_known() -> None:
    error = refused(403, body("security_exception", "action [x] is unauthorized"), SECURE)
    assert isinstance(error, EngineDenied)
    assert "answered 403: action [x] is unauthorized; its role lacks that privilege: docs/" in error.detail
    assert "secret" not in error.detail


def test_an_index_that_takes_no_writes_is_no_matter_of_credentials() -> None:
    error = refused(
        403, body("cluster_block_exception", "index [x] blocked by: [FORBIDDEN/8/index write (api)]"), SECURE
    )
    assert (type(error), "blocked by" in error.detail) == (EngineUnavailable, True)


@pytest.mark.parametrize(
    "content", [b"", b"<html>", b'{"error":"text"}', b'{"error":null}', b'{"error":"\xe9"}', None, {"error": 1}]
)
def test_a_refusal_of_whatever_stands_before_the_cluster_is_one(content: object) -> None:
    assert isinstance(refused(403, content, SECURE), EngineDenied)


def test_shards_that_can_not_be_asked_are_told_from_a_busy_cluster() -> None:
    shards = body("search_phase_execution_exception", "Partial shards failure")
    assert str(refused(503, shards, SECURE)).startswith("A part of the contacts is out of reach at the moment")
    assert "busy" in str(refused(429, shards, SECURE))
    assert "busy" in str(refused(503, body("master_not_discovered_exception", None), SECURE))


def test_a_limit_that_the_cluster_has_of_its_own_is_named() -> None:
    cause = {"type": "search_timeout_exception", "reason": "Time exceeded"}
    error = {"type": "search_phase_execution_exception", "reason": "all shards failed", "root_cause": [cause]}
    told = refused(504, msgspec.json.encode({"error": error}), SECURE)
    assert "busy" in str(told)
    assert "search.default_search_timeout" in told.detail


def test_a_view_that_is_gone_does_not_mean_that_there_are_no_contacts() -> None:
    """A point in time that has expired, and one whose node has started anew, are not found."""
    cause = {"type": "search_context_missing_exception", "reason": "No search context found for id [1]"}
    error = msgspec.json.encode({"error": {"type": "x", "reason": "all shards failed", "root_cause": [cause]}})
    assert isinstance(refused(404, error, SECURE), ViewLost)


class _Wrapped(Exception):
    """As aiohttp wraps what went wrong below."""

    def __init__(self, **below: BaseException) -> None:
        super().__init__("wrapped")
        self.__dict__.update(below)


def certificate(code: int, message: str = "it is odd") -> TlsError:
    below = ssl.SSLCertVerificationError(1, "failed")
    below.verify_code, below.verify_message = code, message
    return TlsError("failed", errors=(_Wrapped(certificate_error=below),))


def connection(below: OSError) -> NoConnection:
    return NoConnection("failed", errors=(_Wrapped(os_error=below),))


def no_tls() -> TlsError:
    below = ssl.SSLError(1, "wrong version")
    below.reason = "WRONG_VERSION_NUMBER"
    return TlsError("failed", errors=(_Wrapped(os_error=below),))


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (certificate(9), "its certificate is not valid yet"),
        (certificate(10), "its certificate has expired: renew it there"),
        (certificate(19), "CONTACTS_ELASTICSEARCH_CA_CERTS must be the file"),
        (certificate(20), "its certificate is of an authority that is not trusted here"),
        (certificate(62), "its certificate is not of that host"),
        (certificate(64), "its certificate is not of that host"),
        (certificate(23), "its certificate is refused: it is odd"),
        (no_tls(), "no TLS can be agreed upon (WRONG_VERSION_NUMBER): if it speaks none, the URL begins with http://"),
        (connection(ConnectionRefusedError()), "nothing listens there"),
        (connection(socket.gaierror()), "there is no host of that name"),
        (connection(ConnectionResetError()), "the connection broke"),
    ],
)
def test_why_there_is_no_connection(error: Any, why: str) -> None:
    told = unreachable(error, SECURE)
    assert told.detail.startswith("https://es.example:9200 (CONTACTS_ELASTICSEARCH_URL): ")
    assert why in told.detail
    assert str(told) == "The contacts engine can't be reached."


def test_what_breaks_without_tls_may_be_for_want_of_it() -> None:
    told = unreachable(connection(ConnectionResetError()), ElasticsearchSettings(nodes=("http://es.example",)))
    assert "if it speaks TLS, the URL begins with https://" in told.detail


def test_the_detail_stays_with_an_error_that_came_of_it() -> None:
    first = EngineUnavailable("busy", "at es.example")
    first.__cause__ = ValueError()
    outer = IndexingError("stopped")
    outer.__cause__ = first
    assert (detail_of(outer), detail_of(IndexingError("x")), detail_of(None)) == ("at es.example", "", "")
