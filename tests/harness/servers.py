"""Real servers for tests and benchmarks: found where they run, started where they do not.

Each comes from the first of these that works:

1. What `ELASTICSEARCH_URL` or `POSTGRES_URL` names, a server somebody else runs. If it is set and silent, nothing else
   is tried.
2. Programs that run here: Elasticsearch's from Maven Central, which need Java 17 or later, and Maven if they are not
   there yet; PostgreSQL's on the path or where Debian's `postgresql` puts them.
3. A container, where a container engine answers.

Only the standard library is imported at the top, so that any Python 3.11 runs this file before the project is set up:

    python3 -m tests.harness.servers fetch           # download and unpack Elasticsearch, start nothing
    python3 -m tests.harness.servers run             # start one, print its URL, stop it at Ctrl-C or `kill`
    python3 -m tests.harness.servers run postgres    # the same with PostgreSQL
"""

import os
import signal
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from urllib.parse import urlsplit

from tests.harness import distribution, elasticsearch, postgres
from tests.harness.processes import ServerUnavailable

_PORTS = {"http": 80, "https": 443, "postgres": 5432, "postgresql": 5432}


@contextmanager
def elasticsearch_server(heap: str = "1g") -> Iterator[str]:
    """Yield the base URL of an Elasticsearch, such as `http://127.0.0.1:43211`; stop it afterwards if we started it.

    `heap` is the Java heap of a server started here, in Java's notation. A server that was started is empty and its
    data is gone afterwards; one from `ELASTICSEARCH_URL` may hold anything. Enter it from the main thread: the server
    is tied to the life of the thread that starts it. Raises `ServerUnavailable`.
    """
    sources = {
        "from Maven": elasticsearch.from_distribution(heap),
        "in a container": elasticsearch.from_container(heap),
    }
    with _first("ELASTICSEARCH_URL", sources) as url:
        yield url.rstrip("/")


@contextmanager
def postgres_server() -> Iterator[str]:
    """Yield the URL of a database, such as `postgresql://contacts@127.0.0.1:43211/postgres`.

    A server that was started is empty and its data is gone afterwards; one from `POSTGRES_URL` may hold anything.
    Whoever is named in the URL may create tables and databases. Raises `ServerUnavailable`.
    """
    sources = {
        "from the programs here": postgres.from_programs(),
        "in a container": postgres.from_container(),
    }
    with _first("POSTGRES_URL", sources) as url:
        yield url


@contextmanager
def _first(variable: str, sources: Mapping[str, AbstractContextManager[str]]) -> Iterator[str]:
    """The URL in `variable` if it is set, else that of the first source that has a server."""
    with ExitStack() as stack:
        yield _given(variable, url) if (url := os.environ.get(variable)) else _entered(stack, variable, sources)


def _given(variable: str, url: str) -> str:
    """Return `url` if its port takes connections. Who may log in there is left to the client."""
    try:
        parts = urlsplit(url)
        address = (parts.hostname or "127.0.0.1", parts.port or _PORTS.get(parts.scheme, 0))
        with socket.create_connection(address, timeout=5):
            return url
    except (OSError, ValueError) as error:
        raise ServerUnavailable(f"{variable} does not answer: {error}") from error


def _entered(stack: ExitStack, variable: str, sources: Mapping[str, AbstractContextManager[str]]) -> str:
    reasons = [f"{variable} is not set"]
    for name, source in sources.items():
        try:
            return stack.enter_context(source)
        except ServerUnavailable as error:
            reasons.append(f"{name}: {error}")
    raise ServerUnavailable("; ".join(reasons))


def _main(arguments: list[str]) -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        # Both clean up. A shell starts its background jobs with Ctrl-C ignored, so that one is set as well.
        signal.signal(number, signal.default_int_handler)
    try:
        match arguments:
            case ["fetch"]:
                for release in (distribution.CURRENT, distribution.NEXT):
                    print(distribution.fetch(release))
            case ["run"] | ["run", "elasticsearch"]:
                _serve(elasticsearch_server())
            case ["run", "postgres"]:
                _serve(postgres_server())
            case _:
                print("usage: python3 -m tests.harness.servers fetch|run [elasticsearch|postgres]", file=sys.stderr)
                return 2
    except ServerUnavailable as error:
        print(f"no server: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


def _serve(server: AbstractContextManager[str]) -> None:
    with server as url:
        print(url, flush=True)
        signal.pause()


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
