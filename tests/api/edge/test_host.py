"""What may stand in `Host`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.edge.host import is_host


@pytest.mark.parametrize(
    "host",
    [b"", b"a", b"A_b.example", b"contacts.example:443", b"10.0.0.1:0", b"[::1]", b"[fe80::1%25eth0]:65535", b"a:",
     b"xn--bcher-kva.example", b"a.example."],
)  # fmt: skip
def test_names_and_addresses(host):
    assert is_host(host)


@pytest.mark.parametrize(
    "host",
    [b"a:65536", b"a:99999999", b"a:-1", b"a:b", b"a:1:2", b"::1", b"[::1", b"[]", b"[%]", b"[::1%]", b"[10.0.0.1]",
     b"[a]", b"a b", b"a/b", b"a?b", b"a#b", b"a@b", b"a\\b", b"\xe4.example", b"a,b:1:2", b"http://a", b"a\x00"],
)  # fmt: skip
def test_other_things(host):
    assert not is_host(host)


@given(st.binary(max_size=30))
def test_what_is_one_stands_in_a_url(value):
    if is_host(value):
        from urllib.parse import urlsplit  # noqa: PLC0415

        parts = urlsplit(f"http://{value.decode()}/path")
        assert parts.path == "/path"
        assert parts.port is None or parts.port <= 65535
