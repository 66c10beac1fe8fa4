"""What tokens are signed and checked with, a secret or a key pair from a file, and what signed them before."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from api.settings import Settings
from mappings.errors import SettingsError

SHORTEST_RSA = 2048
"""Bits: what RFC 7518, 3.3 demands."""

LARGEST_FILE = 64 * 1024

_KINDS: Mapping[str, str] = {"EdDSA": "an Ed25519", "RS256": f"an RSA (of {SHORTEST_RSA} bits or more)"}
_PUBLIC = b" PUBLIC KEY-----"


SigningKey: TypeAlias = str | Ed25519PrivateKey | RSAPrivateKey
CheckingKey: TypeAlias = str | Ed25519PublicKey | RSAPublicKey


class Checking(msgspec.Struct, frozen=True):
    """A key that checks tokens, with the one algorithm that it is for: a token never chooses either."""

    algorithm: str
    key: CheckingKey


class Keys(msgspec.Struct, frozen=True):
    """The one algorithm that signs, with its key, and what its tokens are checked with.

    Attributes:
        before: what tokens were signed with until the key was changed: they are good until they expire.
    """

    algorithm: str
    signing: SigningKey
    checking: CheckingKey
    before: tuple[Checking, ...] = ()

    @property
    def all_checking(self) -> tuple[Checking, ...]:
        """Everything that a token may be checked with, today's first."""
        return (Checking(self.algorithm, self.checking), *self.before)


def load_keys(settings: Settings) -> Keys:
    """The keys of the settings.

    Raises:
        SettingsError: no secret, or a key file that is absent, unreadable or of another algorithm.
    """
    before = _before(settings)
    algorithm = settings.jwt_algorithm
    if algorithm in _KINDS:
        return _from_file(algorithm, settings.jwt_key_file, before)
    if settings.jwt_secret is None:
        raise SettingsError("CONTACTS_JWT_SECRET: not set; expected the secret that signs tokens")
    return Keys(algorithm, settings.jwt_secret, settings.jwt_secret, before)


def _from_file(algorithm: str, path: Path | None, before: tuple[Checking, ...]) -> Keys:
    expected = f"expected a PEM file with {_KINDS[algorithm]} private key and no passphrase, for {algorithm}"
    if path is None:
        raise SettingsError(f"CONTACTS_JWT_KEY_FILE: not set; {expected}")
    key = _read("CONTACTS_JWT_KEY_FILE", path, expected)
    match algorithm, key:
        case ("EdDSA", Ed25519PrivateKey()):
            return Keys(algorithm, key, key.public_key(), before)
        case ("RS256", RSAPrivateKey(key_size=bits)) if bits >= SHORTEST_RSA:
            return Keys(algorithm, key, key.public_key(), before)
    raise SettingsError(f"CONTACTS_JWT_KEY_FILE: {str(path)!r} holds another kind of key; {expected}")


def _before(settings: Settings) -> tuple[Checking, ...]:
    """What tokens were signed with before, of whichever algorithm it is."""
    before = () if settings.jwt_secret_previous is None else (Checking("HS256", settings.jwt_secret_previous),)
    path = settings.jwt_key_file_previous
    return before if path is None else (*before, _previous_key(path))


def _previous_key(path: Path) -> Checking:
    variable, expected = (
        "CONTACTS_JWT_KEY_FILE_PREVIOUS",
        f"expected a PEM file with {' or '.join(_KINDS.values())} key",
    )
    key = _read(variable, path, expected)
    if isinstance(key, Ed25519PrivateKey | RSAPrivateKey):
        key = key.public_key()
    match key:
        case Ed25519PublicKey():
            return Checking("EdDSA", key)
        case RSAPublicKey(key_size=bits) if bits >= SHORTEST_RSA:
            return Checking("RS256", key)
    raise SettingsError(f"{variable}: {str(path)!r} holds another kind of key; {expected}")


def _read(variable: str, path: Path, expected: str) -> object:
    """The key in a PEM file, private or public. Raises `SettingsError`, which says what was `expected`."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE)
        if _PUBLIC in content:
            return load_pem_public_key(content)
        return load_pem_private_key(content, password=None)
    except OSError as error:
        raise SettingsError(f"{variable}: {str(path)!r} can't be read ({error.strerror}); {expected}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{variable}: {str(path)!r} holds no such key; {expected}") from error
