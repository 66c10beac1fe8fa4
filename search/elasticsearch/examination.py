"""What `contacts doctor` asks a cluster beyond what a search does: whether each of its nodes that we know answers, its
version, how the contacts are spread over it, and what our credentials may do."""

from urllib.parse import urlsplit

import msgspec

from mappings.errors import EngineDenied, EngineError, EngineRejected, EngineTimeout, EngineUnreachable, NothingIndexed
from search.elasticsearch.client import Client
from search.elasticsearch.indices import path_of
from search.elasticsearch.settings import ElasticsearchSettings
from search.elasticsearch.spread import spread_of
from search.elasticsearch.trouble import shown_url
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
    silent = await _silent(settings)
    client = Client(settings, SECONDS)
    try:
        return [*silent, await _version(client), *await _spread(client, settings), *await _privileges(client, settings)]
    finally:
        await client.close()


async def _silent(settings: EngineSettings) -> list[Finding]:
    """The nodes of the settings that do not answer, as long as others do: whoever asks the cluster passes them by."""
    own = settings.own_as(ElasticsearchSettings)
    found: list[Finding] = []
    for url in own.nodes if len(own.nodes) > 1 else ():
        client = Client(msgspec.structs.replace(settings, own=msgspec.structs.replace(own, nodes=(url,))), SECONDS)
        try:
            await client.request("GET", "/")
        except (EngineUnreachable, EngineTimeout) as error:
            said = error.detail or str(error)
            cure = "start it again, or take it out of CONTACTS_ELASTICSEARCH_URL"
            found.append(warning("engine node", f"{shown_url(url)} does not answer: {said}", cure))
        except EngineError:
            # It says something, be it that this is not for us to ask.
            pass
        finally:
            await client.close()
    return found


async def _spread(client: Client, settings: EngineSettings) -> list[Finding]:
    """How the live contacts are spread over the cluster, and what a lost node would take away."""
    subject = "engine copies"
    try:
        spread = await spread_of(client, path_of(settings.index))
    except (NothingIndexed, EngineDenied):
        # That there are none, or that a privilege is lacking, is said elsewhere.
        return []
    nodes = await _data_nodes(client)
    found = f"{spread}" + (f" of {nodes}" if nodes else "")
    if spread.lost:
        return [fault(subject, found, "a part of the contacts has no copy: start its node, or restore a snapshot")]
    if spread.missing > 0 and nodes != 1:
        return [warning(subject, found, "copies are being made, or have no node to be on: a further loss may show")]
    if spread.copies == spread.shards and (nodes or spread.nodes) > 1:
        return [warning(subject, found, "a lost node takes contacts with it: load with CONTACTS_REPLICAS=1")]
    return [ok(subject, found)]


async def _data_nodes(client: Client) -> int | None:
    """How many data nodes there are; `None` for who may not ask that."""
    try:
        return int((await client.json("GET", "/_cluster/health"))["number_of_data_nodes"])
    except EngineError:
        return None


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
    subject, nodes = "engine security", settings.own_as(ElasticsearchSettings).nodes
    found = "Elasticsearch asks nobody who they are"
    if all(urlsplit(url).hostname in _LOOPBACK for url in nodes):
        return ok(subject, f"{found}, and is reached on this machine")
    return warning(subject, found, "switch its security on, or let only the service and loads reach it")
