"""Readers of free text: words and phrases in any value or in one, alternatives, domains among them, keywords.

Each is a `mappings.rules.ValueReader`, or makes one for a search field, as those of `mappings.readers` are.
"""

from collections.abc import Sequence
from functools import lru_cache

from mappings.lists import separated
from mappings.predicates import MatchAll, Not, Phrase, Predicate, Terms, all_of, any_of
from mappings.rules import Context, Reading, Reason, ValueReader, as_in, compared, steering
from mappings.text import LONGEST_TEXT, normalise, words
from mappings.vocabulary import keyword_fields
from mappings.web import domain_in

_DEFAULT_KEYWORD_FIELDS = ("company_text", "keywords", "industries")
_SEARCHED_TERMS = ("person_name", "title_words", "search_words")
_SEARCHED_PHRASES = ("company_text", "industries", "keywords", "person_location")
_OR = " OR "
_IN_EVERY_FIELD = len(_SEARCHED_TERMS) + len(_SEARCHED_PHRASES)
_KEYWORD_FIELDS = 4
"""Fields that keywords can be looked for in."""

MOST_WORDS = 100
"""Words that all have to be there. Whoever pasted more than that wanted something else than these contacts."""

_CUT = f"only its first {MOST_WORDS} words are searched"
_AROUND_DOMAIN = "\"'`“”‘’«»<>()[]{},;.!?"
"""What may stand around a domain in a sentence."""


def phrase(field: str) -> ValueReader:
    """Consecutive whole words in one value of `field`."""

    @compared("the whole phrase")
    def read(value: str, _context: Context) -> Predicate | None:
        normalised = normalise(value)
        return Phrase(field, normalised) if normalised else None

    return read


@compared("the whole phrase", separated)
def technology(value: str, _context: Context) -> Predicate | Reading | None:
    """A technology by its uid, which is a phrase in the names of those that contacts have."""
    normalised = normalise(value)
    if not normalised:
        return None
    note = "a technology is found by its words, among others: longer names have them too"
    return Reading(Phrase("technologies", normalised), note, approximate=True)


def all_words(field: str) -> ValueReader:
    """All the words, in any order and place of `field`."""

    @compared("all the words in any order, among others")
    def read(value: str, _context: Context) -> Predicate | Reading | None:
        asked = words(value)
        if not asked:
            return None
        predicate = all_of(Terms(field, (word,)) for word in asked[:MOST_WORDS])
        return predicate if len(asked) <= MOST_WORDS else Reading(predicate, _CUT, approximate=True)

    return read


def _several(value: str) -> int:
    """The weight of words between which ` OR ` may stand."""
    return 1 + len(value) // 2


def _alternatives(value: str) -> str | None:
    """Each as it is given; in lower case if they would be told apart in another way then: of ` OR\t` is left ` OR`."""
    either = [part for part in map(str.strip, value.split(_OR)) if normalise(part)]
    text = _OR.join(either)
    if list(map(str.strip, text.split(_OR))) != either:
        text = _OR.join(map(str.lower, either))
    return text or None


def alternatives(reader: ValueReader) -> ValueReader:
    """Free text in which ` OR ` separates alternatives and a leading `-` negates one: `consulting OR -staffing`."""
    read_one = reader.read

    @compared(
        f"{reader.compared}; `OR` separates alternatives, a leading `-` negates one",
        weigh=_several,
        write=_alternatives,
    )
    def read(value: str, context: Context) -> Predicate | Reading | None:
        either: list[Predicate] = []
        notes: list[Reading] = []
        for part in map(str.strip, value.split(_OR)):
            one = read_one(part.removeprefix("-"), context)
            if isinstance(one, Reading):
                notes.append(one)
                one = one.predicate
            if isinstance(one, Predicate):
                either.append(Not(one) if part.startswith("-") else one)
        return _noted(any_of(either), notes) if either else None

    return read


def _noted(predicate: Predicate, notes: Sequence[Reading]) -> Predicate | Reading:
    """What is made of the readings of several parts of a value, all approximate: each kind of note is said once."""
    if not notes:
        return predicate
    read_as = ", ".join(dict.fromkeys(note.read_as for note in notes if note.read_as))
    said = "; ".join(dict.fromkeys(note.note for note in notes))
    return Reading(predicate, said, read_as or None, approximate=True)


def or_domain(reader: ValueReader) -> ValueReader:
    """Free text that may be a domain or a web address: then the contacts of that company are found too."""
    read_text = reader.read

    @compared(f"{reader.compared}; a domain or web address also finds the company by its domain")
    def read(value: str, context: Context) -> Predicate | Reading | Reason | None:
        asked = read_text(value, context)
        host = domain_in(value.strip(_AROUND_DOMAIN))
        if not host or not isinstance(asked, Predicate):
            return asked
        note = "a domain, so the contacts of its company are found too"
        return Reading(any_of([asked, Terms("company_domains", (host,))]), note, host, approximate=True)

    return read


@compared("each anywhere in name, title, company, e-mail, industries, keywords or place")
def _words_anywhere(value: str, _context: Context) -> Predicate | None:
    asked = words(value)
    return all_of([_anywhere(word) for word in asked]) if asked else None


_word_or_domain = or_domain(_words_anywhere)


def _words_weight(value: str) -> int:
    """The weight of words that are looked for in every field."""
    return _IN_EVERY_FIELD * min(1 + len(value) // 4, MOST_WORDS)


@compared(
    f"all the words, at most {MOST_WORDS}, {_word_or_domain.compared}",
    split=None,
    weigh=_words_weight,
)
def anywhere(value: str, context: Context) -> Predicate | Reading | None:
    """All the words, each in any of the fields that free text searches; a domain among them is one of them."""
    every: list[Predicate] = []
    notes: list[Reading] = []
    asked, cut = _first_words(value)
    for part in asked:
        one = _word_or_domain.read(part, context)
        if isinstance(one, Reading):
            notes.append(one)
            one = one.predicate
        if isinstance(one, Predicate):
            every.append(one)
    if cut:
        notes.append(Reading(None, _CUT, approximate=True))
    return _noted(all_of(every), notes) if every else None


def _first_words(value: str) -> tuple[list[str], bool]:
    """The parts of a text between blanks, no more of them than have `MOST_WORDS` words, and whether it had more."""
    parts: list[str] = []
    left = MOST_WORDS
    for part in value[:LONGEST_TEXT].split():
        several = words(part)
        if len(several) > left:
            return [*parts, *several[:left]], True
        parts.append(part)
        left -= len(several)
    return parts, len(value) > LONGEST_TEXT


def _anywhere(word: str) -> Predicate:
    terms = [Terms(field, (word,)) for field in _SEARCHED_TERMS]
    return any_of([*terms, *(Phrase(field, word) for field in _SEARCHED_PHRASES)])


def _keywords_weight(value: str) -> int:
    """The weight of a keyword, or of a list of them."""
    return _KEYWORD_FIELDS * (1 + value.count("\n") + value.count("\r") + value.count(","))


def keyword(fields_parameter: str) -> ValueReader:
    """A phrase in any one of the fields that `fields_parameter` names, by default all three."""

    @compared(
        f"the whole phrase, in a field of `{fields_parameter}`, by default company name, keywords or industries",
        weigh=_keywords_weight,
    )
    def read(value: str, context: Context) -> Predicate | None:
        normalised = normalise(value)
        if not normalised:
            return None
        return any_of(Phrase(field, normalised) for field in _search_fields(context.of(fields_parameter)))

    return read


def keyword_field(keywords_parameter: str) -> ValueReader:
    """The name of a field that the keywords of another parameter are looked for in. Without keywords, pointless."""

    @as_in("keywords")
    @steering(
        keywords_parameter,
        f"where `{keywords_parameter}` looks, and is unmapped without it",
        separated,
        write=lambda value: value.strip().lower() or None,
    )
    def read(value: str, context: Context) -> Predicate | Reason | None:
        if not _any_words(context.of(keywords_parameter)):
            return Reason.FIELD_CONTROL
        if not value.strip():
            return None
        return MatchAll() if keyword_fields(value) else Reason.NO_FIELD

    return read


# Asked once for every value of a list, about the whole of another list: without a memory that is quadratic.


@lru_cache(maxsize=64)
def _search_fields(names: tuple[str, ...]) -> tuple[str, ...]:
    known = dict.fromkeys(field for name in names if (field := keyword_fields(name)))
    return tuple(known) or _DEFAULT_KEYWORD_FIELDS


@lru_cache(maxsize=64)
def _any_words(values: tuple[str, ...]) -> bool:
    return any(map(normalise, values))
