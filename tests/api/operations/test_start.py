"""What a service says of itself when it starts."""

import json
import logging
import platform
from pathlib import Path

import pytest

from api.operations.start import build_info, configuration, shown, tell_start
from api.settings import TABLE, load_settings
from search.fields import MAPPING_VERSION

SECRET = "hush-" * 10


def test_what_is_served_is_always_told():
    settings = load_settings({"CONTACTS_JWT_SECRET": SECRET})
    assert configuration(settings) == {
        "CONTACTS_ENGINE": "duckdb",
        "CONTACTS_DATA_DIR": str(Path("data").resolve()),
        "CONTACTS_INDEX": "contacts",
        "CONTACTS_JWT_SECRET": "(set)",
    }


def test_what_is_not_the_default_is_told_and_no_secret(tmp_path):
    given = {
        "CONTACTS_ENGINE": "elasticsearch",
        "CONTACTS_ELASTICSEARCH_URL": f"https://me:{SECRET}@es.example:9200",
        "CONTACTS_ELASTICSEARCH_PASSWORD": SECRET,
        "CONTACTS_DATABASE_URL": f"postgresql://me:{SECRET}@db.example/users",
        "CONTACTS_DATA_DIR": str(tmp_path),
        "CONTACTS_PORT": "8001",
        "CONTACTS_HOST": "127.0.0.1",
        "CONTACTS_CORS_ORIGINS": "https://a.example,https://b.example",
        "CONTACTS_JWT_SECRET": SECRET,
        "CONTACTS_JWT_SECRET_PREVIOUS": SECRET,
    }
    told = configuration(load_settings(given))
    assert told == {
        "CONTACTS_ENGINE": "elasticsearch",
        "CONTACTS_DATA_DIR": str(tmp_path),
        "CONTACTS_INDEX": "contacts",
        "CONTACTS_ELASTICSEARCH_URL": "https://es.example:9200",
        "CONTACTS_ELASTICSEARCH_PASSWORD": "(set)",
        "CONTACTS_DATABASE_URL": "(set)",
        "CONTACTS_JWT_SECRET": "(set)",
        "CONTACTS_JWT_SECRET_PREVIOUS": "(set)",
        "CONTACTS_PORT": "8001",
        "CONTACTS_CORS_ORIGINS": "https://a.example,https://b.example",
    }
    assert list(told) == [row.variable for row in TABLE if row.variable in told]


def test_a_secret_made_for_the_run_was_not_set():
    told = configuration(load_settings({"CONTACTS_ENV": "development"}))
    assert (told["CONTACTS_ENV"], "CONTACTS_JWT_SECRET" in told) == ("development", False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("https://me:pa@ss@es.example:9200/x", "https://es.example:9200/x"),
        ("http://a:b@one.example:9200,http://c:d@two.example:9200", "http://one.example:9200,http://two.example:9200"),
        (("http://a:b@one.example", 5), "http://one.example,5"),
        ("me@example.com", "me@example.com"),
        (2.5, "2.5"),
    ],
)
def test_urls_are_shown_without_who_one_is_there(value, text):
    assert shown(value) == text


def test_it_is_one_line(caplog):
    caplog.set_level(logging.INFO, "api.operations.start")
    settings = load_settings({"CONTACTS_JWT_SECRET": SECRET, "CONTACTS_PORT": "8001"})
    tell_start(settings)
    [record] = caplog.records
    assert record.getMessage().startswith(f"version {build_info(settings)['version']}, CONTACTS_ENGINE=duckdb ")
    assert record.getMessage().endswith("CONTACTS_PORT=8001")
    fields = record.__dict__["fields"]
    assert fields["settings"]["CONTACTS_PORT"] == "8001"
    assert fields["build"] == {
        "version": build_info(settings)["version"], "engine": "duckdb", "mapping_version": str(MAPPING_VERSION),
        "python": platform.python_version(),
    }  # fmt: skip
    assert SECRET not in json.dumps(fields) + record.getMessage()
