"""What errors say: the field, the bad value and what was expected, at a bounded length."""

import pytest

from mappings.errors import (
    ContactsError,
    ForeignUrl,
    InvalidParameter,
    MissingField,
    NothingIndexed,
    TooManyRequests,
    UnknownAction,
    WrongCredentials,
    shorten,
)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MissingField("url"), "Missing required field: url"),
        (UnknownAction("serach"), "Unknown action: serach"),
        (ForeignUrl(), "URL must be from apollo.io domain"),
        (
            InvalidParameter("revenueRange[min]", "lots", "a whole number"),
            "Invalid filter parameters: revenueRange[min]: 'lots' is not a whole number",
        ),
        (WrongCredentials(), "Invalid email or password."),
        (TooManyRequests("Too many logins", retry_after=2.5), "Too many logins"),
    ],
)
def test_messages(error: ContactsError, message: str) -> None:
    assert str(error) == message


def test_what_the_sender_can_act_on() -> None:
    assert MissingField("url").name == "url"
    assert InvalidParameter("page", "x", "a number").parameter == "page"
    assert "contacts index csv FILE" in str(NothingIndexed())
    assert NothingIndexed("Nothing yet.", cure="wait").cure == "wait"
    assert TooManyRequests("Busy").retry_after is None
    assert TooManyRequests("Busy", retry_after=2.5).retry_after == 2.5


def test_a_long_value_is_cut_to_the_limit() -> None:
    assert shorten("x" * 80) == "x" * 80
    assert shorten("x" * 81) == "x" * 79 + "…"
    assert len(str(InvalidParameter("page", "x" * 10_000, "a number"))) < 200
