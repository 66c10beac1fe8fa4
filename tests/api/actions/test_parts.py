"""Of large messages no more becomes objects than may mean something, whichever notation they are in."""

import gc

import msgspec
import pytest

from api.actions.kinds import MOST_MEMBERS
from api.actions.parts import JSON, NESTED_BYTES, fields_in_parts, message_in_parts
from api.socket import envelope, msgpack
from api.socket.msgpack import MESSAGEPACK

KNOWN = {"url", "names"}
NOTATIONS = {"JSON": (JSON, msgspec.json.encode), "MessagePack": (MESSAGEPACK, msgspec.msgpack.encode)}
READERS = {"JSON": (envelope.read, msgspec.json.encode), "MessagePack": (msgpack.read, msgspec.msgpack.encode)}

MANY: list[object] = [[] for _ in range(NESTED_BYTES)]
TEXTS = [f"name {number}" for number in range(NESTED_BYTES)]


@pytest.mark.parametrize("name", NOTATIONS)
def test_texts_and_lists_of_them_are_read_however_long(name):
    notation, encode = NOTATIONS[name]
    data = {"url": "x" * NESTED_BYTES, "names": [*TEXTS, 1, 2.5, None, True], "unknown": {"small": [[]]}}
    message = {"action": "count", "request_id": 7, "data": data, "more": [{"small": 1}]}
    assert message_in_parts(encode(message), notation, KNOWN) == (message, None)
    assert fields_in_parts(encode(data), notation, KNOWN) == (data, None)


@pytest.mark.parametrize("name", NOTATIONS)
def test_what_means_nothing_is_passed_over_where_it_is_large(name):
    notation, encode = NOTATIONS[name]
    some: list[object] = [[]] * (NESTED_BYTES // 8)
    data = {"junk": MANY, "url": "x", **{f"junk {number}": some for number in range(100)}}
    message = {"more": MANY, "request_id": 7, "data": data}
    fields, fault = message_in_parts(encode(message), notation, KNOWN)
    assert fault is None
    assert fields["more"] is None
    assert fields["request_id"] == 7
    inner = fields["data"]
    assert isinstance(inner, dict)
    assert list(inner) == list(data), "strict has to know the names"
    assert inner["url"] == "x"
    assert sum(value is not None for value in inner.values()) <= 9


@pytest.mark.parametrize("name", NOTATIONS)
def test_lists_of_more_than_texts_are_a_mistake_where_they_are_large(name):
    notation, encode = NOTATIONS[name]
    message = {"data": {"url": "x", "names": MANY, "unread": 1}, "request_id": 7, "action": "count"}
    fields, fault = message_in_parts(encode(message), notation, KNOWN)
    assert fields == {"data": {"url": "x"}, "request_id": 7, "action": "count"}
    assert str(fault) == (
        "data.names has lists or objects in it, or what a request can't hold, in over 8192 bytes; "
        "send a text or a list of texts"
    )
    fields, fault = message_in_parts(encode({"data": MANY, "request_id": 7}), notation, KNOWN)
    assert fields == {"request_id": 7}
    assert str(fault).startswith("data has lists or objects in it")


@pytest.mark.parametrize("name", NOTATIONS)
def test_behind_a_mistake_only_what_is_echoed_is_read(name):
    notation, encode = NOTATIONS[name]
    message = {"data": {"names": MANY}, "more": 1, "request_id": 7, "token": "x"}
    fields, fault = message_in_parts(encode(message), notation, KNOWN)
    assert fields == {"data": {}, "request_id": 7}
    assert str(fault).startswith("data.names has lists or objects in it")


def test_a_text_that_is_no_utf8_is_no_json_and_is_named():
    broken = b'{"data": {"url": "\xff"}, "request_id": 7, "more": "%b"}' % (b"x" * NESTED_BYTES)
    fields, fault = message_in_parts(broken, JSON, KNOWN)
    assert fields == {"data": {}, "request_id": 7}
    assert str(fault) == "Message is not valid JSON: data.url can't be read"


@pytest.mark.parametrize("name", NOTATIONS)
def test_what_is_no_object_is_told_from_what_is_nothing(name):
    notation, encode = NOTATIONS[name]
    with pytest.raises(msgspec.ValidationError):
        message_in_parts(encode(MANY), notation, KNOWN)
    nothing = b"[" * NESTED_BYTES if name == "JSON" else b"\x91" * NESTED_BYTES
    with pytest.raises((RecursionError, msgspec.DecodeError)) as raised:
        message_in_parts(nothing, notation, KNOWN)
    assert raised.type is not msgspec.ValidationError


def test_numbers_out_of_range_are_named_where_they_are_small():
    padding = b'"url":"%b"' % (b"x" * NESTED_BYTES)
    _, fault = fields_in_parts(b'{%b,"limit":1e400}' % padding, JSON, KNOWN)
    assert str(fault) == "limit: a number is out of range; send one of at most 4,300 digits, below 1.8e308"
    _, fault = fields_in_parts(b'{%b,"names":[%b1e400]}' % (padding, b"1," * NESTED_BYTES), JSON, KNOWN)
    assert str(fault).startswith("names has lists or objects in it, or what a request can't hold")


@pytest.mark.parametrize("name", READERS)
def test_a_message_makes_no_more_objects_than_it_needs(name):
    read, encode = READERS[name]
    million: list[object] = [[]] * 300_000
    frames = [
        encode({"action": "count_contacts", "request_id": 7, "data": {"url": "x", "junk": million}}),
        encode({"action": "count_contacts", "request_id": 7, "data": {"url": "x", "include_domain_list": million}}),
        encode({"action": "count_contacts", "request_id": 7, "data": {"url": "x"}, "junk": million}),
        encode({"action": "count_contacts", "request_id": 7, "data": {"url": {"a": million}}}),
    ]
    for frame in frames:
        gc.collect()
        before = gc.get_stats()[0]["collections"]
        request = read(frame, {"count_contacts"})
        assert gc.get_stats()[0]["collections"] - before < 10, "each counts for hundreds of lists"
        assert request.head == b'{"request_id":7,"action":"count_contacts","status":'
        assert len(request.data) <= 2


@pytest.mark.parametrize("name", NOTATIONS)
def test_fields_that_are_objects_are_read_however_long_their_texts(name):
    notation, encode = NOTATIONS[name]
    nested = {"any": TEXTS, "all": ["x"], "size": 5, "none": None}
    fields = {"url": nested, "names": {"small": [[{}]]}}
    assert fields_in_parts(encode(fields), notation, KNOWN, {"url"}) == (fields, None)
    message = {"data": fields, "request_id": 7}
    assert message_in_parts(encode(message), notation, KNOWN, {"url"}) == (message, None)


@pytest.mark.parametrize("name", NOTATIONS)
@pytest.mark.parametrize(
    "nested",
    [
        {"any": MANY},
        {"any": {"texts": TEXTS}},
        {f"name {number}": "x" * 40 for number in range(MOST_MEMBERS + 1)},
        [{"any": TEXTS}],
    ],
    ids=["lists", "an object", "names", "objects"],
)
def test_what_is_more_than_texts_in_them_is_a_mistake_where_it_is_large(name, nested):
    notation, encode = NOTATIONS[name]
    fields, fault = fields_in_parts(encode({"names": nested, "unread": 1}), notation, KNOWN, {"names"})
    assert fields == {}
    assert str(fault) == (
        "names has over 256 names, lists or objects within its lists, or what a request can't hold, in over 8192 "
        "bytes; send an object of texts and lists of texts"
    )
