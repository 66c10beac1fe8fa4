"""Several searches in one request: what is sent. Answers that are errors are told in `test_pages`."""

from search.elasticsearch.many_searches import body_of


def test_each_search_has_a_line_of_its_own_and_asks_every_shard() -> None:
    header = b'{"allow_partial_search_results":false}'
    assert body_of([b"{}", b'{"size":0}']).split(b"\n") == [header, b"{}", header, b'{"size":0}', b""]
    assert body_of([]) == b""
