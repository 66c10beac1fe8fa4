"""The words of the field table: what a row of `search.fields` can say of a field."""

from collections.abc import Callable
from enum import Enum
from typing import Annotated

import msgspec


class Form(Enum):
    """What the value of an item field is, and so how a source's text is read into it."""

    TEXT = "text"
    PHONE = "phone number"
    LIST = "list of texts"
    INTEGER = "whole number"
    DATETIME = "datetime, `YYYY-MM-DDTHH:MM:SS` in UTC"
    TRUTH = "true or false"
    MAP = "object of texts"


Text = Annotated[str | None, Form.TEXT]
Phone = Annotated[str | None, Form.PHONE]
Texts = Annotated[tuple[str, ...] | None, Form.LIST]
Integer = Annotated[int | None, Form.INTEGER]
Datetime = Annotated[str | None, Form.DATETIME]
Truth = Annotated[bool | None, Form.TRUTH]
Map = Annotated[dict[str, str] | None, Form.MAP]


class Kind(Enum):
    """Which predicates a search field answers, and so how an engine stores it. With a facet it answers Terms too."""

    TERM = "Terms"
    TEXT = "Phrase"
    TERM_AND_TEXT = "Terms and Phrase"
    NAME = "Phrase and Substring"
    NUMBER = "Range"


class ContactField(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a contact: all there is to say of it beside its name, its type and its place among the others.

    Attributes:
        headers: what a column with it is called, beyond the field's own name; case and punctuation don't matter.
        stock: the expression that gives it in the query for the stock schema; `None` if that schema lacks it.
        apollo: its names in Apollo's index, by which a URL asks whether it is there.
        simple: it is in the simple view too.
        company: contacts of one company have the same, so what is made of it is made once for all of them. That
            decides how fast a load is, and never what it gives.
        search: how it is searched, under its own name and normalised as its kind is; `None`: not at all, or by rows
            of `SEARCH_FIELDS` only. A list has several values.
        facet: contacts are counted by its values as it is searched, under its own name.
        sort: what Apollo's URLs call the order by it, beyond the field's own name, be it nothing (`()`); `None`:
            contacts can't be ordered by it. A number that is sorted by has to be searched too.
    """

    headers: tuple[str, ...] = ()
    stock: str | None = None
    apollo: tuple[str, ...] = ()
    simple: bool = False
    company: bool = False
    search: Kind | None = None
    facet: bool = False
    sort: tuple[str, ...] | None = None


DerivedValue = int | str | tuple[str, ...] | None
"""What a derived field holds of one contact; `None` and `()` are nothing."""


class DerivedField(msgspec.Struct, frozen=True):
    """What is made of a contact for searching or sorting, beside the item itself.

    Attributes:
        of: the item fields that it is made of.
        make: its value, made of theirs: of the one value, or of a tuple of several. A pure function.
        many: a contact can have several values of it.
    """

    of: tuple[str, ...]
    make: Callable[..., DerivedValue]
    many: bool = False


class SearchField(DerivedField, frozen=True, kw_only=True):
    """One searchable field.

    Attributes:
        facet: what the count of contacts by its values is called; `None`: there is none.
        sort: what Apollo's URLs call the order by it, be it nothing (`()`), which only requests of our own ask for;
            `None`: contacts can't be ordered by it. One with several values orders by the texts that it is made of,
            one after the other.
    """

    kind: Kind
    facet: str | None = None
    sort: tuple[str, ...] | None = None


def rows(contact: type[msgspec.Struct]) -> dict[str, ContactField]:
    """Field → what its row says, of the table that a struct's annotations are. A field may have none."""
    return {
        field.name: next((mark for mark in _marks(field) if isinstance(mark, ContactField)), ContactField())
        for field in msgspec.structs.fields(contact)
    }


def forms(contact: type[msgspec.Struct]) -> dict[str, Form]:
    """Field → what its value is, of the same table.

    Raises:
        TypeError: a field's annotation does not tell.
    """
    told: dict[str, Form] = {}
    for field in msgspec.structs.fields(contact):
        form = next((mark for mark in _marks(field) if isinstance(mark, Form)), None)
        if form is None:
            raise TypeError(f"{contact.__name__}.{field.name} has no Form: annotate it with Text, Integer or the like")
        told[field.name] = form
    return told


def _marks(field: msgspec.structs.FieldInfo) -> tuple[object, ...]:
    return getattr(field.type, "__metadata__", ())
