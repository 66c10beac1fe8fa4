"""What of a large answer is handed on at once."""

import pytest

from api.edge import limits
from api.edge.slices import Sliced

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("size", [0, 1, limits.SLICE_BYTES, limits.SLICE_BYTES + 1, 5 * limits.SLICE_BYTES])
async def test_a_large_answer_leaves_in_pieces_none_of_which_is_a_copy(size):
    body, sent = bytes(range(256)) * (size // 256) + bytes(size % 256), []

    async def send(message):
        sent.append(message)

    await Sliced(send)({"type": "http.response.body", "body": body, "more_body": False})
    assert b"".join(message["body"] for message in sent) == body
    assert all(len(message["body"]) <= limits.SLICE_BYTES for message in sent)
    assert all(memoryview(message["body"]).obj is body for message in sent)
    assert [message["more_body"] for message in sent] == [True] * (len(sent) - 1) + [False]
