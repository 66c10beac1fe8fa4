"""What is kept beside a store may be gone: then whoever asks is told, and what to do."""

import asyncio
from typing import Any, cast

import pytest

from indexing.hosts.papers import Papers
from indexing.hosts.plan import Plan
from mappings.errors import Superseded
from search.shared_loader import SharedLoader


class Emptied:
    name = "contacts-20260131t120000000000z"

    async def kept(self, name: str) -> bytes | None:
        return None


def test_what_is_gone_is_told() -> None:
    papers = Papers(cast(SharedLoader, Emptied()))
    asked: list[Any] = [papers.get("plan", Plan), papers.chunk("ledger-0-x", 0)]
    for work, said in zip(
        asked, ("finished or abandoned meanwhile", "abandon the load, and plan it anew"), strict=True
    ):
        with pytest.raises(Superseded, match=said):
            asyncio.run(work)
    assert asyncio.run(papers.find("plan", Plan)) is None
