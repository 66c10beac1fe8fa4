"""What workers import to encode: each is a process of its own, and pays for it."""

import subprocess
import sys

import pytest

SCRIPT = """
import sys
import indexing.encoding
import {module}
print(sorted({libraries} & set(sys.modules)))
"""
LIBRARIES = {"duckdb", "pyroaring", "elasticsearch", "aiohttp", "asyncio", "ssl"}


@pytest.mark.parametrize("module", ["search.duckdb.encoder", "search.elasticsearch.encoder"])
def test_an_encoder_needs_nothing_that_its_store_stands_on(module: str) -> None:
    script = SCRIPT.format(module=module, libraries=LIBRARIES)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"
