"""One door to Elasticsearch: bodies go and come as bytes, and every failure becomes one of our errors."""

import ssl
from base64 import b64encode
from typing import Any

import msgspec
from elastic_transport import ConnectionTimeout, TransportError
from elastic_transport.client_utils import url_to_node_config
from elasticsearch import ApiError, AsyncElasticsearch, UnsupportedProductError
from elasticsearch.serializer import JsonSerializer, NdjsonSerializer

from mappings.errors import EngineDenied, EngineError, EngineTimeout, SettingsError, shorten
from search.elasticsearch.nodes import Node, Nodes
from search.elasticsearch.settings import WIDTH, ElasticsearchSettings, check_alias
from search.elasticsearch.trouble import denied, refused, unreachable
from search.engine import EngineSettings

_JSON = {"content-type": "application/json", "accept": "application/json"}
_NDJSON = {"content-type": "application/x-ndjson", "accept": "application/json"}


class _RawJson(JsonSerializer):
    """Leaves answers as bytes: a page of contacts is cut out of them, never decoded."""

    def loads(self, data: bytes) -> bytes:
        return data


class _RawLines(NdjsonSerializer):
    """Sends bodies as the bytes that they are: what comes with the client copies each twice, megabytes of a load."""

    def dumps(self, data: bytes) -> bytes:
        return data


class Client:
    """Sends requests to the nodes of the settings in turn, and past those that do not answer.

    A request whose connection fails, or that a node can't answer at the moment, is sent once more for each node, and so
    may be carried out twice. A slow answer is waited for as long as its node gives a sign of life.

    Raises:
        SettingsError: the alias is no name of an index; the file of authorities can't be used, or there is nothing to
            use it for.
    """

    def __init__(self, settings: EngineSettings, timeout: float | None = None) -> None:
        check_alias(settings.index)
        self._cluster = cluster = settings.own_as(ElasticsearchSettings)
        credentials: dict[str, Any] = {}
        if cluster.api_key:
            credentials["api_key"] = cluster.api_key
        elif cluster.username:
            # By itself the client makes them of ASCII only; the server takes UTF-8 (RFC 7617, 2.1).
            credentials["basic_auth"] = b64encode(f"{cluster.username}:{cluster.password or ''}".encode()).decode()
        if cluster.ca_certs:
            _check_authorities(cluster.ca_certs, cluster.nodes[0])
            credentials["ca_certs"] = cluster.ca_certs
        self._client = AsyncElasticsearch(
            [url_to_node_config(url) for url in cluster.nodes],
            node_class=Node,
            node_pool_class=Nodes,
            serializers={"application/json": _RawJson(), "application/x-ndjson": _RawLines()},
            request_timeout=timeout or settings.timeout,
            max_retries=len(cluster.nodes),
            # With fewer, requests would wait for one another in here, and probes for requests.
            connections_per_node=max(WIDTH, settings.concurrency or 0),
            **credentials,
        )

    async def request(self, method: str, path: str, body: bytes | None = None, *, ndjson: bool = False) -> bytes:
        """The body of the answer. With `ndjson` that of the request is lines, each with its end.

        Raises:
            EngineUnreachable: no connection.
            EngineDenied: the server does not know us, or does not let us do this.
            EngineUnavailable: no such index, or a server too busy to take the request.
            EngineTimeout: no answer in time.
            EngineRejected: the server understood and refused.
        """
        try:
            response = await self._client.perform_request(method, path, headers=_NDJSON if ndjson else _JSON, body=body)
        except UnsupportedProductError as error:
            raise unreachable(error, self._cluster) from error
        except ApiError as error:
            raise refused(error.status_code, error.body, self._cluster) from error
        except (TimeoutError, ConnectionTimeout) as error:
            raise EngineTimeout("The contacts engine did not answer in time.") from error
        except TransportError as error:
            raise unreachable(error, self._cluster) from error
        return bytes(response.body)

    async def json(self, method: str, path: str, body: object = None) -> Any:
        """The decoded answer to a JSON body, for requests off the hot path."""
        sent = None if body is None else msgspec.json.encode(body)
        return msgspec.json.decode(await self.request(method, path, sent))

    def refused(self, status: int, body: bytes) -> EngineError:
        """The error for a part of a request that was answered so, if it were all of the answer."""
        return refused(status, body, self._cluster)

    def denied(self, reason: str) -> EngineDenied:
        """The error for a part of a request that the server does not let us do."""
        return denied(403, reason, self._cluster)

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()


LONGEST_PATH = 1024
"""Characters of a path that are shown: whoever set it has to recognise it."""


def _check_authorities(file: str, url: str) -> None:
    if url.startswith("http:"):
        raise SettingsError(
            "CONTACTS_ELASTICSEARCH_CA_CERTS: set, though nothing is encrypted where CONTACTS_ELASTICSEARCH_URL begins "
            "with http://; let that begin with https://"
        )
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:
        reason = error.strerror if isinstance(error, FileNotFoundError | PermissionError) else "it has no certificates"
        raise SettingsError(
            f"CONTACTS_ELASTICSEARCH_CA_CERTS: {shorten(file, LONGEST_PATH)!r} can't be used ({reason}); expected a "
            "file with the certificates of authorities, in PEM"
        ) from error
