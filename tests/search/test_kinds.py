"""The table that a struct's annotations are."""

from typing import Annotated

import msgspec
import pytest

from search.kinds import ContactField, Form, Integer, Kind, Text, forms, rows


class Contact(msgspec.Struct):
    uuid: Annotated[str, Form.TEXT]
    title: Text = None
    founded: Annotated[Integer, ContactField(search=Kind.NUMBER)] = None


def test_rows_and_forms_are_read_from_annotations() -> None:
    assert rows(Contact) == {
        "uuid": ContactField(),
        "title": ContactField(),
        "founded": ContactField(search=Kind.NUMBER),
    }
    assert forms(Contact) == {"uuid": Form.TEXT, "title": Form.TEXT, "founded": Form.INTEGER}
    assert msgspec.json.decode(b'{"uuid":"1","founded":1999}', type=Contact).founded == 1999


@pytest.mark.parametrize("annotation", [int | None, Annotated[str, "text"]])
def test_a_field_that_does_not_say_what_it_holds_is_refused(annotation: type) -> None:
    with pytest.raises(TypeError, match=r"Contact\.score has no Form"):
        forms(msgspec.defstruct("Contact", [("score", annotation)]))
