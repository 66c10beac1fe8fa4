import pytest

from api.accounts.bearer import bearer


@pytest.mark.parametrize(
    ("authorization", "token"),
    [
        ("Bearer abc", "abc"),
        ("bearer abc", "abc"),
        ("BEARER  abc ", "abc"),
        ("Bearer a b", "a b"),
        ("Bearer", None),
        ("Bearer  ", None),
        ("", None),
        ("abc", None),
        ("Basic abc", None),
        (" Bearer abc", None),
        ("Bearerabc", None),
    ],
)
def test_the_token_in_the_header(authorization, token):
    assert bearer(authorization) == token
