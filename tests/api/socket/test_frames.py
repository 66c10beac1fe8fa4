from api.socket.frames import FRAME_BYTES, frames, understood


def test_most_messages_are_one_frame():
    for message in (b"", b"{}", b"x" * FRAME_BYTES):
        assert list(frames(message, text=True)) == [
            {"type": "contacts.frame", "data": message, "opcode": "text", "last": True}
        ]


def test_a_large_message_is_cut_without_being_copied():
    message = bytes(range(256)) * (FRAME_BYTES // 256 * 2) + b"rest"
    cut = list(frames(message, text=False))
    assert [frame["opcode"] for frame in cut] == ["binary", "continuation", "continuation"]
    assert [frame["last"] for frame in cut] == [False, False, True]
    assert b"".join(frame["data"] for frame in cut) == message
    assert all(isinstance(frame["data"], memoryview) and frame["data"].obj is message for frame in cut)


def test_a_message_of_whole_frames_has_no_empty_one():
    cut = list(frames(b"x" * (2 * FRAME_BYTES), text=True))
    assert [(frame["opcode"], frame["last"]) for frame in cut] == [("text", False), ("continuation", True)]


def test_only_a_server_that_says_so_is_given_frames():
    assert understood({"extensions": {"contacts.frames": {}}})
    assert not understood({"extensions": {"websocket.http.response": {}}})
    assert not understood({"extensions": None})
    assert not understood({})
