import time
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from api.accounts.keys import Keys
from api.accounts.tokens import AUDIENCE, ISSUER, LEEWAY_SECONDS, Kind, Tokens
from mappings.errors import Unauthorized

SECRET = "a-secret-of-the-tests-with-more-than-32-bytes"


@pytest.fixture
def tokens() -> Tokens:
    return Tokens(Keys("HS256", SECRET, SECRET), 60)


def signed(secret: str = SECRET, algorithm: str = "HS256", **changes: object) -> str:
    now = int(time.time())
    claims = {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "u", "iat": now, "exp": now + 60, "jti": "j", "typ": "access",
        "sid": "s", **changes
    }  # fmt: skip
    return jwt.encode({name: value for name, value in claims.items() if value is not None}, secret, algorithm)


def test_a_token_of_ours_holds(tokens):
    claims = tokens.verify(tokens.issue("user", "session"))
    assert (claims.user, claims.session) == ("user", "session")
    assert 55 < claims.expires_at - time.time() <= 60
    assert tokens.verify(tokens.issue("user", "session")).token_id != claims.token_id


@pytest.mark.parametrize("claim", ["iss", "aud", "exp", "iat", "sub", "jti", "typ", "sid"])
def test_every_claim_is_required(tokens, claim):
    tokens.verify(signed())
    with pytest.raises(Unauthorized, match="Token is invalid"):
        tokens.verify(signed(**{claim: None}))


@pytest.mark.parametrize(
    "changes", [{"iss": "x"}, {"aud": "x"}, {"sub": 5}, {"jti": 5}, {"sid": 5}, {"iat": "x"}, {"exp": "x"}]
)
def test_claims_of_others(tokens, changes):
    with pytest.raises(Unauthorized):
        tokens.verify(signed(**changes))


@pytest.mark.parametrize("typ", ["refresh", "", "Access", 5])
def test_only_an_access_token_is_an_access_token(tokens, typ):
    with pytest.raises(Unauthorized):
        tokens.verify(signed(typ=typ))


def test_a_refresh_token_is_one(tokens):
    assert tokens.verify(tokens.issue("user", "session", Kind.REFRESH), Kind.REFRESH).user == "user"
    with pytest.raises(Unauthorized):
        tokens.verify(tokens.issue("user", "session"), Kind.REFRESH)


def test_an_expired_token(tokens):
    with pytest.raises(Unauthorized, match="expired"):
        tokens.verify(signed(exp=int(time.time()) - 1))


def test_clocks_may_differ_by_a_few_seconds_and_no_token_holds_longer_for_it(tokens):
    now = int(time.time())
    for claim in ("iat", "nbf"):
        for ahead in (0, 3, LEEWAY_SECONDS - 1):
            assert tokens.verify(signed(**{claim: now + ahead})).user == "u"
        for ahead in (LEEWAY_SECONDS + 5, 60, 3600):
            with pytest.raises(Unauthorized, match="invalid"):
                tokens.verify(signed(**{claim: now + ahead}))
    for behind in (0, 3, 60):
        with pytest.raises(Unauthorized, match="expired"):
            tokens.verify(signed(exp=now - behind))


@pytest.mark.parametrize("algorithm", ["HS256", "EdDSA", "RS256"])
def test_a_token_can_be_signed_again(algorithm):
    keys: dict[str, Any] = {
        "EdDSA": Ed25519PrivateKey.generate(),
        "RS256": generate_private_key(public_exponent=65537, key_size=2048),
    }
    key = keys.get(algorithm)
    tokens = Tokens(Keys(algorithm, key or SECRET, key.public_key() if key else SECRET), 60)
    now = int(time.time())
    made = {tokens.issue("u", "s", Kind.REFRESH, "j", now) for _ in range(3)}
    assert [tokens.verify(token, Kind.REFRESH).token_id for token in made] == ["j"]
    assert tokens.issue("u", "s", Kind.REFRESH, "j", now - 1) not in made


def test_other_secrets_and_algorithms(tokens):
    unsigned = jwt.encode({"sub": "u"}, None, "none")  # type: ignore[arg-type]
    for token in (signed("y" * 64), signed("y" * 64, "HS512"), unsigned, "", "a.b.c", "ü", "x" * 100_000):
        with pytest.raises(Unauthorized):
            tokens.verify(token)
    with pytest.raises(Unauthorized):
        tokens.verify(jwt.encode({"sub": "u"}, SECRET + "x" * 64, "HS512"))
