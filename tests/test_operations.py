"""The examples of docs/operations.md that are no console commands: nginx, systemd, Kubernetes, backups of servers."""

import configparser
import http.client
import json
import os
import re
import shlex
import socket
import ssl
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml
from websockets.sync.client import connect

from api.settings import TABLE, load_settings
from tests.harness.elasticsearch import ASKED_LITTLE, LocalElasticsearch
from tests.harness.loads import duckdb_environment, elasticsearch_environment, live, loaded
from tests.harness.nginx import HOST, nginx
from tests.harness.processes import hand_over, server_directory
from tests.harness.service import Service, contacts, running

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "operations.md").read_text()
VARIABLES = {row.variable for row in TABLE}
URL = "https://app.apollo.io/#/people?personTitles[]=CEO"
PEOPLE = "Email,Title\n" + "".join(f"p{number}@one.example,CEO\n" for number in range(3000))


def examples(language: str) -> list[str]:
    """The blocks of the page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def service(tmp_path: Path) -> Any:
    environment = duckdb_environment(tmp_path)
    loaded(environment, "csv", "-", stdin=PEOPLE)
    with running(environment) as started:
        yield started


def test_nginx_hands_on_what_the_service_needs_and_logs_no_token(service: Service, tmp_path: Path) -> None:
    [site] = examples("nginx")
    with nginx(site, service.port, tmp_path) as (plain, tls):
        trusted = ssl.create_default_context(cafile=tmp_path / "ca.pem")
        # WebSockets, with the token in the address.
        with (
            socket.create_connection(("127.0.0.1", tls)) as raw,
            connect(
                f"wss://{HOST}/api/v2/apollo/ws?token={service.token}", sock=raw, ssl=trusted, max_size=None
            ) as socket_,
        ):
            socket_.send(json.dumps({"action": "count_contacts", "request_id": 1, "data": {"url": URL}}))
            assert json.loads(socket_.recv(30))["data"] == {"count": 3000}
        # REST, unbuffered: the first line is here long before the last.
        answer = ask(tls, trusted, "POST", "/api/v2/apollo/contacts", service.token, {"url": URL})
        assert answer.status == 200
        assert len(answer.read().splitlines()) == 3000
        assert ask(tls, trusted, "POST", "/api/v2/apollo/contacts?token=secret-token", "no token", {}).status == 401
        for path in ("/metrics", "/health/ready", "/health"):
            assert ask(tls, trusted, "GET", path).status == 404
        assert ask(tls, trusted, "GET", "/docs").getheader("strict-transport-security")
        redirect = ask(plain, None, "GET", "/docs?token=secret-token")
        assert (redirect.status, redirect.getheader("location")) == (301, f"https://{HOST}/docs")
        service.process.terminate()
        service.process.wait(30)
        assert ask(tls, trusted, "GET", "/docs?token=secret-token").status == 502
    logged = [json.loads(line) for line in (tmp_path / "contacts.log").read_text().splitlines()]
    assert [line["path"] for line in logged if line["status"] == 101] == ["/api/v2/apollo/ws"]
    assert len(logged) == 9
    for log in tmp_path.glob("*.log"):
        assert "secret-token" not in log.read_text(), log
        assert service.token not in log.read_text(), log


def test_behind_an_nginx_that_speaks_http_1_0_a_part_of_an_export_is_not_taken_for_the_whole(tmp_path: Path) -> None:
    """Which is what nginx speaks where its site does not say otherwise."""
    [site] = examples("nginx")
    site = site.replace("proxy_http_version 1.1;", "proxy_http_version 1.0;")
    environment = duckdb_environment(tmp_path)
    # More than the system takes off the hands of a process.
    crowd = "Email,Title\n" + "".join(f"p{number}@one.example,CEO\n" for number in range(30_000))
    loaded(environment, "csv", "-", stdin=crowd)
    stopping = environment | {"CONTACTS_SHUTDOWN_SECONDS": "1"}
    with running(stopping) as service, nginx(site, service.port, tmp_path) as (_, tls):
        trusted = ssl.create_default_context(cafile=tmp_path / "ca.pem")
        whole = ask(tls, trusted, "POST", "/api/v2/apollo/contacts", service.token, {"url": URL})
        assert len(whole.read().splitlines()) == 30_000
        slow = ask(tls, trusted, "POST", "/api/v2/apollo/contacts", service.token, {"url": URL}, buffer=4096)
        with socket.socket() as alone:
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            alone.connect(("127.0.0.1", service.port))
            body = json.dumps({"url": URL}).encode()
            head = f"POST /api/v2/apollo/contacts HTTP/1.0\r\nAuthorization: Bearer {service.token}\r\n"
            alone.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            assert alone.recv(100)
            service.process.terminate()
            service.process.wait(30)
            with pytest.raises(ConnectionResetError):
                b"".join(iter(lambda: alone.recv(4096), b""))
        with pytest.raises(http.client.IncompleteRead):
            slow.read()


def ask(
    port: int,
    context: ssl.SSLContext | None,
    method: str,
    path: str,
    token: str = "",
    body: Any = None,
    buffer: int | None = None,
) -> http.client.HTTPResponse:
    """The answer of nginx on a port; `buffer` is how much the system takes in of it."""
    connection = http.client.HTTPConnection(HOST, port, timeout=60)
    connection.sock = socket.socket()
    if buffer is not None:
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.sock.settimeout(60)
    connection.sock.connect(("127.0.0.1", port))
    if context is not None:
        connection.sock = context.wrap_socket(connection.sock, server_hostname=HOST)
    headers = {"accept": "application/x-ndjson", "content-type": "application/json", "connection": "close"}
    if token:
        headers["authorization"] = f"Bearer {token}"
    connection.request(method, path, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    if method == "GET":
        answer.read()
    return answer


def test_the_unit_of_systemd_starts_the_service_with_settings_of_ours() -> None:
    [text] = examples("ini")
    unit = configparser.ConfigParser(delimiters="=", interpolation=None)
    # Names of systemd are in capitals and small letters.
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    service = unit["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert (Path(program).name, arguments) == ("contacts", ["serve"])
    variable, _, value = service["Environment"].partition("=")
    assert variable in VARIABLES
    assert value == service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"
    settings = load_settings({}, need_secret=False)
    assert int(service["TimeoutStopSec"]) > 2 * settings.shutdown_seconds
    assert int(service["LimitNOFILE"]) > 2 * settings.max_connections


def test_the_objects_of_kubernetes_fit_the_image_and_the_settings() -> None:
    text = "---\n".join(examples("yaml"))
    objects = {(each["kind"], each["metadata"]["name"]): each for each in yaml.safe_load_all(text)}
    config = objects["ConfigMap", "contacts"]["data"]
    assert set(config) <= VARIABLES
    assert set(re.findall(r"CONTACTS_\w+", text)) - {"CONTACTS_SERVICE_HOST"} <= VARIABLES
    secret = {"CONTACTS_JWT_SECRET": "x" * 40}
    assert load_settings(config | secret).engine.engine == "elasticsearch"
    image = (ROOT / "Dockerfile").read_text()
    for key in (("Deployment", "contacts"), ("Job", "contacts-load"), ("Job", "contacts-parts")):
        pod = objects[key]["spec"]["template"]["spec"]
        [container] = pod["containers"]
        assert f"--uid {pod['securityContext']['runAsUser']} " in image
        assert contacts({}, *container["args"][:2], "--help").returncode == 0
        mounted = {mount["name"] for mount in container["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]}
        assert "/data" in [mount["mountPath"] for mount in container["volumeMounts"]]
    pod = objects["Deployment", "contacts"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert container["livenessProbe"]["httpGet"] == {"path": "/health/live", "port": 8000}
    assert container["readinessProbe"]["httpGet"] == {"path": "/health/ready", "port": 8000}
    assert pod["terminationGracePeriodSeconds"] > 2 * load_settings({}, need_secret=False).shutdown_seconds


def shell(command: str, directory: Path, **more: str) -> str:
    """What a command of the page prints, run as it stands there."""
    environment = os.environ | more
    done = subprocess.run(
        ["bash", "-ec", command], cwd=directory, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stderr}"
    return done.stdout


def backup_commands(program: str) -> tuple[str, str]:
    """The commands of the page that back up with a program, and those that restore."""
    backup, restore = (block for block in examples("sh") if block.startswith(program))
    return backup, restore


def test_users_in_postgres_are_backed_up_and_restored(postgres_database: str, tmp_path: Path) -> None:
    environment = duckdb_environment(tmp_path) | {"CONTACTS_DATABASE_URL": postgres_database}
    made = contacts(environment, "users", "create", "ada@example.com", "--password-stdin", stdin="long enough\n")
    assert made.returncode == 0
    before = contacts(environment, "users", "list", "--json").stdout
    backup, restore = backup_commands("pg_")
    (tmp_path / "backup").mkdir()
    shell(backup, tmp_path, USERS_URL=postgres_database)
    contacts(environment, "users", "create", "eve@example.com", "--password-stdin", stdin="long enough\n")
    contacts(environment, "users", "disable", "ada@example.com")
    assert contacts(environment, "users", "list", "--json").stdout != before
    shell(restore, tmp_path, USERS_URL=postgres_database)
    assert contacts(environment, "users", "list", "--json").stdout == before


class _WithRepository(LocalElasticsearch):
    """One that may write snapshots into its directory."""

    java_options = ASKED_LITTLE

    def _configure(self) -> None:
        super()._configure()
        (self._run / "snapshots").mkdir()
        with (self._run / "config" / "elasticsearch.yml").open("a") as file:
            file.write(f"\npath.repo: {json.dumps(str(self._run / 'snapshots'))}\n")
        hand_over(self._run)


@pytest.mark.long
def test_contacts_in_elasticsearch_are_backed_up_and_restored(tmp_path: Path) -> None:
    with server_directory("snapshots-") as directory:
        server = _WithRepository(directory, heap="512m")
        try:
            url = server.start()
            environment = elasticsearch_environment(tmp_path, url, "contacts")
            loaded(environment, "csv", "-", stdin=PEOPLE[:2000].rpartition("\n")[0])
            before = live(environment)
            backup, restore = backup_commands("curl")
            shell(backup, tmp_path, ELASTICSEARCH_URL=url)
            with urllib.request.urlopen(f"{url}/_alias/contacts", timeout=30) as answer:
                [name] = json.load(answer)
            urllib.request.urlopen(urllib.request.Request(f"{url}/{name}", method="DELETE"), timeout=30).close()
            assert contacts(environment, "count", URL).returncode == 1
            shell(restore, tmp_path, ELASTICSEARCH_URL=url)
            assert live(environment) == before
        finally:
            server.stop()
