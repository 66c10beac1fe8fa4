"""All settings of the service: one row each in `TABLE`, read once at start from the environment and a `.env` file.

The environment wins over `.env`; a variable that is set to nothing counts as not set. Nothing is read at import.
"""

import secrets
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

import msgspec

from api.dotenv import read_dotenv
from mappings.errors import SettingsError
from search.engine import EngineSettings
from search.engines import DEFAULT, ENGINES, engine_module, own_settings
from search.settings import Setting, choice, read, seconds, text, whole

__all__ = ["TABLE", "Setting", "Settings", "Where", "load_settings"]

SHORTEST_SECRET = 32
"""Bytes of a secret for HS256: what RFC 7518, 3.2 demands."""

LONGEST_INDEX = 180
"""Bytes: names of files and indices are made of it, which have at most 255."""

PREFIX = "CONTACTS_"
"""What the name of every setting begins with."""

_SINGULAR = "CONTACT_"
"""What the prefix is mistaken for. Others may have such names, e.g. Kubernetes beside a service named `contact`."""

NEAR = 0.75
"""From this likeness to the name of a setting on (of 1, without the prefix), another name is a slip of the pen."""

_CURE = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
_GIBIBYTE = 2**30
_HOUR = 3600
_LONGEST_STALL = 100
"""Seconds. Elasticsearch forgets a scan that nobody asks for more for two minutes."""

Where = Literal["public", "admin", "off"]
"""To whom a page is shown: to everybody, to who reaches the admin port, or to nobody."""

_ENGINE = "engine."
"""Before the attributes that are those of `EngineSettings`."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the service runs with. `TABLE` tells what each is for; sizes are bytes, times seconds.

    Attributes:
        jwt_secret: signs tokens; `None` where a key file does, and for commands that neither make nor check one.
        jwt_secret_generated: the secret was made for this run, so tokens end with it; say so at start.
        jwt_secret_previous: checks tokens that were signed before the secret was changed, and signs none.
        jwt_key_file_previous: the same with a key file.
        unknown: set variables that look like ours (`CONTACTS_SHADE`, `CONTACT_PORT`) and are no settings; say so at
            start.
    """

    engine: EngineSettings = EngineSettings()
    database_url: str | None = None
    jwt_secret: str | None = None
    jwt_secret_generated: bool = False
    jwt_algorithm: str = "HS256"
    jwt_key_file: Path | None = None
    jwt_secret_previous: str | None = None
    jwt_key_file_previous: Path | None = None
    environment: str = "production"
    host: str = "127.0.0.1"
    port: int = 8000
    console: str = "on"
    docs: Where = "public"
    metrics: Where = "public"
    admin_host: str = "127.0.0.1"
    admin_port: int | None = None
    max_in_flight: int = 32
    max_queued: int = 1024
    max_running: int | None = None
    max_connections: int = 10_000
    max_user_connections: int = 1000
    max_message_bytes: int = 1048576
    max_response_bytes: int = 268435456
    max_held_bytes: int = 134217728
    max_page_size: int = 1000
    stall_seconds: float = 60.0
    cors_origins: tuple[str, ...] = ()
    access_token_seconds: int = 1800
    registration: str | None = None
    rate_limit: int = 0
    login_rate_limit: int = 60
    ping_seconds: float = 20.0
    shutdown_seconds: float = 10.0
    trusted_proxies: str = "127.0.0.1"
    log_format: str | None = None
    log_level: str = "info"
    audit_log: Path | None = None
    unknown: tuple[str, ...] = ()

    @property
    def registration_open(self) -> bool:
        """Whether anybody may register: in development, unless `registration` says otherwise."""
        return self.registration == "open" if self.registration else self.environment == "development"

    @property
    def logs_json(self) -> bool:
        """Whether log lines are JSON: in production, unless `log_format` says otherwise."""
        return self.log_format == "json" if self.log_format else self.environment == "production"


def _index(value: str) -> str:
    """A name that files may begin with. What else an engine asks of it, the engine says."""
    if not value.isprintable() or value.startswith(".") or {*value} & {*"/\\"} or len(value.encode()) > LONGEST_INDEX:
        raise ValueError(
            f"a name such as contacts: at most {LONGEST_INDEX} bytes, without / \\ and what can't be seen, no dot first"
        )
    return value


def _origins(value: str) -> tuple[str, ...]:
    origins = tuple(origin.strip().rstrip("/") for origin in value.split(",") if origin.strip())
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or "*" in origin:
            raise ValueError("origins such as https://app.example.com, separated by commas")
    return origins


def _proxies(value: str) -> str:
    """As uvicorn reads them; what is none it would take for the name of a client, and trust nobody."""
    hosts = [host.strip() for host in value.split(",") if host.strip()]
    if hosts == ["*"]:
        return "*"
    for host in hosts:
        try:
            ip_network(host)
        except ValueError as error:
            meant = _network_around(host)
            raise ValueError(
                "addresses such as 10.0.0.7 and networks such as 10.0.0.0/8, separated by commas, or * alone; "
                f"{host!r} is neither{meant}"
            ) from error
    return ",".join(hosts)


def _network_around(host: str) -> str:
    """What to write instead of an address of a network with the length of that."""
    try:
        return f", and {ip_network(host, strict=False)} may be meant"
    except ValueError:
        return ""


def _secret(value: str) -> str:
    if len(value.encode()) < SHORTEST_SECRET:
        raise ValueError(f"{SHORTEST_SECRET} bytes or more; make one: {_CURE}")
    return value


_NAMES = sorted(ENGINES)
_MODULES = [engine_module(name) for name in _NAMES]
_WIDTHS = ", ".join(f"{module.WIDTH} for {module.TITLE}" for module in _MODULES)

_STORE = (
    Setting("CONTACTS_ENGINE", "engine.engine", DEFAULT, f"where contacts are kept: {' or '.join(_NAMES)}",
            choice(*_NAMES), flag=True),
    Setting("CONTACTS_DATA_DIR", "engine.data_dir", "./data", "directory of the DuckDB file, users and job state",
            Path, flag=True),
    Setting("CONTACTS_INDEX", "engine.index", "contacts", "the alias that is searched", _index, flag=True),
    Setting("CONTACTS_ENGINE_TIMEOUT", "engine.timeout", "30",
            "seconds that a request may take, waiting included; each part of a streamed answer has as long",
            seconds(_HOUR)),
)  # fmt: skip

_SERVICE = (
    Setting("CONTACTS_DATABASE_URL", "database_url", None,
            "SQLAlchemy URL of the users; SQLite in the data directory when not set", text, secret=True),
    Setting("CONTACTS_JWT_SECRET", "jwt_secret", None, f"signs tokens, {SHORTEST_SECRET} bytes or more", _secret,
            secret=True),
    Setting("CONTACTS_JWT_ALGORITHM", "jwt_algorithm", "HS256", "HS256 with the secret, EdDSA or RS256 with a key file",
            choice("HS256", "EdDSA", "RS256")),
    Setting("CONTACTS_JWT_KEY_FILE", "jwt_key_file", None, "PEM file of the private key, for EdDSA and RS256", Path),
    Setting("CONTACTS_JWT_SECRET_PREVIOUS", "jwt_secret_previous", None,
            "checks tokens that were signed with it before, and signs none", _secret, secret=True),
    Setting("CONTACTS_JWT_KEY_FILE_PREVIOUS", "jwt_key_file_previous", None,
            "PEM file of the key before, private or public: it checks tokens, and signs none", Path),
    Setting("CONTACTS_ENV", "environment", "production",
            "development makes a secret for the run if none is set, and opens registration",
            choice("production", "development")),
    Setting("CONTACTS_HOST", "host", "127.0.0.1", "address to listen on", text),
    Setting("CONTACTS_PORT", "port", "8000", "port to listen on; 0 takes a free one", whole(0, 65535)),
    Setting("CONTACTS_CONSOLE", "console", "on", "whether there is a page for people at /: on or off",
            choice("on", "off")),
    Setting("CONTACTS_DOCS", "docs", "public",
            "where /docs and /asyncapi.json are: public, on the service's port; admin, on CONTACTS_ADMIN_PORT; or off",
            choice(*get_args(Where))),
    Setting("CONTACTS_METRICS", "metrics", "public", "where /metrics is: public, admin or off, as above",
            choice(*get_args(Where))),
    Setting("CONTACTS_ADMIN_HOST", "admin_host", "127.0.0.1", "address of the admin port", text),
    Setting("CONTACTS_ADMIN_PORT", "admin_port", None,
            "a second port, for operators: health, and what of metrics and documents is not off; 0 takes a free one",
            whole(0, 65535)),
    Setting("CONTACTS_MAX_IN_FLIGHT", "max_in_flight", "32", "requests of one connection that run at once",
            whole(1, 10_000)),
    Setting("CONTACTS_MAX_QUEUED", "max_queued", "1024", "requests of one connection that wait behind those",
            whole(0, 1_000_000)),
    Setting("CONTACTS_MAX_RUNNING", "max_running", None,
            "requests of all connections that use the engine at once, the users in turn; when not set, as many as the "
            f"engine works on well: {_WIDTHS}", whole(1, 10_000)),
    Setting("CONTACTS_MAX_CONNECTIONS", "max_connections", "10000",
            "WebSockets open at once; further handshakes are refused with 503", whole(1, 1_000_000)),
    Setting("CONTACTS_MAX_USER_CONNECTIONS", "max_user_connections", "1000",
            "WebSockets of one user open at once; further handshakes are refused with 429", whole(1, 1_000_000)),
    Setting("CONTACTS_MAX_MESSAGE_BYTES", "max_message_bytes", "1048576",
            "largest message to read; a larger one closes the connection with 1009", whole(1024, _GIBIBYTE)),
    Setting("CONTACTS_MAX_RESPONSE_BYTES", "max_response_bytes", "268435456",
            "largest answer to send in one message", whole(1024, 4 * _GIBIBYTE)),
    Setting("CONTACTS_MAX_HELD_BYTES", "max_held_bytes", "134217728",
            "answers that are made or wait for their readers, and messages that wait, of all connections; a user may "
            "hold as much of it as is left, and beyond it there is one answer at a time", whole(1024, 1024**4)),
    Setting("CONTACTS_MAX_PAGE_SIZE", "max_page_size", "1000", "largest limit of REST contacts; a larger one is cut",
            whole(1, 100_000)),
    Setting("CONTACTS_STALL_SECONDS", "stall_seconds", "60",
            "how long a client may take nothing of what is sent before it is closed", seconds(_LONGEST_STALL)),
    Setting("CONTACTS_CORS_ORIGINS", "cors_origins", "",
            "origins of pages that may use REST, separated by commas", _origins),
    Setting("CONTACTS_ACCESS_TOKEN_SECONDS", "access_token_seconds", "1800", "how long an access token holds",
            whole(1, 31_536_000)),
    Setting("CONTACTS_REGISTRATION", "registration", None,
            "open: whoever asks becomes a user; closed: users come from administrators and the command line only; when "
            "not set, closed in production and open in development", choice("open", "closed")),
    Setting("CONTACTS_RATE_LIMIT", "rate_limit", "0", "requests a minute and user; 0 is off", whole(0, 1_000_000)),
    Setting("CONTACTS_LOGIN_RATE_LIMIT", "login_rate_limit", "60",
            "logins and registrations a minute and address; each e-mail has a sixth of them there; 0 is off",
            whole(0, 1_000_000)),
    Setting("CONTACTS_PING_SECONDS", "ping_seconds", "20",
            "between keepalive pings; a client that answers none for as long is closed", seconds(_HOUR)),
    Setting("CONTACTS_SHUTDOWN_SECONDS", "shutdown_seconds", "10",
            "how long the service may take to stop, in all; running requests have a little less", seconds(_HOUR)),
    Setting("CONTACTS_TRUSTED_PROXIES", "trusted_proxies", "127.0.0.1",
            "addresses and networks whose X-Forwarded-For is believed, separated by commas; * for all", _proxies),
    Setting("CONTACTS_LOG_FORMAT", "log_format", None,
            "json or text; when not set, json in production and text in development", choice("json", "text")),
    Setting("CONTACTS_AUDIT_LOG", "audit_log", None,
            "file that the audit log is appended to, by commands too; when not set, the service writes it to standard "
            "error, and commands write none", Path),
    Setting("CONTACTS_LOG_LEVEL", "log_level", "info", "least important lines that are logged",
            choice("debug", "info", "warning", "error")),
)  # fmt: skip

TABLE: tuple[Setting, ...] = (*_STORE, *[row for module in _MODULES for row in module.SETTINGS], *_SERVICE)
"""Every setting, those of the engines among them, in the order the documentation lists them."""


def load_settings(environ: Mapping[str, str], dotenv: Path | None = None, *, need_secret: bool = True) -> Settings:
    """The settings in `environ` and, where that has none, in the file `dotenv` (it may be absent).

    `need_secret=False` is for commands that neither make nor check tokens: a missing secret stays `None` there.

    Raises:
        SettingsError: names the variable, its value and what is expected, or the setting that it nearly is; or what is
            for the admin port has none.
    """
    values = {**read_dotenv(dotenv), **{name: value for name, value in environ.items() if value.strip()}}
    attributes = read((*_STORE, *_SERVICE), values)
    shared = {name.removeprefix(_ENGINE): attributes.pop(name) for name in list(attributes) if name.startswith(_ENGINE)}
    engine = EngineSettings(own=own_settings(shared["engine"], values), **shared)
    settings = Settings(engine=engine, unknown=_unknown(values), **attributes)
    _refuse_nowhere(settings)
    _refuse_one_port(settings)
    return _with_secret(settings) if need_secret else settings


def _unknown(values: Mapping[str, str]) -> tuple[str, ...]:
    """The set names that are no settings and have our prefix, or `CONTACT_` before the rest of a setting's name.

    They may be of other programs, or of another version of this one.

    Raises:
        SettingsError: one is nearly the name of a setting, or is one but for upper and lower case.
    """
    variables = {name for row in TABLE for name in (row.variable, row.file_variable) if name}
    known = [name.removeprefix(PREFIX) for name in variables]
    given = {name for name, value in values.items() if value.strip()}
    names = sorted(name.removeprefix(PREFIX) for name in given if name.startswith(PREFIX))
    unknown = [name for name in names if name not in known]
    for name in unknown:
        for nearest in get_close_matches(name, sorted(known), 1, NEAR):
            raise _no_such_setting(PREFIX + name, PREFIX + nearest)
    for name in sorted(given - variables):
        if name.upper() in variables:
            raise _no_such_setting(name, name.upper())
    singular = {_SINGULAR + name for name in known} & given
    return (*sorted(singular), *(PREFIX + name for name in unknown))


def _refuse_one_port(settings: Settings) -> None:
    """Both ports can't be the same, unless on addresses of their own."""
    hosts = {settings.host, settings.admin_host}
    shared = len(hosts) == 1 or hosts & {"0.0.0.0", "::"}  # noqa: S104 - nothing is opened
    if shared and settings.port == settings.admin_port != 0:
        raise SettingsError(f"CONTACTS_ADMIN_PORT: {settings.port} is CONTACTS_PORT too; expected another one")


def _refuse_nowhere(settings: Settings) -> None:
    for variable, where in (("CONTACTS_DOCS", settings.docs), ("CONTACTS_METRICS", settings.metrics)):
        if where == "admin" and settings.admin_port is None:
            raise SettingsError(f"{variable}: 'admin' needs CONTACTS_ADMIN_PORT, which is not set")


def _no_such_setting(name: str, nearest: str) -> SettingsError:
    return SettingsError(f"{name}: no such setting; did you mean {nearest}? Else unset it")


def _with_secret(settings: Settings) -> Settings:
    if settings.jwt_secret is not None or settings.jwt_algorithm != "HS256":
        return settings
    if settings.environment == "development":
        return msgspec.structs.replace(settings, jwt_secret=secrets.token_urlsafe(48), jwt_secret_generated=True)
    raise SettingsError(
        f"CONTACTS_JWT_SECRET: not set; expected {SHORTEST_SECRET} bytes or more that you keep, e.g. from "
        f"{_CURE}. To try things out, CONTACTS_ENV=development makes one for each run"
    )
