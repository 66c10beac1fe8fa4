"""E-mail addresses in cells."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indexing.values.emails import SeveralEmails, email, is_placeholder
from indexing.values.unreadable import Unreadable


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Ann.Alpha@one.example", "Ann.Alpha@one.example"), ("mailto:ann@one.example", "ann@one.example"),
        ("Ann Alpha <ann@one.example>", "ann@one.example"), ("ann@one.example;", "ann@one.example"),
        ("'ann@one.example'", "ann@one.example"), ("o'neil@one.example", "o'neil@one.example"),
        ("ann@one.example.", "ann@one.example"), ("ann@müller.example", "ann@müller.example"),
        ("ann+x@one.co.uk", "ann+x@one.co.uk"), ("ann@one.example, ann@one.example", "ann@one.example"),
        ("ann@one.example (bounced)", "ann@one.example"), ("n/a; ann@one.example", "ann@one.example"),
        ("noemail@one.example; ann@one.example", "ann@one.example"),
    ],
)  # fmt: skip
def test_an_address(text: str, address: str) -> None:
    assert email(text) == address


@pytest.mark.parametrize("between", ["; ", ", ", " ", " ::: ", "/", "\n", " | ", " and "])
def test_several_addresses(between: str) -> None:
    with pytest.raises(SeveralEmails) as several:
        email(f"ann@one.example{between}b@two.example")
    assert several.value.addresses == ["ann@one.example", "b@two.example"]


@pytest.mark.parametrize(
    "text", ["ann@one", "x", "ann@one..com", "@one.example", "ann@-x.example", "a@b.c", "ann at x"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(Unreadable, match="is not an e-mail address") as bad:
        email(text)
    assert not bad.value.placeholder


@pytest.mark.parametrize(
    "text", ["email_not_unlocked@domain.com", "EMAIL_NOT_UNLOCKED@one.example", "noemail@one.example", "test@test.com"]
)
def test_what_stands_for_none(text: str) -> None:
    with pytest.raises(Unreadable, match="stands for none") as bad:
        email(text)
    assert bad.value.placeholder


@given(
    st.emails(domains=st.just("one.example")), st.sampled_from(["{}", "mailto:{}", "<{}>", "Ann <{}>", "{};", " {} "])
)
def test_addresses_in_any_wrapping(address: str, wrapping: str) -> None:
    assume(not is_placeholder(address))
    if not set("!#$%&*/=?^`{|}~") & set(address) and not address.startswith("'") and "'@" not in address:
        assert email(wrapping.format(address).strip()) == address
