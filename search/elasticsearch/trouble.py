"""What went wrong at the cluster's door, told twice: in an answer's words, and with where and why for the operator.

The second is an error's `detail`. It names hosts and settings, so the command line and the log have it, and answers
never do.
"""

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import msgspec
from elastic_transport import SerializationError, TransportError
from elasticsearch import UnsupportedProductError

from mappings.errors import (
    EngineDenied,
    EngineError,
    EngineRejected,
    EngineUnavailable,
    EngineUnreachable,
    NothingIndexed,
    ViewLost,
    shorten,
)
from search.elasticsearch.settings import ElasticsearchSettings

SECURITY = "security_exception"
"""The type of an error that is about who asks, also of a part of a bulk request."""

PART_MISSING = "A part of the contacts is out of reach at the moment; try again later."
"""What is said where not every shard could answer: less than all would be a wrong answer."""

_NO_VIEW, _SHARDS_FAILED = "search_context_missing_exception", "search_phase_execution_exception"
"""Types of errors: of a point in time that has expired, or whose node has started anew; and of a search that not every
shard could answer."""

_TIMED_OUT = "search_timeout_exception"
"""The type of the cause where the cluster itself has a limit for searches (`search.default_search_timeout`)."""

_REASON_LETTERS = 400

_CERTIFICATE_TROUBLE = {
    (9,): "its certificate is not valid yet: look at the clocks of both hosts",
    (10,): "its certificate has expired: renew it there",
    (62, 63, 64): "its certificate is not of that host: CONTACTS_ELASTICSEARCH_URL must have a name that is in it",
    (2, 18, 19, 20, 21): "its certificate is of an authority that is not trusted here: CONTACTS_ELASTICSEARCH_CA_CERTS "
    "must be the file with the certificate of its authority (Elasticsearch's own is http_ca.crt)",
}
"""OpenSSL's numbers of what is wrong with a certificate (https://docs.openssl.org/3.0/man3/X509_STORE_CTX_get_error/)
→ what that means, and the cure."""


class BulkError(msgspec.Struct, frozen=True):
    """What is wrong with a part of a bulk request."""

    type: str = ""
    reason: str = ""


class _Cause(BulkError, frozen=True):
    additional_unsuccessful_credentials: str = ""
    root_cause: tuple[BulkError, ...] = ()


class _Refusal(msgspec.Struct):
    error: _Cause | str = ""


_refusal = msgspec.json.Decoder(_Refusal).decode


def place(cluster: ElasticsearchSettings) -> str:
    """The URLs of the cluster's nodes, without what they may have of a password."""
    return ", ".join(map(shown_url, cluster.nodes))


def shown_url(url: str) -> str:
    """A URL, without what it may have of a password."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def refused(status: int, body: object, cluster: ElasticsearchSettings) -> EngineError:
    """The error for an answer that is none."""
    cause = _cause(body)
    if any(each.type == _NO_VIEW for each in cause.root_cause):
        return ViewLost()
    if status == 404:
        return NothingIndexed()
    if status in (401, 403) and cause.type in ("", SECURITY):
        return denied(status, cause.reason, cluster, cause.additional_unsuccessful_credentials)
    if status in (403, 429) or status >= 500:
        # What is forbidden for another reason is writing to an index that is closed to it.
        detail = f"{place(cluster)} answered {status}: {_shown(cause.reason)}" if status == 403 else ""
        if any(each.type == _TIMED_OUT for each in cause.root_cause):
            detail = f"{place(cluster)} ended the search: its search.default_search_timeout is too short for it"
        elif status >= 500 and cause.type == _SHARDS_FAILED:
            return EngineUnavailable(PART_MISSING)
        return EngineUnavailable("The contacts engine is busy or in trouble; try again later.", detail)
    return EngineRejected("The contacts engine refused this query; it may have too many values.")


def denied(status: int, reason: str, cluster: ElasticsearchSettings, why: str = "") -> EngineDenied:
    """The error for who is not let in (401), or may not do this (403); `why` is what is wrong with the credentials."""
    cure = (
        _credentials(cluster) if status == 401 else "its role lacks that privilege: docs/elasticsearch.md has the roles"
    )
    said = ": ".join(filter(None, [_shown(reason), _shown(why)]))
    detail = f"{place(cluster)} answered {status}: {said}; {cure}"
    return EngineDenied("The contacts engine refused the service's credentials.", detail)


def unreachable(error: TransportError | UnsupportedProductError, cluster: ElasticsearchSettings) -> EngineUnreachable:
    """The error for a connection that did not come about, or broke, or that has something else at its other end."""
    detail = f"{place(cluster)} (CONTACTS_ELASTICSEARCH_URL): {_why(error, cluster)}"
    return EngineUnreachable("The contacts engine can't be reached.", detail)


def _credentials(cluster: ElasticsearchSettings) -> str:
    if cluster.api_key:
        return "CONTACTS_ELASTICSEARCH_API_KEY is not, or no longer, a key of it: make another one"
    if cluster.username:
        return "CONTACTS_ELASTICSEARCH_USERNAME and CONTACTS_ELASTICSEARCH_PASSWORD are not those of a user of it"
    return "it asks who we are: set CONTACTS_ELASTICSEARCH_API_KEY"


def _why(error: TransportError | UnsupportedProductError, cluster: ElasticsearchSettings) -> str:
    if isinstance(error, SerializationError | UnsupportedProductError):
        return "what answers there is not Elasticsearch: a proxy before it, or another service?"
    for cause in _causes(error):
        # What aiohttp wraps an error of TLS in is of the same kind, and says nothing.
        if isinstance(cause, ssl.SSLCertVerificationError) and hasattr(cause, "verify_code"):
            known = [text for numbers, text in _CERTIFICATE_TROUBLE.items() if cause.verify_code in numbers]
            return known[0] if known else f"its certificate is refused: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError) and hasattr(cause, "reason"):
            return f"no TLS can be agreed upon ({cause.reason}): if it speaks none, the URL begins with http://"
        if isinstance(cause, socket.gaierror):
            return "there is no host of that name"
        if isinstance(cause, ConnectionRefusedError):
            return "nothing listens there: is it running, and is that its port?"
    if cluster.nodes[0].startswith("http:"):
        return "it ends connections without an answer: if it speaks TLS, the URL begins with https://"
    return "the connection broke"


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The errors that led to `error`, the nearest first."""
    below = [*getattr(error, "errors", ()), error.__cause__, getattr(error, "certificate_error", None)]
    for cause in (*below, getattr(error, "os_error", None)):
        if isinstance(cause, BaseException):
            yield cause
            yield from _causes(cause)


def _cause(body: object) -> _Cause:
    """What an answer says is wrong; nothing if it is not Elasticsearch's."""
    try:
        error = _refusal(body).error if isinstance(body, bytes) else ""
    except (msgspec.DecodeError, UnicodeError):
        error = ""
    return error if isinstance(error, _Cause) else _Cause(reason=error)


def _shown(reason: str) -> str:
    return shorten(" ".join(reason.split()), _REASON_LETTERS)
