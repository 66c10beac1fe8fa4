import csv
import json
from urllib.parse import urlencode

import pytest

from api.actions.roles import Role
from api.rest.downloads import SECONDS
from mappings.errors import EngineUnavailable
from tests.harness.clients import URL

DOWNLOADS = "/api/v2/apollo/downloads"
GONE = 404, {"detail": "The link was used, or is too old."}


def link(service, form="csv", body=None, token=None, **query):
    """The path of a link to contacts."""
    path = f"{DOWNLOADS}/{form}" + (f"?{urlencode(query)}" if query else "")
    status, answer = service.post(path, body or {"url": URL}, token or service.token)
    assert status == 201, answer
    assert answer["expires_in"] == SECONDS
    return f"/{answer['path']}"


def test_a_link_opens_the_same_contacts_without_a_token_and_once(service):
    for form, accept in (("csv", "text/csv"), ("ndjson", "application/x-ndjson")):
        asked = json.dumps({"url": URL}).encode()
        _, expected, headers = service.open("/api/v2/apollo/contacts", asked, service.token, accept=accept)
        path = link(service, form)
        status, found, sent = service.open(path, None)
        assert (status, found) == (200, expected)
        for name in ("Content-Type", "Content-Disposition", "Cache-Control", "X-Content-Type-Options"):
            assert sent[name] == headers[name]
        assert service.get(path) == GONE


def test_a_limit_and_columns_hold_for_it(service):
    _, body, headers = service.open(link(service, columns="email,uuid", limit=3, comment="true"), None)
    [comment], header, *rows = csv.reader(body.splitlines())
    assert comment.startswith("# Job titles to include: ")
    assert (header, len(rows)) == (["email", "uuid"], 3)
    assert headers["Content-Disposition"].endswith(".csv")


def test_what_is_wrong_with_a_request_is_said_before_there_is_a_link(service):
    for body, query in (({}, ""), ({"url": "https://example.com"}, ""), ({"url": URL}, "?columns=nope")):
        assert service.post(f"{DOWNLOADS}/csv{query}", body, service.token)[0] == 400
    assert service.post(f"{DOWNLOADS}/json", {"url": URL}, service.token)[0] == 404
    assert service.post(f"{DOWNLOADS}/csv?x=1", {"url": URL, "strict": True}, service.token)[0] == 400


def test_only_who_may_read_contacts_gets_one(service):
    assert service.post(f"{DOWNLOADS}/csv", {"url": URL})[0] == 401
    assert service.post(f"{DOWNLOADS}/csv", {"url": URL}, "nonsense")[0] == 401


@pytest.mark.anyio
async def test_a_counter_gets_none_nor_does_a_link_outlive_the_role(service):
    before = link(service)
    await service.take_role(Role.COUNTER)
    assert service.post(f"{DOWNLOADS}/csv", {"url": URL}, service.token)[0] == 403
    assert service.get(before) == GONE


def test_it_does_not_outlive_the_session(service):
    path = link(service)
    assert service.delete("/api/v2/auth/sessions", service.token)[0] == 204
    assert service.get(path) == GONE


def test_looking_at_it_from_outside_does_not_open_it(service):
    path = link(service)
    assert service.open(path, None, method="HEAD")[0] == 405
    assert service.get(path)[0] == 200


def test_what_is_no_link_opens_nothing(service):
    path = link(service)
    for wrong in (DOWNLOADS, f"{DOWNLOADS}?ticket=", f"{DOWNLOADS}?ticket=x", path[:-1], f"{path}x", f"{path}%00"):
        assert service.get(wrong) == GONE
    assert service.get(path)[0] == 200


def test_nine_links_of_a_user_are_one_too_many(service):
    first, second, *_ = [link(service) for _ in range(9)]
    assert service.get(first) == GONE
    assert service.get(second)[0] == 200


def test_opening_counts_towards_the_rate_limit_of_its_user(serve):
    service = serve(rate_limit=2)
    paths = [link(service), link(service)]
    assert [service.get(path)[0] for path in paths] == [429, 429]


def test_it_is_logged_whose_it_was_and_how_many_and_never_the_link(service, caplog):
    with caplog.at_level("DEBUG"):
        path = link(service)
        service.get(path)
        service.get(path)
    logged = "\n".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert path.partition("ticket=")[2] not in logged
    audited = [record.fields for record in caplog.records if record.name == "audit"]
    assert [(line["action"], line.get("user"), line.get("contacts")) for line in audited[-2:]] == [
        ("link_csv", service.session["user"]["uuid"], None),
        ("download", service.session["user"]["uuid"], 10),
    ]
    assert audited[-1]["search"] == audited[-2]["search"]
    figures = service.get("/metrics")[1]
    assert 'action="download",door="rest",outcome="200"' in figures


def test_what_fails_when_it_is_opened_is_an_error_as_any_other(service, engine):
    path = link(service)
    engine.error = EngineUnavailable("Nothing has been indexed yet.")
    assert service.get(path) == (503, {"detail": "Nothing has been indexed yet."})
    engine.error = None
    assert service.get(path) == GONE
    assert service.get(link(service))[0] == 200


def test_which_methods_there_are_everyone_may_know(service):
    assert service.open(f"{DOWNLOADS}/csv", None, method="OPTIONS")[0] == 204
