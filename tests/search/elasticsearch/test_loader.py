"""What becomes of the documents of a batch, whatever the server answers: none is lost, none is written twice."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import pytest

from mappings.errors import EngineDenied, EngineRejected, EngineUnavailable
from search.elasticsearch import patience
from search.elasticsearch.encoder import ElasticsearchEncoder
from search.elasticsearch.loader import ElasticsearchLoader
from search.engine import EngineSettings
from search.fields import ContactCompleteItem
from search.loader import Document, Refusal

Answer = Callable[[list[str]], dict[str, int] | Exception]
"""The uuids of a request → the status of each that is not 201, or what the request ends with."""


class Cluster:
    """Takes bulk requests as `answers` say, one after the other, and the last for all that follow."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.sent: list[list[str]] = []

    async def request(self, method: str, path: str, body: bytes, *, ndjson: bool) -> bytes:
        assert (method, ndjson, path.split("?", maxsplit=1)[0].rsplit("/", 1)[1]) == ("POST", True, "_bulk")
        uuids = [msgspec.json.decode(line)["index"]["_id"] for line in body.splitlines()[::2]]
        self.sent.append(uuids)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        statuses = answer(uuids)
        if isinstance(statuses, Exception):
            raise statuses
        results = [{"index": result(statuses.get(uuid, 201))} for uuid in uuids]
        return msgspec.json.encode({"errors": bool(statuses), "items": results})

    def denied(self, reason: str) -> EngineDenied:
        return EngineDenied(f"denied: {reason}")

    async def close(self) -> None:
        pass


def result(status: int) -> dict[str, Any]:
    kind = {409: "version_conflict_engine_exception", 403: "security_exception"}.get(status, f"type_{status}")
    return {"status": status} | ({"error": {"type": kind}} if status >= 400 else {})


def well(_uuids: Sequence[str]) -> dict[str, int]:
    return {}


def write(cluster: Cluster, number: int) -> list[Refusal]:
    """The refusals of a batch of so many documents."""

    async def run() -> list[Refusal]:
        loader = ElasticsearchLoader(EngineSettings(index="people"))
        await loader.close()
        loader._client = cluster  # type: ignore[assignment]
        return await loader.write(documents(number))

    return asyncio.run(run())


def documents(number: int) -> list[Document]:
    return [ElasticsearchEncoder.encode(row, ContactCompleteItem(uuid=f"u{row}")) for row in range(1, number + 1)]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_FIRST_WAIT", 0.0)


def test_what_is_taken_is_sent_once() -> None:
    cluster = Cluster(well)
    assert write(cluster, 3) == []
    assert cluster.sent == [["u1", "u2", "u3"]]


def test_nothing_is_not_sent() -> None:
    cluster = Cluster(lambda _: EngineRejected("request body is required"))
    assert write(cluster, 0) == []
    assert cluster.sent == []


def test_only_those_the_server_was_too_busy_for_are_sent_again() -> None:
    cluster = Cluster(lambda _: {"u1": 429, "u3": 503}, lambda _: {"u3": 429}, well)
    assert write(cluster, 3) == []
    assert cluster.sent == [["u1", "u2", "u3"], ["u1", "u3"], ["u3"]]


def test_a_lost_answer_is_a_batch_that_is_there_already() -> None:
    cluster = Cluster(lambda _: EngineUnavailable("gone"), lambda uuids: dict.fromkeys(uuids, 409))
    assert write(cluster, 2) == []
    assert cluster.sent == [["u1", "u2"]] * 2


def test_what_we_may_not_write_ends_the_load_at_once() -> None:
    cluster = Cluster(lambda _: {"u1": 429, "u2": 403})
    with pytest.raises(EngineDenied, match=r"^denied: "):
        write(cluster, 2)
    assert len(cluster.sent) == 1


def test_what_is_refused_for_good_is_told() -> None:
    cluster = Cluster(lambda _: {"u1": 429, "u2": 400}, well)
    assert write(cluster, 2) == [Refusal(2, "refused by the engine: type_400")]
    assert cluster.sent == [["u1", "u2"], ["u1"]]


def test_a_request_that_is_refused_as_a_whole_is_halved_until_the_one_is_found() -> None:
    refused = EngineRejected("too large")
    cluster = Cluster(lambda uuids: refused if "u3" in uuids else {})
    assert write(cluster, 5) == [Refusal(3, "refused by the engine: the document as a whole")]
    assert sorted(uuid for sent in cluster.sent if "u3" not in sent for uuid in sent) == ["u1", "u2", "u4", "u5"]


def test_a_server_that_stays_too_busy_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE", -1.0)
    with pytest.raises(EngineUnavailable, match=r"^The contacts engine was too busy for 180 s, or had no node"):
        write(Cluster(lambda uuids: dict.fromkeys(uuids, 503)), 2)
