"""Answers that not all shards have a part in."""

import msgspec
import pytest

from mappings.errors import EngineUnavailable
from search.elasticsearch.shards import check_refreshed, versions_of

PART = "^A part of the contacts is out of reach at the moment"


def answer(total: int, successful: int, failed: int = 0) -> bytes:
    shards = {"total": total, "successful": successful, "skipped": 0, "failed": failed}
    return msgspec.json.encode({"_shards": shards})


def test_a_copy_that_is_nowhere_need_not_be_refreshed() -> None:
    check_refreshed(answer(4, 2))
    with pytest.raises(EngineUnavailable, match=PART):
        check_refreshed(answer(4, 3, failed=1))


def test_a_version_that_can_not_be_told_is_not_taken_for_none() -> None:
    found, absent, lost = (
        {"_id": "a", "_version": 5, "found": True},
        {"_id": "b", "found": False},
        {"_id": "c", "error": {}},
    )
    assert versions_of(msgspec.json.encode({"docs": [found, absent]})) == {"a": 5}
    with pytest.raises(EngineUnavailable, match=PART):
        versions_of(msgspec.json.encode({"docs": [found, lost]}))
