"""THE table of views: how much of a contact an answer has, in all its forms."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache

import msgspec

from search.fields import ContactCompleteItem, ContactListItem, ContactSimpleItem


class View(msgspec.Struct, frozen=True):
    """One row.

    Attributes:
        shape: what a contact is in it. Its attributes are the columns of CSV.
        complete: the engine is asked for whole contacts.
        shorten: makes what is sent of what the engine gave; `None`: that is sent as it is, and nothing is decoded.
        picks: of what is made so, only the attributes of `shape` are sent.
    """

    shape: type[msgspec.Struct]
    complete: bool = False
    shorten: Callable[[Sequence[bytes]], list[bytes]] | None = None
    picks: bool = False

    def of(self, contacts: list[bytes]) -> list[bytes]:
        """What is sent of `contacts`, which came from the engine."""
        return contacts if self.shorten is None else self.shorten(contacts)

    def pick(self, contacts: list[bytes]) -> list[bytes]:
        """What of `contacts`, which are as they would be sent, is sent."""
        return _again(contacts, self.shape) if self.picks else contacts


def _simple(items: Sequence[bytes]) -> list[bytes]:
    """Stored items in short."""
    return _again(items, ContactSimpleItem)


def _again(items: Sequence[bytes], shape: type[msgspec.Struct]) -> list[bytes]:
    """`items` with the attributes of `shape` only, in their order."""
    encoder, decoder = msgspec.json.Encoder(), msgspec.json.Decoder(shape)
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

COLUMNS = (*ContactCompleteItem.__struct_fields__, MATCHED)
"""What a contact can be asked for by name."""

_KEPT_PICKS = 256
"""Choices of columns for which a struct is kept."""

_TAG = (MATCHED, tuple[int, ...], ())


@cache
def tagged(view: View) -> View:
    """The same view of contacts that end with the numbers of the URLs that find them."""
    shape = msgspec.defstruct(
        view.shape.__name__,
        [_TAG],
        bases=(view.shape,),
        module=__name__,
        frozen=True,
        kw_only=True,
    )
    return msgspec.structs.replace(view, shape=shape)


@lru_cache(_KEPT_PICKS)
def picked(columns: tuple[str, ...]) -> View:
    """The view with these of `COLUMNS`, in their order; the engine is asked for whole contacts if it needs them."""
    fields = {field.name: field for field in msgspec.structs.fields(ContactCompleteItem)}
    rows = [_TAG if name == MATCHED else (name, fields[name].type, fields[name].default) for name in columns]
    shape = msgspec.defstruct("ContactColumns", rows, module=__name__, frozen=True, kw_only=True)
    more = {*columns} - {*ContactListItem.__struct_fields__, MATCHED}
    return View(shape, complete=bool(more), picks=True)
