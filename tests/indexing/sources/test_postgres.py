"""PostgreSQL as a source, on a real server: the stock schema, own queries, updates, a connection that is cut."""

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import psycopg
import pytest

from indexing.cli.server_process import CONTACTS
from indexing.sources.base import Row, Start
from indexing.sources.postgres import PostgresSource
from mappings.errors import SourceError
from tests.harness.loads import arguments, interrupted, live, loaded, rejects, rows_of, run_load

PEOPLE = "SELECT 'id-' || lpad(n::text, 6, '0') AS uuid, 'p' || n || '@acme.com' AS email, 'CEO' AS title FROM "


def test_the_stock_schema(environment: dict[str, str], stock: str) -> None:
    summary = loaded(environment, "postgres", "--dsn", stock)
    assert (summary["rows"], summary["indexed"], summary["unknown_columns"]) == (50, 50, [])
    found = {contact["uuid"]: contact for contact in live(environment)}
    one = {name: value for name, value in found["00000000-0000-0000-0000-000000000003"].items() if value is not None}
    assert one == {
        "uuid": "00000000-0000-0000-0000-000000000003", "first_name": "Ann", "last_name": "Lee3", "title": "CEO",
        "company": "Acme", "company_name_for_emails": "Acme Inc", "email": "p3@acme.com", "email_status": "Verified",
        "seniority": "c_suite", "departments": ["Sales", "C-Suite"], "mobile_phone": "+2", "corporate_phone": "+1",
        "employees": 1200, "industry": "banking; health, wellness & fitness", "keywords": ["saas, cloud", "b2b"],
        "website": "http://www.acme.com", "company_linkedin_url": "li/acme", "facebook_url": "fb", "city": "Berlin",
        "country": "Germany", "company_address": "1 Road", "company_city": "Paris", "company_country": "France",
        "company_phone": "+1", "technologies": ["Go"], "annual_revenue": 1_500_000, "total_funding": 5,
        "latest_funding": "Series A", "latest_funding_amount": 7, "last_raised_at": "2023-05-01T00:00:00",
        "created_at": "2024-01-15T10:30:00", "updated_at": "2024-02-01T00:00:00",
    }  # fmt: skip
    assert found["00000000-0000-0000-0000-000000000002"]["company"] is None


def test_an_update_reads_what_changed_since_the_last_run(environment: dict[str, str], stock: str) -> None:
    loaded(environment, "postgres", "--dsn", stock)
    with psycopg.connect(stock) as connection:
        connection.execute("UPDATE contacts SET title = 'CTO', updated_at = '2024-03-01' WHERE last_name = 'Lee4'")
        connection.execute("UPDATE companies SET updated_at = '2024-03-02'")
        connection.execute("UPDATE contacts SET updated_at = '2024-01-01' WHERE last_name = 'Lee6'")
    summary = loaded(environment, "postgres", "--dsn", stock, "--update")
    # The one that changed, the 25 of the company that changed, and those within the overlap.
    assert summary["rows"] == 49
    assert summary["live"] == 50
    assert summary["watermark"] == "2024-03-02T00:00:00"
    assert {c["title"] for c in live(environment) if c["last_name"] == "Lee4"} == {"CTO"}
    assert loaded(environment, "postgres", "--dsn", stock, "--update")["rows"] == 25
    assert loaded(environment, "postgres", "--dsn", stock, "--update", "--since", "2030-01-01")["rows"] == 0
    with psycopg.connect(stock) as connection:
        connection.execute("DELETE FROM contacts WHERE last_name > 'Lee3'")
    left = loaded(environment, "postgres", "--dsn", stock, "--update", "--delete-missing", "--allow-shrink")
    assert left["live"] == left["indexed"] == len(live(environment)) < 50


def test_an_own_query_with_awkward_values(postgres_database: str, environment: dict[str, str], tmp_path: Any) -> None:
    query = tmp_path / "contacts.sql"
    query.write_text(
        "SELECT * FROM (VALUES "
        "('a', 'x@y.example', 1e3::float8, '2024-01-15 10:30+02'::timestamptz, ARRAY['a, b', NULL, 'c'], true, 'why'),"
        "('b', NULL, 2.50, NULL, '{}', NULL, NULL), (NULL, 'c', -5, NULL, NULL, NULL, NULL)"
        ') AS t("UUID", "E-Mail Address", employees, created_at, keywords, primary_email_catch_all_status, note);\n'
    )
    flags = ("--dsn", postgres_database, "--query-file", str(query), "--map", "E-Mail Address=email")
    summary = loaded(environment, "postgres", *flags, "--max-rejects", "50%")
    assert (summary["rows"], summary["indexed"], summary["rejected"]) == (3, 2, 1)
    assert summary["unknown_columns"] == ["note"]
    assert (rejects(environment)[0]["line"], rejects(environment)[0]["row"]["employees"]) == (3, "-5.0")
    found = {contact["uuid"]: contact for contact in live(environment)}
    assert (found["a"]["employees"], found["a"]["created_at"]) == (1000, "2024-01-15T08:30:00")
    assert (found["a"]["keywords"], found["a"]["primary_email_catch_all_status"]) == (["a, b", "c"], "true")
    assert (found["b"]["keywords"], found["b"]["employees"]) == (None, None)
    looked = json.loads(run_load(environment, "postgres", *flags, "--dry-run").stdout)
    assert (looked["rows"], looked["accepted"], looked["columns"]["postgres"]["note"]) == (3, 2, "custom")


def test_rows_come_in_the_order_of_their_uuid_and_go_on_after_any(postgres_database: str) -> None:
    query = PEOPLE + "generate_series(1, 5000) AS n ORDER BY random()"
    source = PostgresSource(dsn=postgres_database, query=query)
    rows = rows_of(source)
    assert [row.place for row in rows] == [f"id-{number:06}" for number in range(1, 5001)]
    left = rows_of(source, Start(rows=4998, place=rows[4997].place))
    assert [(row.line, row.cells[0]) for row in left] == [(4999, "id-004999"), (5000, "id-005000")]


def batches_of(source: PostgresSource, rows: int = 0, place: str | None = None) -> list[list[Row]]:
    async def read() -> list[list[Row]]:
        async with source.open(Start(rows, place)) as reading:
            return [batch.rows async for batch in reading.batches]

    return asyncio.run(read())


def test_rows_of_one_uuid_are_not_torn_apart_by_an_interruption(postgres_database: str) -> None:
    query = "SELECT 'id-' || lpad((n / 2)::text, 6, '0') AS uuid, 'p' || n || '@acme.example' AS email FROM "
    source = PostgresSource(dsn=postgres_database, query=query + "generate_series(1, 4001) AS n")
    batches = batches_of(source)
    rows = [row for batch in batches for row in batch]
    assert [row.line for row in rows] == list(range(1, 4002))
    done = 0
    for batch in batches:
        done += len(batch)
        left = [row for again in batches_of(source, done, batch[-1].place) for row in again]
        assert sorted(row.cells[1] for row in [*rows[:done], *left]) == sorted(row.cells[1] for row in rows)


def test_a_uuid_of_more_rows_than_a_batch_has_is_no_place_to_go_on_from(postgres_database: str) -> None:
    query = "SELECT CASE WHEN n > 10 THEN 'b' ELSE 'a' END AS uuid FROM generate_series(1, 4001) AS n"
    batches = batches_of(PostgresSource(dsn=postgres_database, query=query))
    assert sum(map(len, batches)) == 4001
    assert [batch[-1].place for batch in batches] == ["a", None, "b"]


def test_values_come_as_they_are_typed(postgres_database: str) -> None:
    query = (
        "SELECT '00000000-0000-0000-0000-000000000001'::uuid AS uuid, 5 AS employees, 2.50 AS annual_revenue, "
        "ARRAY['a, b', NULL] AS keywords, '2024-01-15 10:30+02'::timestamptz AS created_at, NULL AS title"
    )
    (row,) = rows_of(PostgresSource(dsn=postgres_database, query=query))
    created = datetime.fromisoformat("2024-01-15T10:30:00+02:00")
    assert row.place == "00000000-0000-0000-0000-000000000001"
    assert row.cells == (row.place, 5, Decimal("2.50"), ["a, b", None], created, None)


def test_the_watermark_is_the_latest_change(stock: str) -> None:
    async def watermarks(**options: Any) -> list[str | None]:
        async with PostgresSource(dsn=stock, **options).open(Start()) as reading:
            return [batch.watermark async for batch in reading.batches]

    assert asyncio.run(watermarks()) == ["2024-02-01T00:00:00"]
    assert asyncio.run(watermarks(since="2024-02-02")) == []
    assert asyncio.run(watermarks(query="SELECT 'a' AS uuid")) == [None]


def test_the_identity_is_that_of_the_question_and_not_of_the_server() -> None:
    source = PostgresSource(dsn="postgresql://reader:secret@db/crm")
    assert (source.name, source.size) == ("postgres", None)
    assert source.identity == PostgresSource(dsn="service=crm").identity
    for other in ({"query": "SELECT 1"}, {"since": "2024-01-01"}, {"overrides": {"a": "email"}}):
        assert msgspec.structs.replace(source, **other).identity != source.identity


def test_a_cancelled_read_ends_the_query_too(postgres_database: str) -> None:
    source = PostgresSource(dsn=postgres_database, query="SELECT 'a' AS uuid, pg_sleep(60) IS NULL AS title")

    async def read() -> None:
        async with asyncio.timeout(2), source.open(Start()) as reading:
            await anext(reading.batches)

    with pytest.raises(TimeoutError):
        asyncio.run(read())
    with psycopg.connect(postgres_database) as admin:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        assert admin.execute(f"SELECT query {others} AND query LIKE '%sleep(60)%'").fetchall() == []


def test_what_the_driver_can_not_read_is_said_without_an_address() -> None:
    for dsn in ("postgresql://u:secret@127.0.0.1:9/x", "no=such"):
        with pytest.raises(SourceError, match=r"^PostgreSQL (can't be reached|sent what can't be read) \(\w+\)$"):
            rows_of(PostgresSource(dsn=dsn))


@pytest.mark.parametrize(
    ("query", "options", "start", "said"),
    [
        ("SELECT 1 AS x", {}, Start(), "none of the 1 columns is known"),
        ("SELEC", {}, Start(), "PostgreSQL: syntax error"),
        ("SELECT 1/n AS email FROM generate_series(0, 3) AS n", {}, Start(), "PostgreSQL: division by zero"),
        ("SELECT 'a' AS uuid", {"since": "2024-01-01"}, Start(), "--since needs a column"),
        ("SELECT 'a' AS email", {}, Start(rows=1), "can't be resumed"),
        ("DROP TABLE contacts", {}, Start(), "PostgreSQL: syntax error"),
    ],
)
def test_what_can_not_be_read_is_said(
    postgres_database: str, query: str, options: dict[str, str], start: Start, said: str
) -> None:
    with pytest.raises(SourceError, match=said):
        rows_of(PostgresSource(dsn=postgres_database, query=query, **options), start)


def test_no_server_and_wrong_use(environment: dict[str, str]) -> None:
    outcome = run_load(environment, "postgres", "--dsn", "postgresql://u:secret@127.0.0.1:9/x")
    assert (outcome.returncode, "secret" in outcome.stderr) == (1, False)
    assert "PostgreSQL can't be reached" in outcome.stderr
    for flags in (
        ["--since", "2024-01-01"],
        ["--update", "--since", "x", "--delete-missing"],
        ["--query", "x", "--query-file", __file__],
    ):
        assert run_load(environment, "postgres", "--dsn", "x", *flags).returncode == 2


@contextmanager
def running_load(environment: dict[str, str], *flags: str) -> Iterator[subprocess.Popen[str]]:
    """A load under way, with some of its rows acknowledged."""
    command = [*CONTACTS, *arguments(environment, "postgres", *flags)]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 60
        while not ((state := interrupted(environment)) and state["reading"]["rows"]):
            assert time.monotonic() < deadline
            assert process.poll() is None, process.communicate()
            time.sleep(0.02)
        yield process


@pytest.mark.parametrize("how", ["cut", "killed"])
def test_a_connection_cut_mid_read_is_a_clear_failure_and_resumes(
    environment: dict[str, str], postgres_database: str, how: str
) -> None:
    loaded(environment, "postgres", "--dsn", postgres_database, "--query", PEOPLE + "generate_series(1, 10) AS n")
    # Every thousandth row takes its time, so that there is a middle to be cut in.
    slow = "(SELECT n, CASE WHEN n % 1000 = 0 THEN pg_sleep(0.1) END FROM generate_series(1, 20000) AS n) AS slow"
    flags = ("--dsn", postgres_database, "--query", PEOPLE + slow, "--workers", "1")
    with running_load(environment, *flags) as process:
        if how == "cut":
            with psycopg.connect(postgres_database, autocommit=True) as admin:
                admin.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE application_name = 'contacts index' AND datname = current_database()"
                )
            _, said = process.communicate(timeout=60)
            assert process.returncode == 1
            assert said.count("error:") == 1
            assert "PostgreSQL" in said
            assert "nothing was swapped; --resume continues" in said
        else:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
    assert len(live(environment)) == 10
    summary = loaded(environment, "postgres", *flags, "--resume")
    assert (summary["rows"], summary["indexed"], summary["repeated"]) == (20_000, 20_000, 0)
    assert len({contact["uuid"] for contact in live(environment)}) == 20_000
