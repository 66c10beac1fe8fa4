import time
from pathlib import Path
from typing import Any

import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from api.accounts.keys import load_keys
from api.accounts.tokens import AUDIENCE, ISSUER, Tokens
from api.settings import load_settings
from mappings.errors import SettingsError, Unauthorized


def written(path: Path, key: Any) -> Path:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


@pytest.fixture(scope="module")
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture
def files(tmp_path: Path, rsa_key: rsa.RSAPrivateKey) -> dict[str, Path]:
    return {
        "EdDSA": written(tmp_path / "ed.pem", ed25519.Ed25519PrivateKey.generate()),
        "RS256": written(tmp_path / "rsa.pem", rsa_key),
    }


def claims() -> dict[str, object]:
    now = int(time.time())
    return {
        "iss": ISSUER, "aud": AUDIENCE, "sub": "u", "iat": now, "exp": now + 60, "jti": "j", "typ": "access", "sid": "s"
    }  # fmt: skip


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256"])
def test_a_key_file_signs_and_checks(settings, files, algorithm):
    settings = msgspec.structs.replace(settings, jwt_algorithm=algorithm, jwt_key_file=files[algorithm])
    tokens = Tokens(load_keys(settings), 60)
    token = tokens.issue("user", "session")
    assert jwt.get_unverified_header(token)["alg"] == algorithm
    assert tokens.verify(token).user == "user"


def test_the_public_key_is_no_secret_to_sign_with(settings, files, rsa_key):
    """The confusion of HS256 and RS256: a token signed with the public key as if that were a shared secret."""
    with_key = msgspec.structs.replace(settings, jwt_algorithm="RS256", jwt_key_file=files["RS256"])
    tokens = Tokens(load_keys(with_key), 60)
    pem = rsa_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header, payload = (jwt.utils.base64url_encode(msgspec.json.encode(part)) for part in ({"alg": "HS256"}, claims()))
    signed = header + b"." + payload
    forged = signed + b"." + jwt.utils.base64url_encode(jwt.get_algorithm_by_name("HS256").sign(signed, pem))
    for token in (forged.decode(), jwt.encode(claims(), settings.jwt_secret, "HS256")):
        with pytest.raises(Unauthorized):
            tokens.verify(token)
    ours = Tokens(load_keys(settings), 60)
    with pytest.raises(Unauthorized):
        ours.verify(tokens.issue("user", "session"))


def test_a_token_without_a_signature(settings):
    tokens = Tokens(load_keys(settings), 60)
    for name in ("none", "None", "NONE", "nOnE"):
        header = jwt.utils.base64url_encode(msgspec.json.encode({"alg": name, "typ": "JWT"}))
        payload = jwt.utils.base64url_encode(msgspec.json.encode(claims()))
        for signature in (b"", b"x"):
            with pytest.raises(Unauthorized):
                tokens.verify((header + b"." + payload + b"." + signature).decode())


def test_files_that_do_not_fit(settings, files, tmp_path):
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("nonsense")
    short = written(tmp_path / "short.pem", rsa.generate_private_key(65537, 1024))
    for algorithm, path in [
        ("EdDSA", None),
        ("EdDSA", files["RS256"]),
        ("RS256", files["EdDSA"]),
        ("RS256", short),
        ("RS256", nonsense),
        ("EdDSA", tmp_path / "absent.pem"),
        ("EdDSA", tmp_path),
    ]:
        with pytest.raises(SettingsError, match=r"^CONTACTS_JWT_KEY_FILE: .*expected a PEM file"):
            load_keys(msgspec.structs.replace(settings, jwt_algorithm=algorithm, jwt_key_file=path))


def test_a_key_file_needs_no_secret(files):
    environ = {"CONTACTS_JWT_ALGORITHM": "eddsa", "CONTACTS_JWT_KEY_FILE": str(files["EdDSA"])}
    settings = load_settings(environ)
    assert (settings.jwt_algorithm, settings.jwt_secret, settings.jwt_secret_generated) == ("EdDSA", None, False)
    assert load_keys(settings).algorithm == "EdDSA"


def test_a_token_from_before_the_secret_was_changed_holds(settings):
    before = Tokens(load_keys(settings), 60)
    changed = msgspec.structs.replace(settings, jwt_secret="n" * 40, jwt_secret_previous=settings.jwt_secret)
    tokens = Tokens(load_keys(changed), 60)
    assert tokens.verify(before.issue("user", "session")).user == "user"
    fresh = tokens.issue("user", "session")
    assert tokens.verify(fresh).user == "user"
    with pytest.raises(Unauthorized):
        before.verify(fresh)


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256"])
def test_a_token_from_before_the_key_was_changed_holds(settings, files, algorithm, public, tmp_path):
    before = Tokens(
        load_keys(msgspec.structs.replace(settings, jwt_algorithm=algorithm, jwt_key_file=files[algorithm])), 60
    )
    old = files[algorithm]
    if public:
        key = load_pem_private_key(old.read_bytes(), None).public_key()
        old = tmp_path / "old.pem"
        old.write_bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    tokens = Tokens(load_keys(msgspec.structs.replace(settings, jwt_key_file_previous=old)), 60)
    assert tokens.verify(before.issue("user", "session")).user == "user"
    assert jwt.get_unverified_header(tokens.issue("user", "session"))["alg"] == "HS256"


def test_an_older_key_checks_tokens_of_its_own_algorithm_only(settings, files, rsa_key):
    """A token must not be able to choose: neither is the public key a secret, nor the old secret one for others."""
    tokens = Tokens(
        load_keys(
            msgspec.structs.replace(
                settings, jwt_secret="n" * 40, jwt_secret_previous="o" * 64, jwt_key_file_previous=files["RS256"]
            )
        ),
        60,
    )
    pem = rsa_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    header, payload = (jwt.utils.base64url_encode(msgspec.json.encode(part)) for part in ({"alg": "HS256"}, claims()))
    signed = header + b"." + payload
    forged = signed + b"." + jwt.utils.base64url_encode(jwt.get_algorithm_by_name("HS256").sign(signed, pem))
    assert tokens.verify(jwt.encode(claims(), "o" * 64, "HS256")).user == "u"
    for token in (forged.decode(), jwt.encode(claims(), "o" * 64, "HS512"), jwt.encode(claims(), "p" * 64, "HS256")):
        with pytest.raises(Unauthorized):
            tokens.verify(token)


def test_an_expired_token_from_before_is_expired(settings):
    changed = msgspec.structs.replace(settings, jwt_secret="n" * 40, jwt_secret_previous=settings.jwt_secret)
    old = jwt.encode(claims() | {"exp": int(time.time()) - 60}, settings.jwt_secret, "HS256")
    with pytest.raises(Unauthorized, match="expired"):
        Tokens(load_keys(changed), 60).verify(old)


def test_an_older_key_file_that_is_none(settings, tmp_path):
    other = written(tmp_path / "short.pem", rsa.generate_private_key(65537, 1024))
    for path, why in ((tmp_path / "absent", "can't be read"), (other, "holds another kind of key")):
        with pytest.raises(SettingsError, match=f"CONTACTS_JWT_KEY_FILE_PREVIOUS: .* {why}"):
            load_keys(msgspec.structs.replace(settings, jwt_key_file_previous=path))
