"""THE table of views: how much of a contact an answer has, in all its forms."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache

import msgspec

from search.fields import ContactCompleteItem, ContactListItem, ContactSimpleItem


class View(msgspec.Struct, frozen=True):
    """One row.

    Attributes:
        shape: what a contact is in it. Its attributes are the columns of CSV.
        complete: the engine is asked for whole contacts.
        shorten: makes what is sent of what the engine gave; `None`: that is sent as it is, and nothing is decoded.
    """

    shape: type[msgspec.Struct]
    complete: bool = False
    shorten: Callable[[Sequence[bytes]], list[bytes]] | None = None

    def of(self, contacts: list[bytes]) -> list[bytes]:
        """What is sent of `contacts`, which came from the engine."""
        return contacts if self.shorten is None else self.shorten(contacts)


def _simple(items: Sequence[bytes]) -> list[bytes]:
    """Stored items in short."""
    encoder, decoder = msgspec.json.Encoder(), msgspec.json.Decoder(ContactSimpleItem)
    return [encoder.encode(decoder.decode(item)) for item in items]


DEFAULT = "full"
"""The view of who asks for none."""

VIEWS: Mapping[str, View] = {
    DEFAULT: View(ContactListItem),
    "simple": View(ContactSimpleItem, shorten=_simple),
    "complete": View(ContactCompleteItem, complete=True),
}
"""What a request calls it → row."""


MATCHED = "matched"
"""The last field of a contact that is tagged."""


@cache
def tagged(view: View) -> View:
    """The same view of contacts that end with the numbers of the URLs that find them."""
    shape = msgspec.defstruct(
        view.shape.__name__,
        [(MATCHED, tuple[int, ...], ())],
        bases=(view.shape,),
        module=__name__,
        frozen=True,
        kw_only=True,
    )
    return msgspec.structs.replace(view, shape=shape)
