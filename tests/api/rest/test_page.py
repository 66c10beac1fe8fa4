import base64
import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from api.rest import page
from api.rest.page import FILES, VERSION

TAKEN = ["LICENSE", "NOTICE", "swagger-ui-bundle.js", "swagger-ui-bundle.js.LICENSE.txt", "swagger-ui.css"]


def policy_of(page: str) -> dict[str, str]:
    [policy] = re.findall(r'<meta http-equiv="Content-Security-Policy" content="([^"]+)">', page)
    return dict(rule.strip().split(" ", 1) for rule in policy.split(";"))


@pytest.mark.parametrize("path", ["/docs", "/docs/"])
def test_nothing_of_the_page_comes_from_another_host(service, path):
    status, page, headers = service.open(path, None)
    assert (status, headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "//" not in page
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert links == ["data:,", *(f"/docs/swagger-ui-{VERSION}/swagger-ui{end}" for end in (".css", "-bundle.js"))]
    for link in links[1:]:
        assert service.get(link)[0] == 200


def test_the_page_lets_the_browser_ask_its_own_host_only(service):
    page = service.get("/docs")[1]
    policy = policy_of(page)
    assert policy["default-src"] == "'none'"
    [start] = re.findall(r"<script>(.*?)</script>", page)
    digest = base64.b64encode(hashlib.sha256(start.encode()).digest()).decode()
    assert policy["script-src"] == f"'self' 'sha256-{digest}'"
    hosts = {source for sources in policy.values() for source in sources.split() if not source.startswith("'")}
    assert hosts == {"data:"}


def test_the_page_shows_the_document(service):
    [url] = re.findall(r'"url":"([^"]+)"', service.get("/docs")[1])
    assert service.get(url)[1]["info"]["title"] == "Apollo contact search"


def test_browsers_keep_the_files(service):
    for name, kind in (("swagger-ui-bundle.js", "text/javascript"), ("swagger-ui.css", "text/css")):
        status, body, headers = service.open(f"/docs/swagger-ui-{VERSION}/{name}", None)
        assert (status, body) == (200, (FILES / name).read_text())
        assert headers["Content-Type"] == f"{kind}; charset=utf-8"
        assert headers["Cache-Control"] == "max-age=31536000, public, immutable"
        again = service.open(f"/docs/swagger-ui-{VERSION}/{name}", None, if_none_match=headers["ETag"])
        assert again[:2] == (304, None)
    for name in ("nothing.js", "../page.py", "%2e%2e/%2e%2e/page.py"):
        assert service.get(f"/docs/swagger-ui-{VERSION}/{name}")[0] == 404


def test_the_files_are_read_once(serve, tmp_path, monkeypatch):
    monkeypatch.setattr(page, "FILES", tmp_path / FILES.name)
    page.FILES.mkdir()
    (page.FILES / "swagger-ui.css").write_text("body {}")
    service = serve()
    (page.FILES / "swagger-ui.css").unlink()
    assert service.get(f"/docs/{FILES.name}/swagger-ui.css") == (200, "body {}")


@pytest.mark.parametrize("path", ["nothing", "nothing.json", "openapi.yaml", "x/y", "%00", "scalar", "%2e%2e/x"])
def test_a_path_below_that_is_not_there_is_an_error_as_any_other(service, path):
    status, body, headers = service.open(f"/docs/{path}", None)
    assert (status, body, headers["Content-Type"]) == (404, {"detail": "Not Found"}, "application/json")


def test_the_files_are_those_that_are_recorded_with_their_licences():
    record = (FILES / "VENDORED.txt").read_text()
    assert record.startswith(f"swagger-ui-dist {VERSION},")
    assert sorted(file.name for file in FILES.iterdir()) == sorted([*TAKEN, "VENDORED.txt"])
    digests = dict(reversed(line.split()) for line in record.splitlines() if re.match(r"[0-9a-f]{64} ", line))
    assert digests == {name: hashlib.sha256((FILES / name).read_bytes()).hexdigest() for name in TAKEN}


def test_the_files_are_part_of_the_package():
    """What setuptools is told to install beside the modules."""
    root = Path(__file__).parents[3]
    told = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    installed = {file for pattern in told for file in (root / "api" / "rest").glob(pattern)}
    assert installed >= set(FILES.iterdir())


@pytest.mark.parametrize("name", ["%00", "a" * 5000, "nothing", "..%2fpage.py", "", "a/b", "VENDORED.txt%00"])
def test_there_are_no_other_files(service, name, caplog):
    status, body, _ = service.open(f"/docs/swagger-ui-{VERSION}/{name}", None)
    assert (status, body) == (404, {"detail": "Not Found"})
    assert "unexpected" not in caplog.text
