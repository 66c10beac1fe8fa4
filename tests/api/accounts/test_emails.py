import re
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.accounts.emails import LONGEST_EMAIL, new_email
from mappings.errors import InvalidField

ADA = "ada@example.com"


@pytest.mark.parametrize(
    "email",
    [
        ADA, "Ada.Lovelace+news@mail.example.com", "o'hara@example.com", "müller@bücher.example", "анна@почта.example",
        "анна.smith@почта.example", "ελένη@example.gr", "山田@example.jp", "דנה@example.com", "a@b",
    ],
)  # fmt: skip
def test_addresses_of_all_alphabets_are_taken(email):
    assert new_email(email) == new_email(f" {email}\r\n") == email


@pytest.mark.parametrize("email", ["", "ada", "@", "ada@", "@example.com", "a@b@c", "x" * LONGEST_EMAIL + "@b"])
def test_what_is_no_address(email):
    with pytest.raises(InvalidField, match=r"^email must be an e-mail address such as ada@example\.com$"):
        new_email(email)


@pytest.mark.parametrize(
    "character",
    [
        *"\0\x07\x1b\x7f\x85\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u180e\u2003\u200b\u200c\u200d\u200e\u200f",
        *"\u2028\u2029\u202a\u202e\u2060\u2061\u2066\u2069\u206a\u3000\u3164\ufe0f\ufeff\uffa0\ufff9\ue000",
        "\U000e0020", "\U000e0100", "\U0001d173", "\ud800", "\ufdd0", " ", "\t", "\n",
    ],
)  # fmt: skip
def test_nothing_in_an_address_is_unseen(character):
    for email in (f"ad{character}a@example.com", f"ada@example.co{character}m"):
        with pytest.raises(InvalidField, match=rf"^email must not hold U\+{ord(character):04X}, which can't be seen$"):
            new_email(email)


@pytest.mark.parametrize(
    "email",
    [
        "\uff41da@example.com", "ada@example\uff0ecom", "ﬁona@example.com", "ada²@example.com",
        "\u212aate@example.com", "ſam@example.com", "ada@example.com\u2024", "jose\u0301@example.com",
        "𝐚da@example.com", "ⓐda@example.com", "ada@№.example",
    ],
)  # fmt: skip
def test_an_address_is_written_in_the_usual_characters(email):
    with pytest.raises(InvalidField, match=r"^email must be written in the usual characters \(NFKC\), without U\+"):
        new_email(email)


@pytest.mark.parametrize("email", ["\u0430da@example.com", "ada@ex\u0430mple.com", "\u03bfscar@example.com"])
def test_a_word_is_of_one_alphabet(email):
    with pytest.raises(InvalidField, match="several alphabets"):
        new_email(email)


@given(st.text(max_size=12), st.text(max_size=12))
def test_what_is_taken_is_safe_to_show_and_to_compare(before, after):
    try:
        email = new_email(f"{before}@{after}")
    except InvalidField:
        return
    assert re.fullmatch(r"\S+@\S+", email)
    assert normalize("NFKC", email) == email
    assert email.isprintable()
