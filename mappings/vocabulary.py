"""The enumerated values that contacts and filters share: both sides call these, so they cannot disagree.

Every function takes a value as people, exports and URLs spell it and returns the one form that is compared. A value
outside the vocabulary keeps its slug: a contact with it is still found by a filter that spells it alike. The values
are those of `data/vocabularies.json`, with Apollo's own misspellings; the aliases are the spellings of Apollo's
screens, exports and API.
"""

from functools import cache, lru_cache

import msgspec

from mappings.data_files import read_data
from mappings.text import LONGEST_TERM, words
from mappings.text import slug as slug_of

_SENIORITY_ALIASES = {
    "c_level": "c_suite",
    "clevel": "c_suite",
    "csuite": "c_suite",
    "cxo": "c_suite",
    "c_level_executive": "c_suite",
    "c_suite_executive": "c_suite",
    "vice_president": "vp",
    "v_p": "vp",
    "cofounder": "founder",
    "co_founder": "founder",
    "head_of": "head",
    "sr": "senior",
    "internship": "intern",
}

_DEPARTMENT_ALIASES = {
    "csuite": "c_suite",
    "c_level": "c_suite",
    "cxo": "c_suite",
    "engineering": "engineering_technical",
    "hr": "human_resources",
    "it": "information_technology",
    "ophthalmology": "opthalmology",
    "product_mangement": "product_management",
    "product_or_ui_ux_design": "product_ui_ux_design",
    "workforce_management": "workforce_mangement",
}

_EMAIL_STATUS_ALIASES = {
    "no_email": "unavailable",
    "extrapolated": "guessed",
}

_CATCH_ALL = frozenset({"catch_all", "catchall", "true", "t", "yes", "y", "1"})
_NOT_CATCH_ALL = frozenset(
    {"not_catch_all", "not_catchall", "non_catch_all", "non_catchall", "false", "f", "no", "n", "0"}
)

_FUNDING_STAGE_ALIASES = {
    "venture": "venture_round_not_specified",
    "venture_series_unknown": "venture_round_not_specified",
}

KEYWORD_FIELDS = {
    "name": "company_text",
    "company": "company_text",
    "tags": "keywords",
    "keywords": "keywords",
    "industries": "industries",
    "social_media_description": "company_description",
    "seo_description": "company_description",
}
"""What the keyword field lists call a field, in lower case → the search field that is looked in."""

_MASTER = "master_"


def seniority(text: str) -> str:
    """The slug of a management level: `c_suite` for `C-Level`, `C suite` and `CXO`, `vp` for `Vice President`."""
    slug = slug_of(text)
    for spelling in (slug, slug.removesuffix("_level"), slug.removesuffix("s")):
        known = _SENIORITY_ALIASES.get(spelling, spelling)
        if known in _seniorities():
            return known
    return slug


@lru_cache(maxsize=4096)
def department(text: str) -> str:
    """The slug of a department, `and` and `&` alike left out: `engineering_technical` for `Engineering & Technical`.

    Apollo misspells `workforce_mangement` and `opthalmology`; the correct spellings become those. A `master_` put
    before a department that has no such form (`master_c_suite`) is dropped.
    """
    slug = "_".join(_without_and(text))[:LONGEST_TERM]
    plain = slug.removeprefix(_MASTER)
    plain = _DEPARTMENT_ALIASES.get(plain, plain)
    if slug.startswith(_MASTER) and plain not in _departments():
        return _MASTER + plain
    return plain


def is_department(text: str) -> bool:
    """Whether a text is a department that is known, in any spelling."""
    return department(text) in _known_departments()


@lru_cache(maxsize=4096)
def departments_covered(slug: str) -> tuple[str, ...]:
    """The department slugs of contacts that a filter's department (a slug of `department`) finds.

    A department as a whole finds itself, its plain name and its subdepartments: `master_sales` finds contacts of
    `sales` (what an export writes for the whole department) and of `inside_sales`. A plain name finds only itself:
    `sales` does not find `inside_sales`.

    `product_management`, `c_suite`, `design`, `education`, `medical_health` and `consulting` are whole departments
    too, although written without `master_`. Apollo's tree has no other name for the whole, and for all but the
    first no subdepartment of that name, so that nothing narrower could be meant; Apollo covers the subdepartments.
    """
    subdepartments = _departments().get(slug)
    if subdepartments is None:
        return (slug,)
    return tuple(dict.fromkeys((slug, slug.removeprefix(_MASTER), *subdepartments)))


def email_status(text: str) -> str:
    """The slug of an e-mail status: `unavailable` for `No email`, `guessed` for what the API calls `extrapolated`."""
    slug = slug_of(text)
    return _EMAIL_STATUS_ALIASES.get(slug, slug)


def catch_all(text: str) -> str:
    """`catch_all` or `not_catch_all`, also for `true` and `no`; the slug of anything else, `""` of nothing."""
    slug = slug_of(text)
    if slug in _CATCH_ALL:
        return "catch_all"
    return "not_catch_all" if slug in _NOT_CATCH_ALL else slug


def funding_stage(text: str) -> str:
    """The slug of a funding stage's name: `series_a`, `venture_round_not_specified`; `angel` also for `Angel Round`."""
    slug = slug_of(text).removesuffix("_round")
    return _FUNDING_STAGE_ALIASES.get(slug, slug)


def funding_stage_of_code(code: str) -> str | None:
    """The same slug for a code of `organizationLatestFundingStageCd[]`: `seed` for `0`; `None` for an unknown one."""
    return _funding_stages().get(code.strip())


def code_of_funding_stage(stage: str) -> str | None:
    """The code of a stage by its slug: `0` for `seed`; `None` for one that has none."""
    return _funding_codes().get(stage)


def industry_of_tag(tag_id: str) -> str | None:
    """The name of the industry behind a tag id, e.g. `accounting`; `None` for an unknown id."""
    return _industries().get(tag_id.strip().lower())


def tag_of_industry(name: str) -> str | None:
    """The tag id of an industry by its name, in any spelling; `None` for one that is unknown."""
    named = industry_named(name)
    return _industry_tags()[named] if named else None


def industry_named(name: str) -> str | None:
    """A known industry's name in Apollo's spelling, `airlines/aviation` for `Airlines & Aviation`; else `None`."""
    return _industry_names().get(_without_and(name))


def keyword_fields(name: str) -> str | None:
    """The search field behind a name in one of the three keyword field lists; `None` for an unknown name."""
    return KEYWORD_FIELDS.get(name.strip().lower())


def item_field_of(name: str) -> str | None:
    """The item field behind a name in `existFields[]`: Apollo's index name or our own; `None` for an unknown name.

    Left unknown on purpose: `organization_id`, which contacts do not have, and `person_phone`, which is none of the
    five phone fields in particular.
    """
    return _item_fields().get(name.strip().lower())


def apollo_field_of(name: str) -> str | None:
    """Apollo's name for the same item field, our own if it has none; `None` for an unknown name."""
    field = item_field_of(name)
    return next(iter(_item_field_names()[field]), field) if field else None


def seniorities() -> tuple[str, ...]:
    """The management levels that are known, the highest first, as Apollo has them."""
    return _vocabularies().seniority.values


def departments() -> tuple[str, ...]:
    """The departments that are known, each whole one before its subdepartments."""
    return tuple(dict.fromkeys(name for whole, parts in _departments().items() for name in (whole, *parts)))


def email_statuses() -> tuple[str, ...]:
    """The e-mail statuses that are known."""
    return _vocabularies().email_status.values


def industries() -> tuple[str, ...]:
    """The names of the industries that are known, in Apollo's spelling."""
    return tuple(_industry_names().values())


def funding_stages() -> tuple[str, ...]:
    """The names of the funding stages that are known."""
    return tuple(dict.fromkeys(_vocabularies().funding_stage.codes.values()))


def seniority_rank(text: str) -> int | None:
    """The place of a management level among those that are known, 1 for the highest; `None` for any other text."""
    return _seniorities().get(seniority(text))


def funding_stage_codes() -> dict[str, str]:
    """Apollo's code of a funding stage → its name."""
    return _vocabularies().funding_stage.codes


@cache
def _seniorities() -> dict[str, int]:
    return {name: rank for rank, name in enumerate(seniorities(), 1)}


@cache
def _departments() -> dict[str, tuple[str, ...]]:
    return _vocabularies().departments.tree


@cache
def _known_departments() -> frozenset[str]:
    tree = _departments()
    return frozenset(name for whole, parts in tree.items() for name in (whole, whole.removeprefix(_MASTER), *parts))


@cache
def _funding_stages() -> dict[str, str]:
    return {code: funding_stage(name) for code, name in _vocabularies().funding_stage.codes.items()}


@cache
def _funding_codes() -> dict[str, str]:
    return {stage: code for code, stage in _funding_stages().items()}


@cache
def _industries() -> dict[str, str]:
    return read_data("industry_tags", dict[str, str])


@cache
def _industry_tags() -> dict[str, str]:
    return {name: tag for tag, name in _industries().items()}


@cache
def _industry_names() -> dict[tuple[str, ...], str]:
    return {_without_and(name): name for name in _industries().values()}


def _without_and(text: str) -> tuple[str, ...]:
    """The words, `and` left out: `&` is no word either."""
    return tuple([word for word in words(text) if word != "and"])


@cache
def _item_fields() -> dict[str, str]:
    return {name: field for field, names in _item_field_names().items() for name in (field, *names)}


@cache
def _item_field_names() -> dict[str, tuple[str, ...]]:
    """Item field → Apollo's names for it, the usual one first."""
    return read_data("item_fields", dict[str, tuple[str, ...]])


class _Values(msgspec.Struct, forbid_unknown_fields=True):
    values: tuple[str, ...]


class _Departments(msgspec.Struct, forbid_unknown_fields=True):
    tree: dict[str, tuple[str, ...]]


class _FundingStages(msgspec.Struct, forbid_unknown_fields=True):
    codes: dict[str, str] = msgspec.field(name="organizationLatestFundingStageCd[]")


class _Vocabularies(msgspec.Struct, forbid_unknown_fields=True):
    seniority: _Values
    email_status: _Values
    departments: _Departments
    funding_stage: _FundingStages


@cache
def _vocabularies() -> _Vocabularies:
    return read_data("vocabularies", _Vocabularies)
