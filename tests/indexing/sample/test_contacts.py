import csv
import io
import itertools
import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from indexing.sample.contacts import HEADERS, sample_rows, write_sample
from indexing.sample.words import read_words
from indexing.sources.columns import map_columns
from search.fields import ITEM_FIELDS

DATA = Path(__file__).parents[3] / "mappings" / "data"
COUNT = 20_000
FIRST_CELLS = ("Felix", "Braun", "Regional Sales Manager", "Figrisa AG", "Figrisa", "felix.braun852@figrisadata.de")


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    return [dict(zip(HEADERS, row, strict=True)) for row in sample_rows(COUNT)]


def share(rows: list[dict[str, str]], header: str, *values: str) -> float:
    return sum(row[header] in values for row in rows) / len(rows)


def test_headers_are_those_of_todays_export_and_the_two_dates():
    assert HEADERS[:6] == ("First Name", "Last Name", "Title", "Company Name", "Company Name for Emails", "Email")
    assert HEADERS[12:16] == ("Seniority", "Departments", "Sub Departments", "Contact Owner")
    assert HEADERS[-3:] == ("Qualify Contact", "Created At", "Updated At")
    assert len(set(HEADERS)) == len(HEADERS) == 72


def test_every_field_of_an_item_has_a_column():
    fields = set(map_columns(HEADERS).fields)
    assert set(ITEM_FIELDS) - {"uuid"} <= fields  # an Apollo export has no uuid of ours, but ids of its own


def test_columns_that_an_account_fills_are_empty(rows: list[dict[str, str]]):
    empty = {header for header in HEADERS if not any(row[header] for row in rows)}
    assert {"Contact Owner", "Lists", "Last Contacted", "Account Owner", "Email Sent", "Apollo Contact Id"} <= empty
    assert len(empty) == 72 - 44


def test_the_same_seed_gives_the_same_rows_and_another_seed_others():
    assert list(sample_rows(300, 7)) == list(sample_rows(300, 7))
    assert not set(sample_rows(300, 7)) & set(sample_rows(300, 8))


def test_the_rows_of_a_seed_never_change():
    assert next(sample_rows(1))[:6] == FIRST_CELLS


def test_a_sample_is_a_prefix_of_every_larger_one():
    small, large = sample_rows(500, 3), sample_rows(5_000, 3)
    assert list(small) == list(itertools.islice(large, 500))


def test_rows_are_made_lazily():
    assert len(next(sample_rows(10**12))) == len(HEADERS)


def test_no_rows():
    assert list(sample_rows(0)) == []


def test_csv_round_trip():
    out = io.StringIO(newline="")
    write_sample(400, out, seed=5)
    out.seek(0)
    headers, *cells = csv.reader(out)
    assert tuple(headers) == HEADERS
    assert [tuple(row) for row in cells] == list(sample_rows(400, 5))


@pytest.mark.parametrize(
    ("header", "form"),
    [
        ("First Name", r"\S.*"),
        ("Last Name", r"\S.*"),
        ("Company Name", r"\S.*"),
        ("Email", r"([a-z0-9-]+(\.[a-z0-9-]+)+@[a-z-]+(\.[a-z]+)+)?"),
        ("Mobile Phone", r"('\+\d{1,3} \d+-555-01\d\d)?"),
        ("Corporate Phone", r"('\+\d{1,3} \d+-555-01\d\d)?"),
        ("# Employees", r"([1-9]\d*)?"),
        ("Person Linkedin Url", r"(http://www\.linkedin\.com/in/[a-z0-9-]+)?"),
        ("Website", r"(https?://[a-z-]+(\.[a-z-]+)+(:8080)?(/.*)?)?"),
        ("Company Linkedin Url", r"(http://www\.linkedin\.com/company/[a-z-]+)?"),
        ("Twitter Url", r"(https://twitter\.com/[a-z-]+)?"),
        ("Annual Revenue", r"([1-9]\d*)?"),
        ("Total Funding", r"([1-9]\d*)?"),
        ("Latest Funding Amount", r"([1-9]\d*)?"),
        ("Last Raised At", r"(20\d\d-\d\d-01)?"),
        ("Created At", r"(202[1-6]-\d\d-\d\dT\d\d:\d\d:\d\d)?"),
        ("Updated At", r"(202[1-6]-\d\d-\d\dT\d\d:\d\d:\d\d)?"),
    ],
)
def test_cells_have_the_form_of_an_export(rows: list[dict[str, str]], header: str, form: str):
    assert [row[header] for row in rows if not re.fullmatch(form, row[header])] == []
    assert any(row[header] for row in rows)


def test_nearly_all_emails_are_unique_and_all_linkedin_urls(rows: list[dict[str, str]]):
    emails = [row["Email"] for row in rows if row["Email"]]
    assert len(set(emails)) / len(emails) > 0.998
    linkedin = [row["Person Linkedin Url"] for row in rows if row["Person Linkedin Url"]]
    assert len(set(linkedin)) == len(linkedin)


def test_an_unavailable_email_is_empty_and_no_other(rows: list[dict[str, str]]):
    assert all((row["Email"] == "") == (row["Email Status"] == "Unavailable") for row in rows)


def test_titles_are_skewed_and_many(rows: list[dict[str, str]]):
    titles = Counter(row["Title"] for row in rows if row["Title"])
    ranked = [title for title, _ in titles.most_common()]
    assert set(ranked[:4]) >= {"CEO", "Founder", "Owner"}
    assert titles["CEO"] > 20 * titles[ranked[150]] > 0
    assert len(titles) > 350
    assert {"Manager, Project", "VP of Sales", "Technical Recruiter", "Demand Planner", "Assistant Sales Manager"} <= (
        titles.keys()
    )


def test_seniority_and_departments_follow_from_the_title(rows: list[dict[str, str]]):
    known = defaultdict(set)
    for row in rows:
        if row["Title"] and row["Seniority"]:
            known[row["Title"]].add((row["Seniority"], row["Departments"], row["Sub Departments"]))
    assert [title for title, pairs in known.items() if len(pairs) > 1] == []
    assert known["CEO"] == {("C suite", "C-Suite", "Executive")}
    assert 0.12 < share(rows, "Seniority", "") < 0.18


def test_companies_are_about_a_fifth_of_the_contacts_and_skewed(rows: list[dict[str, str]]):
    sizes = Counter(row["Company Linkedin Url"] for row in rows if row["Company Linkedin Url"])
    assert 0.17 < len(sizes) / len(rows) < 0.23
    largest = [size for _, size in sizes.most_common(20)]
    assert largest[0] > 5 * largest[-1]
    assert sum(size == 1 for size in sizes.values()) > len(sizes) / 4


def test_contacts_of_a_company_agree_about_it(rows: list[dict[str, str]]):
    first, last = HEADERS.index("# Employees"), HEADERS.index("NAICS Codes")
    person = {"Person Linkedin Url", "City", "State", "Country"}
    own = [header for header in HEADERS[first : last + 1] if header not in person]
    seen: dict[str, list[str]] = {}
    for row in rows:
        if row["Company Linkedin Url"]:
            cells = [row[header] for header in ["Company Name", "Corporate Phone", *own]]
            assert seen.setdefault(row["Company Linkedin Url"], cells) == cells


def test_employees_are_skewed(rows: list[dict[str, str]]):
    sizes = sorted(int(row["# Employees"]) for row in rows if row["# Employees"])
    assert sizes[0] >= 1
    assert sizes[-1] <= 200_000
    assert sizes[len(sizes) // 2] < 100
    assert sizes[len(sizes) * 9 // 10] > 500


def test_locations_are_weighted_and_coherent(rows: list[dict[str, str]]):
    assert 0.40 < share(rows, "Country", "United States") < 0.52
    assert {"Canada", "United Kingdom", "Germany", "Vietnam", "Japan", "United Arab Emirates"} <= {
        row["Country"] for row in rows
    }
    states = defaultdict(set)
    for row in rows:
        if row["Company City"]:
            states[row["Company City"], row["Company Country"]].add(row["Company State"])
    assert states["São Paulo", "Brazil"] == {"São Paulo"}
    assert states["Portland", "United States"] == {"Oregon", "Maine"}
    assert all(row["State"] and row["Country"] for row in rows if row["City"])


def test_email_statuses(rows: list[dict[str, str]]):
    assert 0.57 < share(rows, "Email Status", "Verified") < 0.63
    assert {row["Email Status"] for row in rows} == {
        value for value, _ in read_words("contacts", dict)["email_statuses"]
    }
    assert {row["Primary Email Catch-all Status"] for row in rows} == {"Catch-all", "Not Catch-all", ""}


def test_codes_are_lists_of_a_fifth_of_the_companies(rows: list[dict[str, str]]):
    assert 0.12 < 1 - share(rows, "SIC Codes", "") < 0.25
    for row in rows:
        assert re.fullmatch(r"(\d{4}(, \d{4})?)?", row["SIC Codes"])
        assert re.fullmatch(r"(\d{6}(, \d{6})?)?", row["NAICS Codes"])
        assert bool(row["SIC Codes"]) == bool(row["NAICS Codes"])


def test_a_second_email_is_of_the_same_company(rows: list[dict[str, str]]):
    pairs = [(row["Email"], row["Secondary Email"]) for row in rows if row["Secondary Email"]]
    assert 0.03 < len(pairs) / len(rows) < 0.08
    assert all(first != second and first.split("@")[1] == second.split("@")[1] for first, second in pairs)


def test_funding_is_known_for_six_in_ten(rows: list[dict[str, str]]):
    assert 0.3 < share(rows, "Latest Funding", "") < 0.5
    assert all((row["Latest Funding"] == "") == (row["Last Raised At"] == "") for row in rows)
    for row in rows:
        if row["Latest Funding Amount"]:
            assert int(row["Total Funding"]) >= int(row["Latest Funding Amount"])


def test_dates(rows: list[dict[str, str]]):
    created = Counter(row["Created At"] for row in rows)
    assert 0.005 < created.pop("") / len(rows) < 0.015
    assert sum(times for times in created.values() if times > 1) > len(rows) / 50
    assert all(row["Created At"] <= row["Updated At"] for row in rows if row["Updated At"])
    years = Counter(moment[:4] for moment in created.elements())
    assert set(years) == {"2021", "2022", "2023", "2024", "2025", "2026"}
    assert years["2025"] > years["2021"]


def test_industries_are_those_of_the_tags(rows: list[dict[str, str]]):
    names = set(json.loads((DATA / "industry_tags.json").read_text(encoding="utf-8")).values())
    listed = [name for trade in read_words("trades", dict)["trades"] for name in trade["industries"]]
    assert sorted(listed) == sorted(names)
    used = Counter(name for row in rows if row["Industry"] for name in row["Industry"].split("; "))
    assert used.keys() <= names
    assert len(used) > 130
    assert any("; " in row["Industry"] for row in rows)


def test_funding_stages_are_those_of_the_vocabulary():
    vocabulary = json.loads((DATA / "vocabularies.json").read_text(encoding="utf-8"))
    stages = set(vocabulary["funding_stage"]["organizationLatestFundingStageCd[]"].values())
    assert {stage["name"] for stage in read_words("companies", dict)["funding_stages"]} == stages


def test_departments_and_seniorities_are_those_of_the_vocabulary(rows: list[dict[str, str]]):
    vocabulary = json.loads((DATA / "vocabularies.json").read_text(encoding="utf-8"))
    tree = vocabulary["departments"]["tree"]
    for header, known in (
        ("Departments", {master.removeprefix("master_") for master in tree}),
        ("Sub Departments", {name for names in tree.values() for name in names}),
    ):
        used = {slug(name) for row in rows if row[header] for name in row[header].split(", ")}
        assert used <= known
        assert len(used) > 10
    assert all(row["Departments"] for row in rows if row["Sub Departments"])
    assert {slug(row["Seniority"]) for row in rows if row["Seniority"]} == set(vocabulary["seniority"]["values"])


def slug(name: str) -> str:
    return re.sub(r"[^a-z]+", "_", name.lower()).strip("_")


def test_keywords_are_five_to_fifteen_different_ones_and_skewed(rows: list[dict[str, str]]):
    lists = [row["Keywords"].split(", ") for row in rows if row["Keywords"]]
    assert {len(keywords) for keywords in lists} == set(range(5, 16))
    assert all(len(set(keywords)) == len(keywords) for keywords in lists)
    used = Counter(itertools.chain.from_iterable(lists))
    assert len(used) > 500
    assert {"saas", "ecommerce", "online store", "custom closets", "motorcycle dealership", "grocery", "dtc"} <= set(
        used
    )
    assert used["saas"] > 20 * used.most_common()[-20][1]


def test_technologies(rows: list[dict[str, str]]):
    used = Counter(name for row in rows for name in row["Technologies"].split(", "))
    assert {"Google Analytics", "Google Analytics 4", "Shopify", "Salesforce", "Outlook", "Hubspot"} <= set(used)
    assert used["Google Analytics"] > used["Outlook"] > used["Shopify Unlimited"] > 0


def test_websites_exercise_suffixes_subdomains_and_paths(rows: list[dict[str, str]]):
    websites = {row["Website"] for row in rows}
    for form in [r"\.com$", r"\.co\.uk$", r"\.io$", r"\.de$", r"\.com\.au$", r"//shop\.", r"\.[a-z]+/.+", r":8080$"]:
        assert any(re.search(form, website) for website in websites), form


def test_no_two_companies_have_the_same_domain(rows: list[dict[str, str]]):
    company_of = defaultdict(set)
    for row in rows:
        if row["Email"] and row["Company Linkedin Url"]:
            company_of[row["Email"].split("@")[1]].add((row["Company Name"], row["Company Linkedin Url"]))
    assert [domain for domain, companies in company_of.items() if len(companies) > 1] == []


def test_some_names_are_not_ascii(rows: list[dict[str, str]]):
    names = {row["Company Name"] for row in rows}
    assert any(name.startswith("株式会社") for name in names)
    assert any("Müller" in name for name in names)
    assert any(not row["First Name"].isascii() for row in rows)
