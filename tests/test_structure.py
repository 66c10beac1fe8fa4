"""What is to be true of the packages as a whole: no name that nobody uses, and types that say what they are."""

import importlib
import pkgutil
import re
from pathlib import Path

import msgspec
from vulture import Vulture

ROOT = Path(__file__).parents[1]
PACKAGES = ("api", "indexing", "mappings", "search")

MOST_ANY = 8
"""How often a thousand lines of `api` may say `Any`."""

OTHERS_USE = {
    # pytest and its plugins
    "pytestmark", "pytest_*", "anyio_backend",
    # schemathesis, whose configuration names the module
    "filter_failure",
    # Alembic
    "revision", "down_revision",
    # uvicorn and websockets, of the connection that ours is
    "fin", "handshake_complete",
    # SQLAlchemy, of a type of ours
    "impl", "cache_ok", "load_dialect_impl", "process_bind_param", "process_result_value",
    # Litestar, of a controller, a response or a renderer
    "tags", "security", "guards", "exception_handlers", "request_body", "to_asgi_response", "render", "receive_router",
    # uvicorn, of its server
    "capture_signals", "should_exit",
    # uvicorn, of a connection and of a request
    "total_requests", "chunked_encoding", "expected_content_length",
    # elastic_transport, of a pool of nodes
    "mark_dead", "mark_live",
    # SQLAlchemy, of what went wrong
    "is_disconnect",
    # psycopg, of a connection and a cursor
    "read_only", "isolation_level", "itersize",
    # io, of a raw stream
    "readable", "readinto",
    # socketserver
    "daemon_threads", "handle",
    # configparser
    "optionxform",
    # http.server
    "do_GET", "do_POST", "log_message",
    # Python: the third argument of `__exit__`
    "trace",
    # uvicorn, of a protocol
    "handle_cont",
    # Hypothesis, of a state machine
    "teardown",
    # Nobody: fields made up by tests
    "colour", "unheard_of",
    # Nobody, but a file that it wraps would be closed with it.
    "_wrapper",
}  # fmt: skip
"""Names that are there for others to use, which can't be seen in our code."""

USED_BY_DECORATOR = [
    "@*.command*",
    "@*.group*",
    "@pytest.fixture*",
    "@rule*",
    "@invariant*",
    "@get*",
    "@post*",
    "@patch*",
    "@delete*",
]


def fields_of_structs() -> set[str]:
    """The names of all fields of our structs: what is encoded is used."""
    for package in (*PACKAGES, "benchmarks"):
        for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            # These run when they are imported.
            if not re.search(r"\.(migrations|__main__)\b", module.name):
                importlib.import_module(module.name)
    found, left = set(), [msgspec.Struct]
    while left:
        struct = left.pop()
        left += struct.__subclasses__()
        if struct is not msgspec.Struct:
            found.update(struct.__struct_fields__)
    return found


def test_no_name_is_dead() -> None:
    used = OTHERS_USE | fields_of_structs()
    # vulture holds every name against every pattern: of those that are no patterns it need not know.
    vulture = Vulture(ignore_names=[name for name in used if "*" in name], ignore_decorators=USED_BY_DECORATOR)
    vulture.scavenge([str(ROOT / path) for path in (*PACKAGES, "tests", "benchmarks", "docs")])
    dead = [f"{Path(item.filename).relative_to(ROOT)}:{item.first_lineno} {item.name}"
            for item in vulture.get_unused_code(min_confidence=60) if item.name not in used]  # fmt: skip
    assert dead == []


def test_types_of_the_edge_say_what_they_are() -> None:
    lines = [line for path in (ROOT / "api").rglob("*.py") for line in path.read_text().splitlines()]
    said = [line for line in lines if re.search(r"\bAny\b", line) and not line.startswith(("from ", "import "))]
    assert len(said) * 1000 / len(lines) < MOST_ANY, said
