"""The settings that only this engine has: how to reach the cluster, as whom, and how contacts are spread over it."""

import re
from urllib.parse import urlsplit, urlunsplit

import msgspec

from mappings.errors import SettingsError
from search.settings import Setting, http_url, text, whole

WIDTH = 64
"""Requests that a cluster works on well at once."""

_KEY = re.compile(r"[\w+/=-]+", re.ASCII)

_ALIAS = re.compile(r"""(?![-_+])[^\\/*?"<>|,#:\s]+""")
"""What Elasticsearch takes for a name of an index, as far as no letters are concerned
(https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-create)."""

MOST_SHARDS = 1024
"""Shards that an index may have, and more copies than anybody has nodes for."""

_HTTPS_PORT = 443
"""The port of a URL without one, which begins with `https://` then."""

_BETWEEN = re.compile(r"[\s,]*,[\s,]*(?=https?://)", re.IGNORECASE)
"""Between two URLs. A comma alone may be part of a password."""

_EXPECTED = (
    "a URL such as http://127.0.0.1:9200, or several of one cluster's nodes with commas between them, all http or all "
    "https, and with no more than one user and password"
)


def node_urls(value: str) -> tuple[str, ...]:
    """The URLs of nodes, each once, with user and password in all of them if one has them.

    Raises:
        ValueError: with what is expected.
    """
    try:
        parts = [urlsplit(http_url(each)) for each in _BETWEEN.split(value.strip(", \t"))]
        users = {user for part in parts if (user := part.netloc.rpartition("@")[0])}
        hosts = [(part.hostname or "", part.port or _HTTPS_PORT, part.path) for part in parts]
    except ValueError as error:
        raise ValueError(_EXPECTED) from error
    if len(users) > 1 or len({part.scheme for part in parts}) > 1 or any(set(", ") & set(host) for host, *_ in hosts):
        raise ValueError(_EXPECTED)
    user = "".join(f"{each}@" for each in users)
    scheme = parts[0].scheme
    nodes = [urlunsplit((scheme, f"{user}{_bracketed(host)}:{port}", path, "", "")) for host, port, path in hosts]
    return tuple(dict.fromkeys(nodes))


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class ElasticsearchSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The cluster. With an API key, user and password play no part; `ca_certs` is a file of authorities to trust.

    Attributes:
        nodes: URLs of nodes of the cluster, any of which may be asked anything; as `node_urls` makes them.
        shards: of a new index; `None` for as many as its contacts and the nodes call for.
        replicas: copies of each shard beside the first; `None` for one wherever there is another node for it.
    """

    nodes: tuple[str, ...] = ("http://127.0.0.1:9200",)
    api_key: str | None = None
    username: str | None = None
    password: str | None = None
    ca_certs: str | None = None
    shards: int | None = None
    replicas: int | None = None


def _key(value: str) -> str:
    """What stands in a header as it is."""
    if not _KEY.fullmatch(value):
        raise ValueError("the `encoded` of an API key, in one line and nothing else")
    return value


SETTINGS = (
    Setting(
        "CONTACTS_ELASTICSEARCH_URL",
        "nodes",
        "http://127.0.0.1:9200",
        "the cluster; of several nodes with commas between them, which are asked in turn, and one without an answer is "
        "left out",
        node_urls,
        flag=True,
    ),
    Setting("CONTACTS_ELASTICSEARCH_API_KEY", "api_key", None, "API key for the cluster", _key, secret=True),
    Setting("CONTACTS_ELASTICSEARCH_USERNAME", "username", None, "user of the cluster", text),
    Setting("CONTACTS_ELASTICSEARCH_PASSWORD", "password", None, "password of that user", text, secret=True),
    Setting("CONTACTS_ELASTICSEARCH_CA_CERTS", "ca_certs", None, "file of the authorities to trust", text),
    Setting(
        "CONTACTS_SHARDS",
        "shards",
        None,
        "parts of the index that a load makes; when not set, one for each data node, and more for over 200 million "
        "contacts or 40 GB each",
        whole(1, MOST_SHARDS),
    ),
    Setting(
        "CONTACTS_REPLICAS",
        "replicas",
        None,
        "copies of each part beside the first, on other nodes; when not set, one where there is another data node",
        whole(0, MOST_SHARDS),
    ),
)


def check_alias(alias: str) -> None:
    """Raises `SettingsError` for what can be no name of an index, or would mean several."""
    if not _ALIAS.fullmatch(alias) or alias != alias.lower():
        raise SettingsError(
            f"CONTACTS_INDEX: {alias!r} can't be the name of an index of Elasticsearch; expected small letters, digits "
            "and hyphens, such as contacts"
        )
