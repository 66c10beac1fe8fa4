"""A database in the stock schema that `contacts index postgres` knows: fifty people, half of them of one company."""

import psycopg

SCHEMA = """
CREATE TABLE contacts(uuid uuid PRIMARY KEY, first_name text, last_name text, company_id uuid, email text, title text,
    departments text[], mobile_phone text, email_status text, text_search text, seniority text,
    created_at timestamp, updated_at timestamp);
CREATE TABLE contacts_metadata(uuid uuid PRIMARY KEY, work_direct_phone text, home_phone text, other_phone text,
    city text, state text, country text, linkedin_url text, website text, facebook_url text, twitter_url text,
    stage text);
CREATE TABLE companies(uuid uuid PRIMARY KEY, name text, employees_count int, industries text[], keywords text[],
    address text, annual_revenue numeric, total_funding bigint, technologies text[], text_search text,
    created_at timestamp, updated_at timestamp);
CREATE TABLE companies_metadata(uuid uuid PRIMARY KEY, linkedin_url text, website text, facebook_url text,
    twitter_url text, company_name_for_emails text, phone_number text, city text, state text, country text,
    latest_funding text, latest_funding_amount bigint, last_raised_at text);
"""
ACME = "00000000-0000-0000-0000-0000000000aa"


def fill(database: str) -> None:
    """Make the tables in an empty database and put the people in."""
    with psycopg.connect(database) as connection:
        connection.execute(SCHEMA)
        connection.execute(
            "INSERT INTO companies VALUES (%s, 'Acme', 1200, %s, %s, '1 Road', 1500000.00, 5, %s, NULL, %s, %s)",
            (
                ACME,
                ["banking", "health, wellness & fitness"],
                ["saas, cloud", "b2b"],
                ["Go"],
                "2024-01-01",
                "2024-01-01",
            ),
        )
        connection.execute(
            "INSERT INTO companies_metadata VALUES (%s, 'li/acme', 'http://www.acme.com', 'fb', NULL, 'Acme Inc', "
            "'+1', 'Paris', NULL, 'France', 'Series A', 7, '2023-05-01')",
            (ACME,),
        )
        for number in range(50):
            uuid = f"00000000-0000-0000-0000-{number:012}"
            company = ACME if number % 2 else None
            connection.execute(
                "INSERT INTO contacts VALUES "
                "(%s, 'Ann', %s, %s, %s, 'CEO', %s, '+2', 'Verified', NULL, 'c_suite', %s, %s)",
                (
                    uuid,
                    f"Lee{number}",
                    company,
                    f"p{number}@acme.com",
                    ["Sales", "C-Suite"],
                    "2024-01-15 10:30",
                    "2024-02-01",
                ),
            )
            if number % 3 == 0:
                connection.execute(
                    "INSERT INTO contacts_metadata(uuid, city, country) VALUES (%s, 'Berlin', 'Germany')", (uuid,)
                )
