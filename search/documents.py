"""What is searched of a contact: one pure function of what is stored.

The indexing job calls it for every contact it loads, and for those it reads back when an index is rebuilt: since
nothing here looks beyond the contact, a new mapping version needs no original source. Which fields there are and how
each is made stands in `search.fields`.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter, itemgetter

import msgspec

from search.fields import ALL_FIELDS, CONTACT_FIELDS, SEARCH_FIELDS, SORT_FIELDS, ContactCompleteItem, empty_fields
from search.kinds import DerivedField, DerivedValue
from search.memo import Memo

COMPANY_BYTES = 8 * 1024 * 1024
"""How much JSON of companies' fields is kept for their next contacts; as Python objects it is four times that."""

_encode = msgspec.json.Encoder().encode


class _Part:
    """Some of the derived fields, as a struct of their own.

    Attributes:
        struct: the fields, with `None` or `()` as defaults, which its JSON leaves out.
    """

    def __init__(self, name: str, derived: Mapping[str, DerivedField], of: Sequence[str]) -> None:
        """`of` are the contact's fields whose values `make` is given, in that order."""
        self.struct: type[msgspec.Struct] = msgspec.defstruct(
            name,
            [(name, DerivedValue, () if field.many else None) for name, field in derived.items()],
            module=__name__,
            frozen=True,
            omit_defaults=True,
        )
        self._steps = [(field.make, itemgetter(*map(of.index, field.of))) for field in derived.values()]

    def make(self, values: tuple[object, ...]) -> msgspec.Struct:
        """The struct of a contact or company with these values."""
        return self.struct(*[make(get(values)) for make, get in self._steps])


def _of_company(field: DerivedField) -> bool:
    """Contacts of one company have the same."""
    return all(CONTACT_FIELDS[name].company for name in field.of)


_DERIVED = {name: field for name, field in SEARCH_FIELDS.items() if name != "absent"} | SORT_FIELDS
_OF_COMPANY = {name: field for name, field in _DERIVED.items() if _of_company(field)}
_OF_PERSON = {name: field for name, field in _DERIVED.items() if name not in _OF_COMPANY}
_COMPANY_VALUES = tuple(dict.fromkeys(name for field in _OF_COMPANY.values() for name in field.of))

_person = _Part("PersonFields", _OF_PERSON, ALL_FIELDS)
_company = _Part("CompanyFields", _OF_COMPANY, _COMPANY_VALUES)
_company_values = itemgetter(*map(ALL_FIELDS.index, _COMPANY_VALUES))


class DerivedFields(msgspec.Struct, frozen=True):
    """Everything that filters and orders can ask of a contact. Empty values are left out: `None` or `()`.

    Attributes:
        person: the fields that are a contact's own; the names are those of `SEARCH_FIELDS` and `SORT_FIELDS`.
        company: the fields that a contact shares with its colleagues.
        absent: the contact's empty fields. A zero is something, an empty text or list is not.
        company_json: `company` as JSON, made once for all its contacts.
    """

    person: msgspec.Struct
    company: msgspec.Struct
    absent: tuple[str, ...]
    company_json: bytes

    def json(self) -> bytes:
        """The fields of person and company as one flat JSON object."""
        person = _encode(self.person)
        if self.company_json == b"{}":
            return person
        return b"%b%b%b" % (person[:-1], b"" if person == b"{}" else b",", self.company_json[1:])


def value_of(name: str) -> Callable[[DerivedFields], DerivedValue]:
    """The function that takes one field, by its name in `SEARCH_FIELDS` or `SORT_FIELDS`, from all that is derived."""
    return attrgetter(f"{'company' if name in _OF_COMPANY else 'person'}.{name}")


def search_fields(contact: ContactCompleteItem) -> DerivedFields:
    """The derived fields of `contact`.

    It runs once for every contact of a load. What contacts share (companies, titles, places) is derived once per
    distinct value, in memories that are bounded in bytes.
    """
    values = msgspec.structs.astuple(contact)
    company, company_json = _companies[_company_values(values)]
    return DerivedFields(_person.make(values), company, empty_fields(values), company_json)


def _company_of(values: tuple[object, ...]) -> tuple[msgspec.Struct, bytes]:
    fields = _company.make(values)
    return fields, _encode(fields)


_companies = Memo(_company_of, lambda _, company: len(company[1]), COMPANY_BYTES)
