"""All settings of the service: one row each in `TABLE`, read once at start from the environment and a `.env` file.

The environment wins over `.env`; a variable that is set to nothing counts as not set. Nothing is read at import.
"""

import secrets
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from api.dotenv import read_dotenv
from mappings.errors import SettingsError, shorten
from search.engine import EngineSettings

SHORTEST_SECRET = 32
"""Bytes of a secret for HS256: what RFC 7518, 3.2 demands."""

PREFIX = "CONTACTS_"
"""What the name of every setting begins with."""

NEAR = 0.75
"""From this likeness to the name of a setting on (of 1, without the prefix), another name is a slip of the pen."""

_CURE = 'python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
_GIBIBYTE = 2**30


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the service runs with. `TABLE` tells what each is for; sizes are bytes, times seconds.

    Attributes:
        jwt_secret: signs tokens; `None` where a key file does, and for commands that neither make nor check one.
        jwt_secret_generated: the secret was made for this run, so tokens end with it; say so at start.
        unknown: set variables that look like ours and are no settings; say so at start.
    """

    engine: EngineSettings = EngineSettings()
    database_url: str | None = None
    jwt_secret: str | None = None
    jwt_secret_generated: bool = False
    jwt_algorithm: str = "HS256"
    jwt_key_file: Path | None = None
    environment: str = "production"
    host: str = "127.0.0.1"
    port: int = 8000
    max_in_flight: int = 32
    max_queued: int = 1024
    max_running: int | None = None
    max_connections: int = 10_000
    max_message_bytes: int = 1048576
    max_response_bytes: int = 268435456
    max_page_size: int = 1000
    stall_seconds: float = 60.0
    cors_origins: tuple[str, ...] = ()
    access_token_seconds: int = 1800
    registration: str = "open"
    rate_limit: int = 0
    login_rate_limit: int = 60
    ping_seconds: float = 20.0
    shutdown_seconds: float = 10.0
    trusted_proxies: str = "127.0.0.1"
    log_format: str | None = None
    log_level: str = "info"
    unknown: tuple[str, ...] = ()

    @property
    def logs_json(self) -> bool:
        """Whether log lines are JSON: in production, unless `log_format` says otherwise."""
        return self.log_format == "json" if self.log_format else self.environment == "production"


class Setting(msgspec.Struct, frozen=True):
    """One row: `parse` raises `ValueError` with what would have been accepted. `secret` values are never shown."""

    variable: str
    attribute: str
    default: str | None
    help: str
    parse: Callable[[str], object]
    secret: bool = False


def _text(value: str) -> str:
    return value


def _choice(*names: str) -> Callable[[str], str]:
    known = {name.lower(): name for name in names}

    def parse(value: str) -> str:
        if value.lower() not in known:
            raise ValueError(" or ".join(names))
        return known[value.lower()]

    return parse


def _whole(least: int, most: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) <= 19 and least <= int(value) <= most):
            raise ValueError(f"a whole number from {least} to {most}")
        return int(value)

    return parse


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise ValueError("a number of seconds, more than 0 and at most 3600")
    return seconds


def _stall_seconds(value: str) -> float:
    seconds = _seconds(value)
    # Elasticsearch forgets a scan that nobody asks for more for two minutes.
    if seconds > 100:
        raise ValueError("a number of seconds, more than 0 and at most 100")
    return seconds


def _origins(value: str) -> tuple[str, ...]:
    origins = tuple(origin.strip().rstrip("/") for origin in value.split(",") if origin.strip())
    for origin in origins:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or "*" in origin:
            raise ValueError("origins such as https://app.example.com, separated by commas")
    return origins


def _http_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("a URL such as http://127.0.0.1:9200")
    return value.rstrip("/")


def _secret(value: str) -> str:
    if len(value.encode()) < SHORTEST_SECRET:
        raise ValueError(f"{SHORTEST_SECRET} bytes or more; make one: {_CURE}")
    return value


TABLE: tuple[Setting, ...] = (
    Setting("CONTACTS_ENGINE", "engine.engine", "duckdb", "where contacts are kept: duckdb or elasticsearch",
            _choice("duckdb", "elasticsearch")),
    Setting("CONTACTS_DATA_DIR", "engine.data_dir", "./data", "directory of the DuckDB file, users and job state",
            Path),
    Setting("CONTACTS_ENGINE_TIMEOUT", "engine.timeout", "30", "seconds that one engine request may take", _seconds),
    Setting("CONTACTS_ELASTICSEARCH_URL", "engine.elasticsearch_url", "http://127.0.0.1:9200", "the cluster",
            _http_url),
    Setting("CONTACTS_ELASTICSEARCH_API_KEY", "engine.elasticsearch_api_key", None, "API key for the cluster", _text,
            secret=True),
    Setting("CONTACTS_ELASTICSEARCH_USERNAME", "engine.elasticsearch_username", None, "user of the cluster", _text),
    Setting("CONTACTS_ELASTICSEARCH_PASSWORD", "engine.elasticsearch_password", None, "password of that user", _text,
            secret=True),
    Setting("CONTACTS_ELASTICSEARCH_CA_CERTS", "engine.elasticsearch_ca_certs", None,
            "file of the authorities to trust", _text),
    Setting("CONTACTS_INDEX", "engine.index", "contacts", "the alias that is searched", _text),
    Setting("CONTACTS_DATABASE_URL", "database_url", None,
            "SQLAlchemy URL of the users; SQLite in the data directory when not set", _text, secret=True),
    Setting("CONTACTS_JWT_SECRET", "jwt_secret", None, f"signs tokens, {SHORTEST_SECRET} bytes or more", _secret,
            secret=True),
    Setting("CONTACTS_JWT_ALGORITHM", "jwt_algorithm", "HS256", "HS256 with the secret, EdDSA or RS256 with a key file",
            _choice("HS256", "EdDSA", "RS256")),
    Setting("CONTACTS_JWT_KEY_FILE", "jwt_key_file", None, "PEM file of the private key, for EdDSA and RS256", Path),
    Setting("CONTACTS_ENV", "environment", "production", "development makes a secret for the run if none is set",
            _choice("production", "development")),
    Setting("CONTACTS_HOST", "host", "127.0.0.1", "address to listen on", _text),
    Setting("CONTACTS_PORT", "port", "8000", "port to listen on; 0 takes a free one", _whole(0, 65535)),
    Setting("CONTACTS_MAX_IN_FLIGHT", "max_in_flight", "32", "requests of one connection that run at once",
            _whole(1, 10_000)),
    Setting("CONTACTS_MAX_QUEUED", "max_queued", "1024", "requests of one connection that wait behind those",
            _whole(0, 1_000_000)),
    Setting("CONTACTS_MAX_RUNNING", "max_running", None,
            "requests of all connections that use the engine at once, the users in turn; when not set, as many as the "
            "engine works on well: 4 for DuckDB, 64 for Elasticsearch", _whole(1, 10_000)),
    Setting("CONTACTS_MAX_CONNECTIONS", "max_connections", "10000",
            "WebSockets open at once; further handshakes are refused with 503", _whole(1, 1_000_000)),
    Setting("CONTACTS_MAX_MESSAGE_BYTES", "max_message_bytes", "1048576",
            "largest message to read; a larger one closes the connection with 1009", _whole(1024, _GIBIBYTE)),
    Setting("CONTACTS_MAX_RESPONSE_BYTES", "max_response_bytes", "268435456",
            "largest answer to send in one message", _whole(1024, 4 * _GIBIBYTE)),
    Setting("CONTACTS_MAX_PAGE_SIZE", "max_page_size", "1000", "largest limit of REST contacts; a larger one is cut",
            _whole(1, 100_000)),
    Setting("CONTACTS_STALL_SECONDS", "stall_seconds", "60",
            "how long a client may take nothing of what is sent before it is closed", _stall_seconds),
    Setting("CONTACTS_CORS_ORIGINS", "cors_origins", "",
            "origins of pages that may use REST, separated by commas", _origins),
    Setting("CONTACTS_ACCESS_TOKEN_SECONDS", "access_token_seconds", "1800", "how long an access token holds",
            _whole(1, 31_536_000)),
    Setting("CONTACTS_REGISTRATION", "registration", "open", "closed: users come from the command line only",
            _choice("open", "closed")),
    Setting("CONTACTS_RATE_LIMIT", "rate_limit", "0", "requests a minute and user; 0 is off", _whole(0, 1_000_000)),
    Setting("CONTACTS_LOGIN_RATE_LIMIT", "login_rate_limit", "60",
            "logins and registrations a minute and address; an e-mail address has a sixth of them; 0 is off",
            _whole(0, 1_000_000)),
    Setting("CONTACTS_PING_SECONDS", "ping_seconds", "20",
            "between keepalive pings; a client that answers none for as long is closed", _seconds),
    Setting("CONTACTS_SHUTDOWN_SECONDS", "shutdown_seconds", "10",
            "how long running requests have to finish once the service stops", _seconds),
    Setting("CONTACTS_TRUSTED_PROXIES", "trusted_proxies", "127.0.0.1",
            "addresses whose X-Forwarded-For is believed, separated by commas; * for all", _text),
    Setting("CONTACTS_LOG_FORMAT", "log_format", None,
            "json or text; when not set, json in production and text in development", _choice("json", "text")),
    Setting("CONTACTS_LOG_LEVEL", "log_level", "info", "least important lines that are logged",
            _choice("debug", "info", "warning", "error")),
)  # fmt: skip
"""Every setting of the service, in the order the documentation lists them."""


def load_settings(environ: Mapping[str, str], dotenv: Path | None = None, *, need_secret: bool = True) -> Settings:
    """The settings in `environ` and, where that has none, in the file `dotenv` (it may be absent).

    `need_secret=False` is for commands that neither make nor check tokens: a missing secret stays `None` there.

    Raises:
        SettingsError: names the variable, its value and what is expected, or the setting that it nearly is.
    """
    values = {**read_dotenv(dotenv), **{name: value for name, value in environ.items() if value.strip()}}
    own: dict[str, Any] = {}
    engine: dict[str, Any] = {}
    for row in TABLE:
        text = values.get(row.variable, "").strip() or row.default
        section, _, attribute = row.attribute.rpartition(".")
        (engine if section else own)[attribute] = None if text is None else _parsed(row, text)
    settings = Settings(engine=EngineSettings(**engine), unknown=_unknown(values), **own)
    return _with_secret(settings) if need_secret else settings


def _unknown(values: Mapping[str, str]) -> tuple[str, ...]:
    """The set names with our prefix that are no settings: of other programs, or of another version of this one.

    Raises:
        SettingsError: one is nearly the name of a setting.
    """
    known = [row.variable.removeprefix(PREFIX) for row in TABLE]
    names = sorted(name.removeprefix(PREFIX) for name in values if name.startswith(PREFIX) and values[name].strip())
    unknown = [name for name in names if name not in known]
    for name in unknown:
        for nearest in get_close_matches(name, known, 1, NEAR):
            raise SettingsError(f"{PREFIX}{name}: no such setting; did you mean {PREFIX}{nearest}? Else unset it")
    return tuple(PREFIX + name for name in unknown)


def _parsed(row: Setting, text: str) -> object:
    try:
        return row.parse(text)
    except ValueError as error:
        shown = f"a value of {len(text.encode())} bytes" if row.secret else repr(shorten(text))
        raise SettingsError(f"{row.variable}: {shown} can't be used; expected {error}") from error


def _with_secret(settings: Settings) -> Settings:
    if settings.jwt_secret is not None or settings.jwt_algorithm != "HS256":
        return settings
    if settings.environment == "development":
        return msgspec.structs.replace(settings, jwt_secret=secrets.token_urlsafe(48), jwt_secret_generated=True)
    raise SettingsError(
        f"CONTACTS_JWT_SECRET: not set; expected {SHORTEST_SECRET} bytes or more that you keep, e.g. from "
        f"{_CURE}. To try things out, CONTACTS_ENV=development makes one for each run"
    )
