"""How the nodes of a cluster are named."""

import pytest

from search.elasticsearch.settings import node_urls


@pytest.mark.parametrize(
    ("value", "nodes"),
    [
        ("http://127.0.0.1:9200", ["http://127.0.0.1:9200"]),
        ("https://es.example/", ["https://es.example:443"]),
        ("HTTP://A:1 ,http://b:2,", ["http://a:1", "http://b:2"]),
        ("http://a:1\t, http://a:1/", ["http://a:1"]),
        ("https://[::1]:9200/es/,https://b:1/es", ["https://[::1]:9200/es", "https://b:1/es"]),
        ("https://me:pa,ss@a:1,https://b:2", ["https://me:pa,ss@a:1", "https://me:pa,ss@b:2"]),
        ("https://a:1,https://me:x@b:2", ["https://me:x@a:1", "https://me:x@b:2"]),
    ],
)
def test_nodes_of_one_cluster(value: str, nodes: list[str]) -> None:
    assert list(node_urls(value)) == nodes


@pytest.mark.parametrize(
    "value",
    [
        "",
        ",",
        "a:9200",
        "http://es.example",
        "http://",
        "http://a:port",
        "http://a:70000",
        "http://a:1,b:2",
        "https://a:1,b",
        "http://a b:1",
        "http://a:1;http://b:2",
        "http://a:1 http://b:2",
        "http://a:1,https://b:2",
        "https://me:x@a:1,https://me:y@b:2",
    ],
)
def test_what_is_not_one_cluster(value: str) -> None:
    with pytest.raises(ValueError, match=r"^a URL such as http://127\.0\.0\.1:9200, or several of one cluster's nodes"):
        node_urls(value)
