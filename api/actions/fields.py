"""THE table of request fields: one row each, with all that is known of a field, whichever door it comes through.

Messages and bodies hold JSON. A query string and the command line hold texts, which are turned into the same JSON
first (`api.actions.kinds`). What an action takes are the attributes of its struct in `api.actions.requests`, and each
is a row here, found by its name: the OpenAPI and AsyncAPI documents, the REST door and the commands are made from these
rows.
"""

from collections.abc import Mapping
from enum import Enum

import msgspec

from api.actions.kinds import (
    CHOSEN,
    CURSOR,
    DOMAINS,
    FLAG,
    NAME_OR_NAMES,
    NAMED,
    NAMES,
    VIEW,
    Kind,
    Schema,
    an_object,
    integer,
    several,
    several_of,
    text,
)
from api.actions.options import MOST_PARTS, MOST_PER_COMPANY, MOST_SAMPLED, MOST_URLS, Combine, Sample, Split
from mappings.facets import facet_rows
from mappings.url import LONGEST_URL

EXAMPLE_URL = "https://app.apollo.io/#/people?personTitles[]=CEO&personLocations[]=california"

OTHER_URL = "https://app.apollo.io/#/people?personSeniorities[]=founder"

URL_FORMAT = "apollo-url"
"""What `mappings.url` takes for a URL of apollo.io, also in a mail or a redirector's link: no pattern can say it."""

OUT_OF_RANGE = "a number is out of range; send one of at most 4,300 digits, below 1.8e308"
"""Of a JSON number that there is no value for, such as `1e400`, wherever it stands."""

MOST_ENTRIES = 100
"""Of one list in an answer, where a request says how many it wants; beside values of a facet that are chosen."""


class Place(Enum):
    """Where a field comes in. A message's `data` may hold any; the command line takes all but those of messages."""

    BODY = "in the body of a REST request"
    QUERY = "in the query of a REST request"
    EITHER = "in the query or the body of a REST request"
    MESSAGE = "in messages only"


class Field(msgspec.Struct, frozen=True):
    """One row.

    Attributes:
        example: a value for the documents, and for the tests of every action with the field. A field that an action
            requires needs one.
    """

    name: str
    kind: Kind
    place: Place
    description: str
    example: object = None

    def json_schema(self, *, required: bool) -> Schema:
        """Of the JSON value; null counts as absent, if it may be."""
        schema = self._described(self.kind.schema)
        if required or not self.kind.schema:
            return schema | ({} if required else {"default": None})
        forms = [form for form in (self.kind.also, schema, {"type": "null"}) if form]
        return {"anyOf": forms, "default": None}

    def query_schema(self) -> Schema:
        """Of what a query holds: there is no null, a field is there or not."""
        return self._described(self.kind.text_schema or self.kind.schema, self.kind.text_note)

    def _described(self, schema: Schema, note: str = "") -> Schema:
        examples: Schema = {} if self.example is None else {"examples": [self.example]}
        return {"description": self.description + note, **examples, **schema}


def _some(name: str) -> Schema:
    """Says that there is a list with something in it."""
    return {"required": [name], "properties": {name: {"type": "array", "minItems": 1}}}


_URL: Schema = {"format": URL_FORMAT, "maxLength": LONGEST_URL}
_URLS = several(0, MOST_URLS, **_URL)
_COMBINE = an_object(
    Combine,
    {"any": _URLS, "all": _URLS, "not": _URLS},
    **{"if": _some("any"), "else": _some("all")},
    examples=[{"any": [EXAMPLE_URL, OTHER_URL], "not": ["https://app.apollo.io/#/people?personTitles[]=CTO"]}],
)

_SAMPLE = an_object(Sample, {"size": integer(1, MOST_SAMPLED), "seed": integer()}, examples=[{"size": 500, "seed": 7}])

_NAME_PATTERN = r"^[^\u0000]*[^\s\u0000\u001c-\u001f\u0085][^\u0000]*$"
"""Of a text without NUL, with a character that is no blank, also to Python."""

_ROWS = (
    Field("url", text(**_URL), Place.BODY, "Apollo.io URL of a people search", EXAMPLE_URL),
    Field("combine", _COMBINE, Place.BODY,
          f"In place of `url` up to {MOST_URLS} of them: contacts that any of `any` finds, all of `all` find, and none "
          "of `not`; one at least in `any` or `all`"),
    Field("urls", several(2, 6, **_URL), Place.BODY, "2 to 6 Apollo.io URLs of people searches",
          [EXAMPLE_URL, "https://app.apollo.io/#/people?personTitles[]=CEO&personLocations[]=Germany"]),
    Field("parameters", NAMED, Place.BODY, "Names of Apollo's parameters with the values of each",
          {"personTitles[]": ["CEO", "CFO"], "personLocations[]": ["Berlin, Germany"]}),
    Field("include_company_name", NAME_OR_NAMES, Place.EITHER, "Parts of company names, any of them", ["Acme, Inc"]),
    Field("exclude_company_name", NAMES, Place.EITHER, "Parts of company names, any of them", ["Acme, Inc"]),
    Field("include_domain_list", DOMAINS, Place.EITHER, "Company domains, any of them", ["example.com"]),
    Field("exclude_domain_list", DOMAINS, Place.EITHER, "Company domains, any of them", ["example.com"]),
    Field("split", an_object(Split, {"part": integer(1, MOST_PARTS), "of": integer(2, MOST_PARTS)}), Place.BODY,
          "Of all contacts one `part` only, by number, `of` so many that have none in common", {"part": 1, "of": 2}),
    Field("sample", _SAMPLE, Place.BODY,
          "At most `size` of the contacts, at random: for each `seed`, any integer, the same ones, in the same order"),
    Field("per_company", integer(1, MOST_PER_COMPANY), Place.BODY,
          "Most contacts of one company, the most senior first, then the newest; by pages with the cursor alone", 2),
    Field("name", text(pattern=_NAME_PATTERN, maxLength=200), Place.BODY, "What a saved search is called by its user",
          "CEOs in California"),
    Field("rollback", FLAG, Place.BODY, "Make the load before the live one live again, in one step", True),
    Field("go_to", text(), Place.BODY, "Make the load with this name live, older or newer, in one step",
          "contacts-20260131t120000000000z"),
    Field("uuid", text(), Place.BODY, "Uuid of a contact", "398cce44-233d-5f7c-aea1-e4a6a79df10c"),
    Field("email", text(), Place.BODY, "E-mail address of a contact", "jane.doe@acme.example"),
    Field("linkedin", text(), Place.BODY, "LinkedIn profile of a contact", "https://www.linkedin.com/in/jane-doe"),
    Field("size", integer(1, MOST_ENTRIES), Place.BODY, "Most entries of each list in the answer", 10),
    Field("facets", several_of("facet", facet_rows()), Place.BODY,
          "What to count by; by default all that have few values", ["seniority"]),
    Field("contains", text(), Place.BODY,
          "Only values that have each of these words, or parts of words, in them", "market"),
    Field("special", FLAG, Place.BODY, "The values that these contacts have more often than all others do", True),
    Field("limit", integer(1), Place.QUERY, "Most to answer; without it all", 25),
    Field("offset", integer(0), Place.QUERY, "Contacts to skip", 0),
    Field("cursor", CURSOR, Place.QUERY,
          "A `next` or `previous` of an earlier answer to the same filter and order, as it came; of a link only its "
          "cursor counts"),
    Field("view", VIEW, Place.QUERY,
          "`simple` for contacts in short, `complete` for all that is stored of them; any other is `full`", "simple"),
    Field("tag", FLAG, Place.EITHER,
          "Each contact ends with `matched`: the numbers of the URLs that find it, from 0, those in `any` first"),
    Field("columns", CHOSEN, Place.QUERY,
          "In place of the view: the fields of each contact, in this order, each once", ["email", "title"]),
    Field("spreadsheet_safe", FLAG, Place.QUERY,
          "Of CSV: it begins with a byte order mark, and a text that a spreadsheet takes for a formula with "
          "an apostrophe", True),
    Field("comment", FLAG, Place.QUERY,
          "Of CSV: the first row says behind `#` what was searched for, in words; so does the name of a file", True),
    Field("ledger", FLAG, Place.EITHER, "Also say what became of each parameter and value of the URL, and why", True),
    Field("strict", FLAG, Place.EITHER, "Refuse unknown fields and parameters that can't be mapped", True),
    Field("stream", FLAG, Place.MESSAGE, "Answer in numbered partial messages: for results of any size", True),
)  # fmt: skip

FIELDS: Mapping[str, Field] = {row.name: row for row in _ROWS}
"""Name → row, in the order of the documents."""

NESTED = frozenset(name for name, row in FIELDS.items() if row.kind.nested)
"""Fields whose values are objects."""
