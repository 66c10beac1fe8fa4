"""The settings that only this engine has: how to reach the cluster, and as whom."""

import re

import msgspec

from mappings.errors import SettingsError
from search.settings import Setting, http_url, text

WIDTH = 64
"""Requests that a cluster works on well at once."""

_KEY = re.compile(r"[\w+/=-]+", re.ASCII)

_ALIAS = re.compile(r"""(?![-_+])[^\\/*?"<>|,#:\s]+""")
"""What Elasticsearch takes for a name of an index, as far as no letters are concerned
(https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-create)."""


class ElasticsearchSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The cluster. With an API key, user and password play no part; `ca_certs` is a file of authorities to trust."""

    url: str = "http://127.0.0.1:9200"
    api_key: str | None = None
    username: str | None = None
    password: str | None = None
    ca_certs: str | None = None


def _key(value: str) -> str:
    """What stands in a header as it is."""
    if not _KEY.fullmatch(value):
        raise ValueError("the `encoded` of an API key, in one line and nothing else")
    return value


SETTINGS = (
    Setting("CONTACTS_ELASTICSEARCH_URL", "url", "http://127.0.0.1:9200", "the cluster", http_url, flag=True),
    Setting("CONTACTS_ELASTICSEARCH_API_KEY", "api_key", None, "API key for the cluster", _key, secret=True),
    Setting("CONTACTS_ELASTICSEARCH_USERNAME", "username", None, "user of the cluster", text),
    Setting("CONTACTS_ELASTICSEARCH_PASSWORD", "password", None, "password of that user", text, secret=True),
    Setting("CONTACTS_ELASTICSEARCH_CA_CERTS", "ca_certs", None, "file of the authorities to trust", text),
)


def check_alias(alias: str) -> None:
    """Raises `SettingsError` for what can be no name of an index, or would mean several."""
    if not _ALIAS.fullmatch(alias) or alias != alias.lower():
        raise SettingsError(
            f"CONTACTS_INDEX: {alias!r} can't be the name of an index of Elasticsearch; expected small letters, digits "
            "and hyphens, such as contacts"
        )
