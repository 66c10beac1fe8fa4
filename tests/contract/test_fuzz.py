"""100,000 frames that no client should send: every one is answered, and nobody else notices."""

import asyncio
import json
import time
from collections import Counter
from pathlib import Path

from websockets.asyncio.client import connect

from tests.harness.frames import flood
from tests.harness.service import Service, running

FRAMES = 100_000
CONNECTIONS = 8
SEED = 20_240_229


async def neighbour(uri: str, over: asyncio.Event) -> list[float]:
    """Seconds that each answer took a client who does everything right."""
    url = "https://app.apollo.io/#/people?personTitles[]=CEO&revenueRange[min]="
    seconds = []
    async with connect(uri, max_size=None) as socket:
        while not over.is_set():
            started, number = time.perf_counter(), len(seconds)
            message = {"action": "count_contacts", "request_id": number, "data": {"url": url + str(number)}}
            await socket.send(json.dumps(message))
            answer = json.loads(await asyncio.wait_for(socket.recv(), 30))
            assert (answer["request_id"], answer["status"]) == (number, "success"), answer
            seconds.append(time.perf_counter() - started)
            await asyncio.sleep(0.02)
    return seconds


async def attack(service: Service) -> tuple[Counter[str], list[float]]:
    over = asyncio.Event()
    well_behaved = asyncio.create_task(neighbour(service.socket_url(service.registered("neighbour@example.com")), over))
    floods = (flood(service.socket_url(), FRAMES // CONNECTIONS, SEED + number) for number in range(CONNECTIONS))
    seen = sum(await asyncio.gather(*floods), Counter[str]())
    over.set()
    return seen, await well_behaved


def test_every_frame_is_answered_and_the_service_lives(duckdb_environment: dict[str, str], tmp_path: Path) -> None:
    users = {"CONTACTS_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'users.sqlite3'}"}
    with running(duckdb_environment | users) as service:
        seen, seconds = asyncio.run(attack(service))
        assert sum(seen.values()) == FRAMES
        assert not any(name.startswith("closed") for name in seen), seen
        for code in ("success", "invalid_json", "missing_field", "unknown_action", "validation_error"):
            assert seen[code] > 100, seen
        assert len(seconds) > 20
        assert service.process.poll() is None
        assert service.data("count_contacts", url="https://app.apollo.io/#/people?personTitles[]=CEO")["count"] > 0
