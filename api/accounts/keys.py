"""What tokens are signed and checked with: a secret, or a key pair from a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from api.settings import Settings
from mappings.errors import SettingsError

SHORTEST_RSA = 2048
"""Bits: what RFC 7518, 3.3 demands."""

LARGEST_FILE = 64 * 1024

_KINDS: Mapping[str, str] = {"EdDSA": "an Ed25519", "RS256": f"an RSA (of {SHORTEST_RSA} bits or more)"}


SigningKey: TypeAlias = str | Ed25519PrivateKey | RSAPrivateKey
CheckingKey: TypeAlias = str | Ed25519PublicKey | RSAPublicKey


class Keys(msgspec.Struct, frozen=True):
    """The one algorithm that is accepted, and what it signs and checks with: a token never chooses either."""

    algorithm: str
    signing: SigningKey
    checking: CheckingKey


def load_keys(settings: Settings) -> Keys:
    """The keys of the settings.

    Raises:
        SettingsError: no secret, or a key file that is absent, unreadable or of another algorithm.
    """
    algorithm = settings.jwt_algorithm
    if algorithm in _KINDS:
        return _from_file(algorithm, settings.jwt_key_file)
    if settings.jwt_secret is None:
        raise SettingsError("CONTACTS_JWT_SECRET: not set; expected the secret that signs tokens")
    return Keys(algorithm, settings.jwt_secret, settings.jwt_secret)


def _from_file(algorithm: str, path: Path | None) -> Keys:
    expected = f"expected a PEM file with {_KINDS[algorithm]} private key and no passphrase, for {algorithm}"
    if path is None:
        raise SettingsError(f"CONTACTS_JWT_KEY_FILE: not set; {expected}")
    try:
        with path.open("rb") as file:
            key = load_pem_private_key(file.read(LARGEST_FILE), password=None)
    except OSError as error:
        raise SettingsError(f"CONTACTS_JWT_KEY_FILE: {str(path)!r} can't be read; {expected}") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"CONTACTS_JWT_KEY_FILE: {str(path)!r} holds no such key; {expected}") from error
    match algorithm, key:
        case ("EdDSA", Ed25519PrivateKey()):
            return Keys(algorithm, key, key.public_key())
        case ("RS256", RSAPrivateKey(key_size=bits)) if bits >= SHORTEST_RSA:
            return Keys(algorithm, key, key.public_key())
    raise SettingsError(f"CONTACTS_JWT_KEY_FILE: {str(path)!r} holds another kind of key; {expected}")
