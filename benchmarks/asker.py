"""Asks an engine in its own process, as a program for any version of this software: `python -c` in its checkout.

Reads lines of JSON, `[action, url]`, answers each with the milliseconds that it took the engine, and ends with its
input. Only what all versions have is used.
"""

import asyncio
import json
import os
import sys
import time
from datetime import UTC, datetime

from api.settings import load_settings
from mappings.contact_filter import map_url
from mappings.url import parse
from search.engines import open_engine


async def main() -> None:
    """Answer until there are no more questions."""
    engine = open_engine(load_settings(os.environ, need_secret=False).engine)
    for line in sys.stdin:
        action, url = json.loads(line)
        compiled = engine.compile(map_url(parse(url), datetime.now(UTC).date()).filter)
        started = time.perf_counter()
        await (engine.count(compiled) if action == "count" else engine.search(compiled, 25))
        sys.stdout.write(f"{(time.perf_counter() - started) * 1000}\n")
        sys.stdout.flush()
    await engine.close()


if __name__ == "__main__":
    asyncio.run(main())
