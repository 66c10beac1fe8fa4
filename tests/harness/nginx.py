"""A real nginx with a site of ours, on ports of its own, with a certificate made for it."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from indexing.cli.server_process import free_port

HOST = "contacts.example.com"
START_SECONDS = 20

_MAIN = """
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/start.log;
events {{}}
http {{
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    include {directory}/site.conf;
}}
"""


def program() -> str:
    """The path of nginx. Without one the test is skipped, loudly, or fails where `REQUIRE_NGINX` is set."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        assert not os.environ.get("REQUIRE_NGINX"), "there is no nginx"
        pytest.skip("there is no nginx")
    return found


@contextmanager
def nginx(site: str, upstream: int, directory: Path) -> Iterator[tuple[int, int]]:
    """The ports for HTTP and HTTPS of an nginx in front of a service; its logs and `ca.pem` are in `directory`."""
    plain, tls = free_port(), free_port()
    _make_certificate(directory)
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{tls} ssl;"),
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        ("/etc/ssl/contacts/fullchain.pem", f"{directory}/ca.pem"),
        ("/etc/ssl/contacts/privkey.pem", f"{directory}/key.pem"),
        ("/var/log/nginx", str(directory)),
    ):
        assert old in site
        site = site.replace(old, new)
    (directory / "site.conf").write_text(site)
    main = directory / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    main.write_text(user + _MAIN.format(directory=directory))
    with subprocess.Popen([program(), "-p", directory, "-c", main], stderr=subprocess.PIPE, text=True) as process:
        try:
            _wait(process, directory / "nginx.pid")
            yield plain, tls
        finally:
            process.terminate()
    log = (directory / "start.log").read_text()
    assert not re.search(r"\[(warn|emerg|alert)\]", log), log


def _wait(process: "subprocess.Popen[str]", pid: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not pid.exists():
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline, "nginx did not start"
        time.sleep(0.05)


def _make_certificate(directory: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (directory / "ca.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (directory / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
