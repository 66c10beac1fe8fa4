"""Fixtures of the edge: settings, an engine in memory, and a real server on a free port."""

import asyncio
import json
import shutil
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from api.accounts.administration import Administration
from api.accounts.database import opened
from api.accounts.passwords import Passwords
from api.accounts.users import Users
from api.actions.fields import FIELDS, Place
from api.actions.roles import Role
from api.actions.table import Action
from api.app import create_app
from api.operations.logs import silence_uvicorn
from api.server import Server, serve_app
from api.settings import Settings
from search.engine import EngineSettings
from tests.harness.memory_engine import MemoryEngine

APOLLO = "/api/v2/apollo"

SECRET = "a-secret-of-the-tests-with-more-than-32-bytes"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def empty_data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a first start leaves behind: a database of users without users, whose migrations took a second or so."""
    directory = tmp_path_factory.mktemp("empty")
    with running(_settings(directory), MemoryEngine()):
        pass
    return directory


@pytest.fixture
def settings(tmp_path: Path, empty_data_dir: Path) -> Settings:
    shutil.copytree(empty_data_dir, tmp_path, dirs_exist_ok=True)
    return _settings(tmp_path)


def _settings(directory: Path) -> Settings:
    return Settings(engine=EngineSettings(data_dir=directory), jwt_secret=SECRET, port=0, registration="open")


@pytest.fixture
def engine() -> MemoryEngine:
    return MemoryEngine()


class Service:
    """A running server, and what a client needs of it."""

    def __init__(
        self, address: str, server: Server, engine: MemoryEngine, thread: threading.Thread, settings: Settings
    ) -> None:
        self.address = address
        self.server = server
        self.engine = engine
        self._thread = thread
        self._settings = settings
        self._session: dict[str, Any] | None = None

    @property
    def token(self) -> str:
        """An access token of a user that is registered with the first call."""
        return str(self.session["access_token"])

    @property
    def session(self) -> dict[str, Any]:
        """The answer to that registration."""
        if self._session is None:
            self._session = self.registered("ada@example.com")
        return self._session

    def registered(self, email: str) -> dict[str, Any]:
        status, body = self.post("/api/v2/auth/register", {"email": email, "password": "analytical"})
        assert status == 201, body
        return body

    async def take_role(self, role: Role) -> None:
        """Give the user another role, from outside the service as on the command line, and log in anew."""
        async with opened(self._settings) as database:
            administration = Administration(Users(database), Passwords())
            await administration.change(self.session["user"]["uuid"], role=role)
        body = {"email": self.session["user"]["email"], "password": "analytical"}
        self._session = self.post("/api/v2/auth/login", body)[1]

    @property
    def ended(self) -> bool:
        """Whether it has stopped and let go of everything."""
        return not self._thread.is_alive()

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @property
    def bare_url(self) -> str:
        return self.address.replace("http", "ws", 1) + "/api/v2/apollo/ws"

    @property
    def url(self) -> str:
        return f"{self.bare_url}?token={self.token}"

    def post(self, path: str, body: object, token: str | None = None) -> tuple[int, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.open(path, data, token)[:2]

    def get(self, path: str, token: str | None = None) -> tuple[int, Any]:
        return self.open(path, None, token)[:2]

    def delete(self, path: str, token: str | None = None) -> tuple[int, Any]:
        return self.open(path, None, token, method="DELETE")[:2]

    def over_rest(self, action: Action[Any], data: Mapping[str, Any]) -> tuple[int, Any]:
        """What REST answers to an action with this `data`."""
        in_query = (Place.QUERY,) if action.method == "POST" else tuple(Place)
        query = {name: value for name, value in data.items() if FIELDS[name].place in in_query}
        path = APOLLO + action.path + (f"?{urlencode(query, doseq=True)}" if query else "")
        body = json.dumps({name: value for name, value in data.items() if name not in query}).encode()
        sent = body if action.method == "POST" else None
        return self.open(path, sent, self.token, method=action.method)[:2]

    def open(
        self, path: str, data: bytes | None, token: str | None = None, *, method: str | None = None, **more: str
    ) -> tuple[int, Any, Message]:
        """Status, body (text if it is not JSON) and headers of the answer."""
        headers = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in more.items()}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        request = urllib.request.Request(self.address + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, _content(answer.read()), answer.headers
        except urllib.error.HTTPError as error:
            with error:
                return error.code, _content(error.read()), error.headers


def _content(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode()


class _NoCollection:
    """In place of `gc` where a server collects garbage when it is ready: in this process that goes through all tests,
    and takes longer than most of them."""

    collect = freeze = unfreeze = staticmethod(lambda: None)


@contextmanager
def running(settings: Settings, engine: MemoryEngine) -> Iterator[Service]:
    """The service on a real socket, in a thread of its own."""
    ready = threading.Event()
    found: list[tuple[Server, str]] = []

    def started(server: Server, address: str) -> None:
        found.append((server, address))
        ready.set()

    async def serve() -> None:
        await serve_app(app, settings, started)
        # What clients have left unread the kernel drops when a process ends; this one goes on.
        for connection in list(found[0][0].server_state.connections):
            connection.transport.abort()
        if left := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(left, timeout=5)

    silence_uvicorn()
    app = create_app(settings, engine)
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("api.server.gc", _NoCollection)
        thread.start()
        assert ready.wait(20), "the server did not start"
        server, address = found[0]
        try:
            yield Service(address, server, engine, thread, settings)
        finally:
            server.should_exit = True
            thread.join(20)
    assert not thread.is_alive(), "the server did not stop"


Serve = Callable[..., Service]


@pytest.fixture
def serve(settings: Settings, engine: MemoryEngine) -> Iterator[Serve]:
    """Starts a server with settings that differ in the given ones."""
    with ExitStack() as stack:

        def start(**changes: Any) -> Service:
            return stack.enter_context(running(msgspec.structs.replace(settings, **changes), engine))

        yield start


@pytest.fixture
def service(serve: Serve) -> Service:
    """A server with the defaults."""
    return serve()
