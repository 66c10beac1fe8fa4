"""An Elasticsearch with its security module on: TLS with a certificate made here, users, roles and API keys.

The security module is in the distribution on Maven Central, but the text analysis that its own index needs is not. That
comes from a plugin of a few lines, which is compiled here.
"""

import base64
import datetime
import hashlib
import http.client
import ipaddress
import json
import os
import secrets
import shutil
import ssl
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.harness.distribution import CURRENT, Release, fetch
from tests.harness.elasticsearch import ASKED_LITTLE, LocalElasticsearch
from tests.harness.processes import ServerUnavailable, hand_over, server_directory, tail

_PLUGIN = Path(__file__).with_name("SecurityAnalysis.java")
_SECONDS = 60.0
_ITERATIONS = 10_000


class Authority:
    """Makes certificates. `file` holds its own, which is what who trusts it is given."""

    def __init__(self, directory: Path, name: str) -> None:
        self._key, self._name = ec.generate_private_key(ec.SECP256R1()), _named(name)
        self.file = directory / f"{name}.crt"
        builder = _certificate(self._name, self._name, self._key.public_key(), days=2).add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        )
        self.file.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def issue(self, directory: Path, address: str = "127.0.0.1", *, days: float = 1) -> tuple[Path, Path]:
        """The files of a certificate for an address, which is good for so many days, and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
        builder = _certificate(_named("server"), self._name, key.public_key(), days).add_extension(
            names, critical=False
        )
        certificate, secret = directory / "server.crt", directory / "server.key"
        certificate.write_bytes(builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate, secret


class SecuredElasticsearch(LocalElasticsearch):
    """Answers over TLS only, and only those it knows. Its address is in its certificate; `localhost` is not.

    Attributes:
        authority: whose certificate it has.
    """

    java_options = ASKED_LITTLE

    def __init__(self, directory: Path, release: Release = CURRENT) -> None:
        self.authority = Authority(directory, "authority")
        self._files = self.authority.issue(directory)
        self._password = secrets.token_urlsafe(12)
        basic = base64.b64encode(f"tester:{self._password}".encode()).decode()
        self.headers = {"authorization": f"Basic {basic}", "content-type": "application/json"}
        super().__init__(directory, "512m", release)
        self._home = _with_plugin(self._home, directory / "with-plugin", release)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self._port}"

    def connection(self, port: int, seconds: float) -> http.client.HTTPConnection:
        context = ssl.create_default_context(cafile=str(self.authority.file))
        return http.client.HTTPSConnection("127.0.0.1", port, timeout=seconds, context=context)

    def security(self) -> Mapping[str, object]:
        config = self._run / "config"
        for file in self._files:
            (config / file.name).write_bytes(file.read_bytes())
        (config / "users").write_text(f"tester:{_hashed(self._password)}\n")
        (config / "users_roles").write_text("superuser:tester\n")
        return {
            "xpack.security.enabled": "true",
            "xpack.security.http.ssl.enabled": "true",
            "xpack.security.http.ssl.certificate": self._files[0].name,
            "xpack.security.http.ssl.key": self._files[1].name,
        }

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The answer to somebody who may do anything."""
        connection = self.connection(self._port, _SECONDS)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), dict(self.headers))
            answer = connection.getresponse()
            content = json.loads(answer.read() or b"{}")
        finally:
            connection.close()
        if answer.status >= http.client.BAD_REQUEST:
            raise AssertionError(f"{method} {path}: {answer.status} {content}")
        return content

    def api_key(self, name: str, role: Mapping[str, Any], **more: Any) -> str:
        """A key that may do what `role` says, and nothing else."""
        body = {"name": name, "role_descriptors": {name: role}} | more
        return str(self.ask("POST", "/_security/api_key", body)["encoded"])


@contextmanager
def secured_elasticsearch(release: Release) -> Iterator[SecuredElasticsearch]:
    """An empty server that was started. Raises `ServerUnavailable`."""
    with server_directory("secured-") as directory:
        server = SecuredElasticsearch(directory, release)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _with_plugin(home: Path, copy: Path, release: Release) -> Path:
    """A copy of the distribution in `home` that has the plugin, too. Raises `ServerUnavailable`."""
    compiler = shutil.which("javac")
    if compiler is None:
        raise ServerUnavailable("no javac (a JDK) to compile what the index of API keys needs")
    shutil.copytree(home, copy, copy_function=_linked)
    plugin = copy / "plugins" / _PLUGIN.stem
    plugin.mkdir(parents=True)
    # The same classes run on both versions; a later one has libraries that an older compiler can't read.
    libraries = f"{fetch(CURRENT) / 'lib'}/*"
    command = [compiler, "--release", str(CURRENT.java), "-proc:none", "-cp", libraries, "-d", str(copy / "classes")]
    done = subprocess.run([*command, str(_PLUGIN)], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise ServerUnavailable(f"javac failed: {tail(done.stderr)}")
    with zipfile.ZipFile(plugin / f"{_PLUGIN.stem}.jar", "w") as jar:
        for path in (copy / "classes").iterdir():
            jar.write(path, path.name)
    described = {
        "name": _PLUGIN.stem,
        "description": "text analysis of the index of API keys",
        "version": release.version,
        "elasticsearch.version": release.version,
        "java.version": CURRENT.java,
        "classname": _PLUGIN.stem,
    }
    lines = [f"{key}={value}\n" for key, value in described.items()]
    (plugin / "plugin-descriptor.properties").write_text("".join(lines))
    hand_over(plugin)
    return copy


def _linked(source: str, target: str) -> None:
    """The same file once more, without a copy where that can be."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"contacts tests {name}")])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: float
) -> x509.CertificateBuilder:
    """What is to be signed. It became good ten days ago, and is for so many days from now: negative ones are over."""
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=10))
        .not_valid_after(now + datetime.timedelta(days=days))
    )


def _hashed(password: str) -> str:
    """As the file of users has it, in the one of its forms that Python can make."""
    salt = os.urandom(32)
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS, 32)
    return f"{{PBKDF2}}{_ITERATIONS}${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"
