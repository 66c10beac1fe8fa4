"""What `contacts doctor` asks a cluster beyond what a search does: its version, and what our credentials may do."""

from urllib.parse import urlsplit

from mappings.errors import EngineError, EngineRejected, NothingIndexed
from search.elasticsearch.client import Client
from search.elasticsearch.settings import ElasticsearchSettings
from search.engine import EngineSettings
from search.findings import Finding, fault, ok, warning

SECONDS = 5.0
"""How long an answer may take."""

OLDEST, NEWEST = (8, 19), (9, 99)
"""The versions of a server that are known to work; the latter for all of 9."""

READS = ("read", "view_index_metadata")
"""Privileges that the service needs, on the alias and the indices of loads."""

LOADS = ("read", "index", "manage")
"""Those that a load needs, on these and on the index in which loads keep each other out."""

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
    except EngineError:
        # It takes a privilege of the cluster, which nobody needs. What else may be wrong the next question finds.
        return ok(subject, "Elasticsearch does not tell us its version")
    major, minor = (int(part) for part in number.split(".")[:2])
    if OLDEST <= (major, minor) <= NEWEST:
        return ok(subject, f"Elasticsearch {number}")
    return fault(subject, f"Elasticsearch {number}", "use one from 8.19 on, or of 9")


async def _privileges(client: Client, settings: EngineSettings) -> list[Finding]:
    alias = settings.index
    reads, loads = ([alias, f"{alias}-2*"], READS), ([alias, f"{alias}-2*", f"{alias}-lock"], LOADS)
    body = {"index": [{"names": names, "privileges": privileges} for names, privileges in (reads, loads)]}
    try:
        answer = await client.json("POST", "/_security/user/_has_privileges", body)
    except (EngineRejected, NothingIndexed):
        return [_without_security(settings)]
    subject = "engine privileges"
    if lacking := _lacking(answer["index"], *reads):
        return [fault(subject, f"lacking: {lacking}", "grant them to the role of our user or API key")]
    if lacking := _lacking(answer["index"], *loads):
        return [ok(subject, f"those of the service and none more: a load needs a key of its own, with {lacking}")]
    return [ok(subject, "those of the service and of loads")]


def _lacking(granted: dict[str, dict[str, bool]], names: list[str], privileges: tuple[str, ...]) -> str:
    """What is not granted; empty if all is."""
    return ", ".join(f"{each} on {name}" for name in names for each in privileges if not granted[name][each])


def _without_security(settings: EngineSettings) -> Finding:
    subject, url = "engine security", settings.own_as(ElasticsearchSettings).url
    found = "Elasticsearch asks nobody who they are"
    if urlsplit(url).hostname in _LOOPBACK:
        return ok(subject, f"{found}, and is reached on this machine")
    return warning(subject, found, "switch its security on, or let only the service and loads reach it")
