"""Writes the files that derive from tables in the code: `python -m docs.generate`. A test keeps them true.

They are the reference pages, and what mappings, which import nothing of ours, have to know of the field table.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from msgspec import Meta

from api.actions.views import VIEWS
from api.settings import TABLE
from docs.api_tables import filled
from docs.file_tables import filled as filled_files
from docs.readings import readings
from docs.url_forms import url_forms
from mappings.catalogue import aliases
from mappings.lists import listed
from mappings.parameters import Parameter, known_parameters
from mappings.rules import COMBINED
from mappings.vocabulary import KEYWORD_FIELDS, funding_stage_codes, seniorities
from search.fields import CONTACT_FIELDS, FORMS, SORT_NAMES, ContactCompleteItem
from search.kinds import Form

_HERE = Path(__file__).parent
_DATA = _HERE.parent / "mappings" / "data"


def pages() -> dict[Path, str]:
    """File → what it should hold."""
    return {
        _HERE / "settings.md": _settings(),
        _HERE / "api.md": filled((_HERE / "api.md").read_text()),
        _HERE / "contacts.md": _contacts(),
        _HERE / "files.md": filled_files((_HERE / "files.md").read_text()),
        _HERE / "mapping.md": _mapping(),
        _DATA / "item_fields.json": _names({field: row.apollo for field, row in CONTACT_FIELDS.items()}),
        _DATA / "sort_keys.json": _names(SORT_NAMES),
    }


def _names(table: Mapping[str, Iterable[str]]) -> str:
    """What something of ours is called by Apollo, as JSON with a line for each."""
    lines = [f" {json.dumps(name)}: {json.dumps(list(names))}" for name, names in table.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _files() -> str:
    """The variables that name the files of secrets."""
    return ", ".join(f"`{row.file_variable}`" for row in TABLE if row.file_variable)


def _settings() -> str:
    rows = [f"| `{row.variable}` | {f'`{row.default}`' if row.default else 'none'} | {row.help} |" for row in TABLE]
    return "\n".join(
        [
            "# Settings",
            "",
            "Each is an environment variable or a line of a `.env` file in the working directory; the environment",
            "wins. Commands have flags for those that change often. A value that can't be used stops the start.",
            "",
            "In `.env` a value ends at ` #`, which starts a comment (`CONTACTS_PORT=9000 # note`), unless it is in",
            "quotes (`CONTACTS_INDEX='people #1'`). A name that begins with `CONTACTS_` and is none of these, in",
            "either place, stops the start if it is nearly one (`CONTACTS_MAX_CONECTIONS`, `contacts_port`);",
            "others are warned of, and so is `CONTACT_PORT`. An empty value counts as not set. In `.env`",
            "`export` before a name is allowed.",
            "",
            "Each secret may stand in a file instead, as Docker and Kubernetes mount them. A variable with `_FILE`",
            f"behind its name says where: {_files()}. Both at once stop the start.",
            "",
            "To change `CONTACTS_JWT_SECRET` without logging everybody out, set the old one as",
            "`CONTACTS_JWT_SECRET_PREVIOUS` for 14 days, as long as refresh tokens hold. It checks tokens, signs none.",
            "`CONTACTS_JWT_KEY_FILE_PREVIOUS` is the same for a key file, of whichever algorithm.",
            "",
            "| variable | default | meaning |",
            "| --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _contacts() -> str:
    meanings = {
        field.name: next((mark.description for mark in field.type.__metadata__ if isinstance(mark, Meta)), "")
        for field in msgspec.structs.fields(ContactCompleteItem)
    }
    rows = [
        f"| `{name}` | {meanings[name]} | {'text' if FORMS[name] is Form.PHONE else FORMS[name].value} "
        f"| {_views_with(name)} | {_listed(row.headers)} | {_listed(row.apollo)} |"
        for name, row in CONTACT_FIELDS.items()
    ]
    return "\n".join(
        [
            "# Contacts",
            "",
            "The fields of a contact, in the order in which they are sent. All that are in the `view` that is asked",
            "for always are, null where nothing is known; `uuid` is never null. Without `view` it is `full`.",
            "",
            "In CSV a list has its values joined by `, `, and an object is JSON; in the complete view a list with a",
            "value that would be read otherwise from that, such as one with a comma, is JSON too.",
            "",
            "In a file that is loaded a column is a field's if its header is the field's name or one of the others,",
            "here or in [files](files.md), without regard to case, spaces, punctuation and camel humps;",
            "`--map HEADER=FIELD` says of any other header what it means. In a URL `existFields[]` takes the field's",
            "name too.",
            "",
            "| field | meaning | JSON | views | other headers | other names in `existFields[]` |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _views_with(field: str) -> str:
    return ", ".join(name for name, view in VIEWS.items() if field in view.shape.__struct_fields__)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _mapping() -> str:
    lines = [
        "# Apollo parameters",
        "",
        "Every parameter that is known, and what becomes of it: how contacts are compared with one value, and how",
        "several values of it combine; of different parameters all must be met. Words are compared without case,",
        "accents and punctuation. Other spellings of a name are the same parameter. A name that is not here is",
        "`Other`, and unmapped: `Unknown parameter (no mapping defined)`.",
        *url_forms(),
    ]
    category = ""
    for parameter in known_parameters():
        if parameter.category != category:
            category = parameter.category
            lines += [
                "",
                f"## {category}",
                "",
                "| parameter | meaning | how it is compared | several values | other words |",
                "| --- | --- | --- | --- | --- |",
            ]
        spellings = _codes(alias.name for alias in aliases() if alias.of == parameter.name)
        lines.append(f"| `{parameter.name}` | {parameter.description} | {_comparison(parameter)} | {spellings} |")
    return "\n".join([*lines, *_values(), ""])


def _values() -> list[str]:
    """The lines about what parameters with values of their own take."""
    exists = [(_code(field), _codes(row.apollo)) for field, row in CONTACT_FIELDS.items()]
    sorts = [(_code(key), _codes(names)) for key, names in SORT_NAMES.items()]
    keywords = [
        (_code(field), _codes(name for name, of in KEYWORD_FIELDS.items() if of == field))
        for field in dict.fromkeys(KEYWORD_FIELDS.values())
    ]
    return [
        *readings(),
        *_PLACES,
        *_section("Values of `sortByField`", "order", "names that are taken", sorts),
        *_section("Values of `existFields[]` and `notExistFields[]`", "field, a name itself", "Apollo's names", exists),
        *_section("Values of the `…KeywordFields[]` lists", "where is looked", "names that are taken", keywords),
        "",
        "## Values of `personSeniorities[]`",
        "",
        f"{_codes(seniorities())}; also as people and exports spell them, such as `C-Level` and `Vice President`.",
        *_section(
            "Values of `organizationLatestFundingStageCd[]`",
            "code",
            "stage, whose name is taken too",
            [(_code(code), name) for code, name in funding_stage_codes().items()],
        ),
    ]


_PLACES = (
    "",
    "## Places",
    "",
    "The parts of a place are brought to their usual names first, in filters as in contacts: `US` and `USA` become",
    "`united states`, and the code of a US state its name beside the United States (`CA, US`) or as the last of two",
    "parts (`San Francisco, CA`). Alone, a code is the country if there is one: `CA` is Canada, and `TX` is Texas.",
)


def _section(title: str, key: str, value: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    """A heading and a table of two columns."""
    lines = [f"| {first} | {second} |" for first, second in rows]
    return ["", f"## {title}", "", f"| {key} | {value} |", "| --- | --- |", *lines]


def _code(name: str) -> str:
    return f"`{name}`"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(map(_code, names))


def _comparison(parameter: Parameter) -> str:
    """Two cells: how one value is compared, and how several combine."""
    if parameter.reason is not None:
        return f"unmapped: {parameter.reason.value} |"
    held = "" if parameter.split in (None, listed) else ", also if one value holds several"
    return f"{parameter.compared} | {COMBINED[parameter.combine]}{held}"


def main() -> None:
    """Write all of them."""
    for path, text in pages().items():
        path.write_text(text)


if __name__ == "__main__":
    main()
