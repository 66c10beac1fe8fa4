"""Reference pages say what the code does, and the commands in the docs do what they say."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest

from docs.generate import pages
from docs.url_forms import FORMS
from indexing.cli.main import contacts
from indexing.cli.server_process import free_port
from mappings.parameters import given_parameters
from mappings.url import parse
from tests.harness.service import environment_of

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(("kind", "text"), FORMS)
def test_every_form_of_a_url_asks_for_what_its_page_says(kind: str, text: str) -> None:
    asked = [(parameter.name, values) for parameter, values in given_parameters(parse(text).pairs)]
    assert asked[:2] == [("personTitles[]", ["CEO"]), ("page", ["1"])], kind


@pytest.mark.parametrize("path", pages(), ids=lambda path: path.name)
def test_generated_pages_are_up_to_date(path: Path) -> None:
    assert path.read_text() == pages()[path], "run `make docs`"


def test_every_command_of_the_readme_exists() -> None:
    named = set(re.findall(r"contacts (?!are|of|live|in\b)([a-z]+)", (ROOT / "README.md").read_text()))
    assert {"serve", "index", "count", "sample", "explain", "token"} <= named
    assert named <= set(contacts.list_commands(click.Context(contacts)))


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z]+)", (ROOT / "README.md").read_text())) <= targets


def test_links_in_the_docs_lead_somewhere() -> None:
    for page in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\((?!http)([^)#]+)\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_commands_about_loading_print_what_the_page_says(tmp_path: Path, stock: str) -> None:
    environment = environment_of(tmp_path / "data", PGSERVICEFILE=str(service_file(tmp_path, stock)))
    run_commands("indexing.md", tmp_path, environment)


def test_the_commands_about_running_the_service_print_what_the_page_says(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CONTACTS_")}
    # Its own port somebody else may have here.
    run_commands("operations.md", tmp_path, environment | {"CONTACTS_PORT": str(free_port())})


def test_the_commands_about_many_hosts_print_what_the_page_says(
    tmp_path: Path, elasticsearch_url: str, own_index: Callable[[str], str]
) -> None:
    named = {"CONTACTS_ELASTICSEARCH_URL": elasticsearch_url, "CONTACTS_INDEX": own_index("docs-hosts")}
    environment = environment_of(tmp_path / "data", CONTACTS_ENGINE="elasticsearch", **named)
    run_commands("hosts.md", tmp_path, environment, least=7)


def run_commands(name: str, directory: Path, environment: dict[str, str], least: int = 10) -> None:
    """Run the console commands of a page there, and hold what they print against what it says."""
    page = (ROOT / "docs" / name).read_text()
    blocks = re.findall(r"^```console\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    steps = [step for block in blocks for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
    assert len(steps) > least
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for step in steps:
        command, _, expected = step.partition("\n")
        shell = ["bash", "-c", command]
        done = subprocess.run(
            shell, cwd=directory, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        printed = trimmed(done.stdout + re.sub(r'^\{"stage".*\n', "", done.stderr, flags=re.MULTILINE))
        assert re.fullmatch(pattern(expected), printed), f"$ {command}\n{printed}"
        assert done.returncode == expected.startswith("error: "), command


def service_file(directory: Path, url: str) -> Path:
    """A file in which `service=crm` is the database at `url`."""
    parts, path = urlsplit(url), directory / "pg_service.conf"
    settings = {"host": parts.hostname, "port": parts.port, "user": parts.username, "password": parts.password}
    lines = [f"{name}={value}" for name, value in settings.items() if value is not None]
    path.write_text("\n".join(["[crm]", *lines, f"dbname={parts.path[1:]}", ""]))
    return path


def pattern(text: str) -> str:
    """What matches a printed example: `…` stands for anything on its line or, alone on it, for any lines."""
    lines = [
        r"(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + r"\n"
        for line in trimmed(text).split("\n")
    ]
    return "".join(lines).removesuffix(r"\n")


def trimmed(text: str) -> str:
    """Tables are as wide as what is in them."""
    return re.sub(r" +", " ", re.sub(r" +$", "", text, flags=re.MULTILINE)).strip("\n")
