"""One door to Elasticsearch: bodies go and come as bytes, and every failure becomes one of our errors."""

from typing import Any

import msgspec
from elastic_transport import ConnectionTimeout, TransportError
from elasticsearch import ApiError, AsyncElasticsearch
from elasticsearch.serializer import JsonSerializer, NdjsonSerializer

from mappings.errors import (
    EngineError,
    EngineRejected,
    EngineTimeout,
    EngineUnavailable,
    EngineUnreachable,
    NothingIndexed,
)
from search.elasticsearch.settings import WIDTH, ElasticsearchSettings
from search.engine import EngineSettings

_JSON = {"content-type": "application/json", "accept": "application/json"}
_NDJSON = {"content-type": "application/x-ndjson", "accept": "application/json"}


class _RawJson(JsonSerializer):
    """Leaves answers as bytes: a page of contacts is cut out of them, never decoded."""

    def loads(self, data: bytes) -> bytes:
        return data


class Client:
    """Sends requests to the cluster of the settings. A failed connection is retried once, a slow answer never."""

    def __init__(self, settings: EngineSettings, timeout: float | None = None) -> None:
        cluster = settings.own_as(ElasticsearchSettings)
        credentials: dict[str, Any] = {}
        if cluster.api_key:
            credentials["api_key"] = cluster.api_key
        elif cluster.username:
            credentials["basic_auth"] = (cluster.username, cluster.password or "")
        if cluster.ca_certs:
            credentials["ca_certs"] = cluster.ca_certs
        self._client = AsyncElasticsearch(
            cluster.url,
            serializers={"application/json": _RawJson(), "application/x-ndjson": NdjsonSerializer()},
            request_timeout=timeout or settings.timeout,
            max_retries=1,
            # With fewer, requests would wait for one another in here, and probes for requests.
            connections_per_node=max(WIDTH, settings.concurrency or 0),
            **credentials,
        )

    async def request(self, method: str, path: str, body: bytes | None = None, *, ndjson: bool = False) -> bytes:
        """The body of the answer.

        Raises:
            EngineUnreachable: no connection.
            EngineUnavailable: no such index, or a server too busy to take the request.
            EngineTimeout: no answer in time.
            EngineRejected: the server understood and refused.
        """
        try:
            response = await self._client.perform_request(method, path, headers=_NDJSON if ndjson else _JSON, body=body)
        except ApiError as error:
            raise _translated(error.status_code) from error
        except (TimeoutError, ConnectionTimeout) as error:
            raise EngineTimeout("The contacts engine did not answer in time.") from error
        except TransportError as error:
            raise EngineUnreachable("The contacts engine can't be reached.") from error
        return bytes(response.body)

    async def json(self, method: str, path: str, body: object = None) -> Any:
        """The decoded answer to a JSON body, for requests off the hot path."""
        sent = None if body is None else msgspec.json.encode(body)
        return msgspec.json.decode(await self.request(method, path, sent))

    async def close(self) -> None:
        """Close all connections."""
        await self._client.close()


def _translated(status: int) -> EngineError:
    if status == 404:
        return NothingIndexed()
    if status == 408:
        # Of the cluster's health alone, when it did not become good while it was waited for.
        return EngineUnavailable("The contacts engine is starting, or a part of its contacts is missing.")
    if status in (401, 403):
        return EngineUnavailable("The contacts engine refused the service's credentials.")
    if status == 429 or status >= 500:
        return EngineUnavailable("The contacts engine is busy or in trouble; try again later.")
    return EngineRejected("The contacts engine refused this query; it may have too many values.")
