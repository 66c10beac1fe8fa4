"""`python -m benchmarks.plain_handler URL INDEX`: a search over a WebSocket as one would write it in an afternoon.

It takes the messages of the service, maps the URL as the service does, and leaves everything else to the defaults of
the client library: queries and answers are dictionaries, and `json` reads and writes them. It prints its port.
"""

import asyncio
import json
import sys
from datetime import UTC, datetime

from elasticsearch import AsyncElasticsearch
from websockets.asyncio.server import ServerConnection, serve

from mappings.contact_filter import map_url
from mappings.url import parse
from search.elasticsearch.compile import compile_filter, sort


async def main(url: str, index: str) -> None:
    """Serve until the process is ended."""
    async with AsyncElasticsearch(url) as client:

        async def handle(socket: ServerConnection) -> None:
            async for text in socket:
                asked = json.loads(text)
                data = asked["data"]
                contact_filter = map_url(parse(data["url"]), datetime.now(UTC).date()).filter
                found = await client.search(
                    index=index,
                    query=json.loads(compile_filter(contact_filter).query),
                    sort=sort(contact_filter.order),
                    size=data["limit"] + 1,
                    track_total_hits=False,
                )
                results = [hit["_source"] for hit in found["hits"]["hits"][: data["limit"]]]
                answer = {"status": "success", "request_id": asked["request_id"], "data": {"results": results}}
                await socket.send(json.dumps(answer).encode())

        async with serve(handle, "127.0.0.1", 0) as server:
            (listener,) = server.sockets
            sys.stdout.write(f"{listener.getsockname()[1]}\n")
            sys.stdout.flush()
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
