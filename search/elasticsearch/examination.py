"""What `contacts doctor` asks a cluster beyond what a search does: its version, and what our credentials may do."""

from typing import Any
from urllib.parse import urlsplit

from mappings.errors import EngineRejected, NothingIndexed
from search.elasticsearch.client import Client
from search.elasticsearch.settings import ElasticsearchSettings
from search.engine import EngineSettings
from search.findings import Finding, fault, ok, warning

SECONDS = 5.0
"""How long an answer may take."""

OLDEST, NEWEST = (8, 19), (9, 99)
"""The versions of a server that are known to work; the latter for all of 9."""

READS = ("read", "view_index_metadata")
"""Privileges that the service needs on its alias and what that stands for."""

LOADS = ("create_index", "index", "delete_index", "manage", "maintenance")
"""Those that a load needs beside them, on the indices of the alias."""

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


async def examine(settings: EngineSettings) -> list[Finding]:
    """What there is to say of the cluster. Raises `EngineError` if it can't be asked."""
    client = Client(settings, SECONDS)
    try:
        return [await _version(client), *await _privileges(client, settings)]
    finally:
        await client.close()


async def _version(client: Client) -> Finding:
    subject = "engine version"
    try:
        number = str((await client.json("GET", "/"))["version"]["number"])
    except (EngineRejected, NothingIndexed):
        return ok(subject, "Elasticsearch does not tell its version")
    major, minor = (int(part) for part in number.split(".")[:2])
    if OLDEST <= (major, minor) <= NEWEST:
        return ok(subject, f"Elasticsearch {number}")
    return fault(subject, f"Elasticsearch {number}", "use one from 8.19 on, or of 9")


async def _privileges(client: Client, settings: EngineSettings) -> list[Finding]:
    alias = settings.index
    reads, loads = ([alias, f"{alias}-*"], READS), ([f"{alias}-*"], LOADS)
    body = {"index": [{"names": names, "privileges": privileges} for names, privileges in (reads, loads)]}
    try:
        answer = await client.json("POST", "/_security/user/_has_privileges", body)
    except (EngineRejected, NothingIndexed):
        return [_without_security(settings)]
    return [
        _lacking("engine privileges of the service", answer["index"], *reads, bad=fault),
        _lacking("engine privileges of loads", answer["index"], *loads, bad=warning),
    ]


def _lacking(subject: str, granted: dict[str, Any], names: list[str], privileges: tuple[str, ...], bad: Any) -> Finding:
    lacking = [f"{each} on {name}" for name in names for each in privileges if not granted[name][each]]
    if not lacking:
        return ok(subject, "all that are needed")
    found: Finding = bad(subject, f"lacking: {', '.join(lacking)}", "grant them to the role of our user or API key")
    return found


def _without_security(settings: EngineSettings) -> Finding:
    subject, url = "engine security", settings.own_as(ElasticsearchSettings).url
    found = "Elasticsearch asks nobody who they are"
    if urlsplit(url).hostname in _LOOPBACK:
        return ok(subject, f"{found}, and is reached on this machine")
    return warning(subject, found, "switch its security on, or let only the service and loads reach it")
