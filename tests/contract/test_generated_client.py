"""A client that openapi-python-client makes of the served document: it is whole, and pages to the end."""

import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from tests.harness.service import ANSWER_SECONDS, Service

URL = "https://app.apollo.io/#/people?personTitles[]=CEO&personTitles[]=Founder"
PAGE = 100


@pytest.fixture(scope="session")
def generated(service: Service, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The package that is made of the served document. Whatever the generator warns of fails."""
    directory = tmp_path_factory.mktemp("generated")
    name = f"client_{directory.name.replace('-', '_')}"
    # What it would do with its own output, lint and format it, is not the matter here.
    (directory / "config.yml").write_text("post_hooks: []\n")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--fail-on-warning", "--meta", "none"]
    done = subprocess.run(
        [*command, "--url", f"{service.base}/docs/openapi.json", "--output-path", name, "--config", "config.yml"],
        cwd=directory, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(directory))
    try:
        for module in sorted((directory / name).rglob("*.py")):
            importlib.import_module(".".join(module.relative_to(directory).with_suffix("").parts))
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(directory))


@pytest.fixture
def client(service: Service, generated: ModuleType) -> Iterator[SimpleNamespace]:
    """Its operations by their names, each for the service's own user; `models` are its shapes."""
    bound = generated.AuthenticatedClient(base_url=service.base, token=service.token, timeout=ANSWER_SECONDS)
    operations = {
        path.stem: importlib.import_module(f"{generated.__name__}.api.{path.parent.name}.{path.stem}")
        for path in Path(generated.__path__[0]).glob("api/*/*.py")
    }

    def operation(name: str) -> Any:
        return lambda **asked: operations[name].sync(client=bound, **asked)

    with bound:
        yield SimpleNamespace(
            models=importlib.import_module(f"{generated.__name__}.models"),
            **{name: operation(name) for name in operations if name != "__init__"},
        )


def test_it_pages_to_the_end_and_back_by_the_links(service: Service, client: SimpleNamespace) -> None:
    expected = [contact["uuid"] for contact in service.data("search_contacts", url=URL)["results"]]
    assert len(expected) > 3 * PAGE
    body = client.models.CountBody(url=URL)
    pages = [client.search(body=body, limit=PAGE)]
    while pages[-1].next_ is not None:
        assert pages[-1].next_.startswith(service.base)
        pages.append(client.search(body=body, limit=PAGE, cursor=pages[-1].next_))
    assert [contact.uuid for page in pages for contact in page.results] == expected
    back = pages[-1]
    for page in reversed(pages[:-1]):
        back = client.search(body=body, limit=PAGE, cursor=back.previous)
        assert back.results == page.results
    assert back.previous is None


def test_every_operation_on_contacts_answers(service: Service, client: SimpleNamespace) -> None:
    url, lists = client.models.AnalyzeBody(url=URL), client.models.CountBody(url=URL, exclude_domain_list=["a.example"])
    count = service.data("count_contacts", url=URL)["count"]
    assert client.count(body=lists).count == count
    assert client.uuids(body=lists, limit=7).count == 7
    assert client.analyze(body=url, ledger=True).ledger[0].name == "personTitles[]"
    assert client.count_by_filter(body=url).categories[0].count == count
    for view in client.models.SearchView:
        page = client.search(body=lists, limit=1, view=view, strict=True)
        assert page.results[0].uuid
        assert ("custom" in page.results[0].additional_properties) is (view.value == "complete")


def test_a_mistake_is_a_problem(client: SimpleNamespace) -> None:
    body = client.models.CountBody(url=f"{URL}&foo=1", strict=True)
    assert "foo can't be mapped" in client.count(body=body).detail
    assert client.count(body=client.models.CountBody(url="https://example.com")).detail.startswith("URL must be")
    assert client.live().status == "live"
