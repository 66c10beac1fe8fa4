"""Every spelling of an enumerated value comes to the one form that contacts and filters compare."""

import json
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings import vocabulary
from search.fields import ALL_FIELDS, SEARCH_FIELDS

VOCABULARIES = json.loads(resources.files("mappings").joinpath("data", "vocabularies.json").read_text("utf-8"))
TREE: dict[str, list[str]] = VOCABULARIES["departments"]["tree"]
DEPARTMENTS = [*TREE, *(leaf for leaves in TREE.values() for leaf in leaves)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((value, value) for value in VOCABULARIES["seniority"]["values"]),
        *((text, "c_suite") for text in ("C-Level", "C suite", "CXO", "c_suite", "C-Suite", "csuite", "C Level")),
        *((text, "vp") for text in ("vice president", "VP", "v p", "V.P.", "Vice-Presidents", "VP Level")),
        ("entry level", "entry"),
        ("Entry-Level", "entry"),
        ("internship", "intern"),
        ("Interns", "intern"),
        ("Founder", "founder"),
        ("Co-Founder", "founder"),
        ("Owner", "owner"),
        ("Head", "head"),
        ("Directors", "director"),
        ("Senior Level", "senior"),
        ("Grand Wizard", "grand_wizard"),
        ("C", "c"),
        ("boss", "boss"),
        ("", ""),
    ],
)
def test_seniority(text: str, expected: str) -> None:
    assert vocabulary.seniority(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C-Suite", "c_suite"),
        ("Engineering & Technical", "engineering_technical"),
        ("Engineering and Technical", "engineering_technical"),
        ("engineering_technical", "engineering_technical"),
        ("master_engineering_technical", "master_engineering_technical"),
        ("Master Engineering & Technical", "master_engineering_technical"),
        ("Information Technology", "information_technology"),
        ("Human Resources", "human_resources"),
        ("HR", "human_resources"),
        ("Engineering", "engineering_technical"),
        ("master_engineering", "master_engineering_technical"),
        ("master_hr", "master_human_resources"),
        ("Medical & Health", "medical_health"),
        ("master_medical_health", "medical_health"),
        ("Product Management", "product_management"),
        ("product_mangement", "product_management"),
        ("master_product_management", "product_management"),
        ("master_c_suite", "c_suite"),
        ("workforce_mangement", "workforce_mangement"),
        ("Workforce Management", "workforce_mangement"),
        ("opthalmology", "opthalmology"),
        ("Ophthalmology", "opthalmology"),
        ("UI / UX", "ui_ux"),
        ("Test / Quality Assurance", "test_quality_assurance"),
        ("Mergers & Acquisitions", "mergers_acquisitions"),
        ("master_support", "master_support"),
        ("Underwater Basketry", "underwater_basketry"),
        ("", ""),
    ],
)
def test_department(text: str, expected: str) -> None:
    assert vocabulary.department(text) == expected


@pytest.mark.parametrize("slug", DEPARTMENTS)
def test_a_department_of_the_vocabulary_is_its_own_slug_and_its_display_name(slug: str) -> None:
    assert vocabulary.department(slug) == slug
    assert vocabulary.department(slug.replace("_", " ").title()) == slug
    assert vocabulary.department(slug.replace("_", " & ").upper()) == slug


def test_a_master_covers_itself_its_plain_name_and_its_subdepartments() -> None:
    covered = vocabulary.departments_covered("master_sales")
    assert covered[:2] == ("master_sales", "sales")
    assert set(covered) == {"master_sales", *TREE["master_sales"]}
    assert len(covered) == len(set(covered))


@pytest.mark.parametrize("master", list(TREE))
def test_every_master_of_the_tree_covers_its_subdepartments(master: str) -> None:
    assert set(vocabulary.departments_covered(master)) >= {master, master.removeprefix("master_"), *TREE[master]}


@pytest.mark.parametrize("plain", ["sales", "inside_sales", "engineering_technical", "consultant", "unheard_of", ""])
def test_a_plain_department_covers_only_itself(plain: str) -> None:
    assert vocabulary.departments_covered(plain) == (plain,)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Verified", "verified"),
        ("no email", "unavailable"),
        ("No Email", "unavailable"),
        ("Unavailable", "unavailable"),
        ("likely to engage", "likely_to_engage"),
        ("likely_to_engage", "likely_to_engage"),
        ("Guessed", "guessed"),
        ("extrapolated", "guessed"),
        ("User Managed", "user_managed"),
        ("New Data Available", "new_data_available"),
        ("Unverified", "unverified"),
        ("valid", "valid"),
        ("", ""),
    ],
)
def test_email_status(text: str, expected: str) -> None:
    assert vocabulary.email_status(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *((text, "catch_all") for text in ("Catch-all", "catchall", "true", "YES", "catch_all", "1")),
        *((text, "not_catch_all") for text in ("Not Catch-all", "not_catch_all", "false", "No", "0")),
        ("Unknown", "unknown"),
        ("", ""),
        (" - ", ""),
    ],
)
def test_catch_all(text: str, expected: str) -> None:
    assert vocabulary.catch_all(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Series A", "series_a"),
        ("Seed", "seed"),
        ("Seed Round", "seed"),
        ("Venture (Round not Specified)", "venture_round_not_specified"),
        ("Venture - Series Unknown", "venture_round_not_specified"),
        ("Venture Round", "venture_round_not_specified"),
        ("Pre-Seed", "pre_seed"),
        ("", ""),
    ],
)
def test_funding_stage(text: str, expected: str) -> None:
    assert vocabulary.funding_stage(text) == expected


def test_a_funding_code_means_what_its_name_means() -> None:
    codes = VOCABULARIES["funding_stage"]["organizationLatestFundingStageCd[]"]
    assert vocabulary.funding_stage_codes() == codes
    for code, name in codes.items():
        assert vocabulary.funding_stage_of_code(f" {code} ") == vocabulary.funding_stage(name)
    assert vocabulary.funding_stage_of_code("0") == "seed"
    assert vocabulary.funding_stage_of_code("16") is None
    assert vocabulary.funding_stage_of_code("") is None


def test_industry_of_tag() -> None:
    assert vocabulary.industry_of_tag("5567ce1f7369643b78570000") == "accounting"
    assert vocabulary.industry_of_tag(" 5567CE1F7369643B78570000 ") == "accounting"
    assert vocabulary.industry_of_tag("5567ce1f7369643b78570001") is None


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("name", "company_text"),
        ("company", "company_text"),
        ("tags ", "keywords"),
        ("Keywords", "keywords"),
        ("industries", "industries"),
        ("social_media_description", "company_description"),
        ("seo_description", "company_description"),
        ("nonsense", None),
        ("", None),
    ],
)
def test_keyword_fields(name: str, expected: str | None) -> None:
    assert vocabulary.keyword_fields(name) == expected
    assert expected is None or expected in SEARCH_FIELDS


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("person_title_normalized", "title"),
        ("organization_total_funding_long", "total_funding"),
        ("organization_revenue_in_thousands_int", "annual_revenue"),
        ("organization_domain", "website"),
        ("organization_linkedin_industry_tag_ids", "industry"),
        ("organization_estimated_number_employees", "employees"),
        ("person_email", "email"),
        (" Person_Email ", "email"),
        ("organization_id", None),
        ("person_phone", None),
        ("", None),
    ],
)
def test_item_field_of(name: str, expected: str | None) -> None:
    assert vocabulary.item_field_of(name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Computer Software", "computer software"),
        ("health, wellness & fitness", "health, wellness & fitness"),
        ("Health Wellness and Fitness", "health, wellness & fitness"),
        ("AIRLINES AND AVIATION", "airlines/aviation"),
        ("airlines / aviation", "airlines/aviation"),
        ("software", None),
        ("and", None),
        ("", None),
    ],
)
def test_industry_named(text: str, expected: str | None) -> None:
    assert vocabulary.industry_named(text) == expected


def test_every_industry_is_named_by_its_name() -> None:
    names = vocabulary._industries().values()
    assert all(vocabulary.industry_named(name) == name for name in names)
    assert all(vocabulary.industry_named(name.upper().replace("&", "and")) == name for name in names)


def test_item_fields_are_those_of_the_field_table() -> None:
    assert tuple(dict.fromkeys(vocabulary._item_fields().values())) == ALL_FIELDS
    assert all(vocabulary.item_field_of(field) == field for field in ALL_FIELDS)


@given(st.one_of(st.text(), st.sampled_from(DEPARTMENTS), st.text("c_ SUITElevel-master&and", max_size=20)))
def test_canonical_forms_are_canonical(text: str) -> None:
    for canonical in (
        vocabulary.seniority,
        vocabulary.department,
        vocabulary.email_status,
        vocabulary.catch_all,
        vocabulary.funding_stage,
    ):
        once = canonical(text)
        assert canonical(once) == once
        assert canonical(f"  {text.upper()} ") == canonical(text.upper())
