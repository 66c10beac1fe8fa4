"""The canonical URL of a search: one text for all ways to write it, and what that text becomes by small changes.

It is made of what was read of a URL, not of the filter, so that people know their search again. What asks nothing is
left out: the page, flags of Apollo's screens, what can't be mapped, values that are empty. How a value is written is
said where it is read (`mappings.rules.Write`); here they are put together.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from urllib.parse import quote

import msgspec

from mappings.contact_filter import context_of, usable, values_of, values_read
from mappings.parameters import Parameter, by_rank, given_parameters, parameter_of
from mappings.predicates import MatchAll, Predicate
from mappings.rules import Context, last_of
from mappings.url import ApolloUrl

PEOPLE = "/people"
"""The path of Apollo's screen that searches people."""

_SCREENS = frozenset({PEOPLE, "/companies", "/contacts", "/accounts"})
_BASE = "https://app.apollo.io"
_SOME_DAY = date(2001, 1, 15)
"""What relative dates are read on, to see whether they can be; they are written as they are."""

_ALONE = Context({}, _SOME_DAY)
_KEPT = "!*'()"
"""What `encodeURIComponent` of browsers leaves beside letters, digits and `_.-~`."""

_ESCAPES = {code: quote(chr(code), safe=_KEPT) for code in range(128)}
"""The same of each ASCII character, for texts that have no other: a hundred URLs are made for an answer."""

_AT_THE_END = {mark: f"%{ord(mark):02X}" for mark in ".!')"}
"""What a sentence and its brackets may end with; of a URL in a text it would be taken off."""

_TAKEN_APART = (str.maketrans("\r\n%;|", "~~~~~"), str.maketrans("\r\n%;|,", "~~~~~~"))
"""What may make several values of one; `~` is a blank to all that reads text."""


class Canonical(msgspec.Struct, frozen=True):
    """A search in its canonical form."""

    path: str
    """Of the screen of Apollo's: `/people`, `/companies`, `/contacts` or `/accounts`."""

    parameters: tuple[tuple[str, tuple[str, ...]], ...]
    """Canonical names in the order of the catalogue, each with its canonical values, in alphabetical order."""

    @property
    def url(self) -> str:
        """The text. It is read by `mappings.url.parse` if it is no longer than that takes."""
        return _text(self.path, [_pairs(*each) for each in self.parameters])

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Names and values, a pair for each value."""
        return tuple([(name, value) for name, values in self.parameters for value in values])

    @property
    def apollo_url(self) -> ApolloUrl:
        """What parsing `url` gives, but for the texts in it that were not parsed."""
        return msgspec.structs.replace(url_of(self.pairs, self.path), text=self.url)

    def values(self, name: str) -> tuple[str, ...]:
        """The values of a parameter; none if it is not there."""
        return dict(self.parameters).get(name, ())

    def without(self, name: str, value: str | None = None) -> "Canonical":
        """The search without a parameter, or without one value of it. Its controls go with its last value."""
        kept = () if value is None else [other for other in self.values(name) if other != value]
        return self.only(name, kept)

    def only(self, name: str, values: Iterable[str]) -> "Canonical":
        """The search with these values of a parameter and no others, all in their canonical form."""
        return _put_together(self.path, dict(self.parameters) | {name: tuple(values)})

    def around(self, name: str) -> "Around":
        """What stands around a parameter, which may be new, for many URLs that differ in its values only."""
        own = by_rank(parameter_of(name))
        there = [(by_rank(parameter_of(other)), _pairs(other, values)) for other, values in self.parameters]
        return Around(
            self,
            name,
            tuple([text for rank, text in there if rank < own]),
            tuple([text for rank, text in there if rank > own]),
        )


class Around(msgspec.Struct, frozen=True):
    """A search, written but for one parameter.

    Attributes:
        before: the parameters before it, as they stand in the URL.
        after: those behind it.
    """

    search: Canonical
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]

    def url(self, values: Iterable[str]) -> str:
        """The URL of the search with these values of the parameter and no others, all in their canonical form."""
        several = sorted(set(values))
        if not several:
            # Its controls go with it.
            return self.search.without(self.name).url
        return _text(self.search.path, [*self.before, _pairs(self.name, several), *self.after])


def url_of(pairs: Iterable[tuple[str, str]], path: str = PEOPLE) -> ApolloUrl:
    """A URL of Apollo's that has these names and values, of which there is no text yet."""
    return ApolloUrl("", _BASE, path, None, tuple(pairs))


def canonical(url: ApolloUrl) -> Canonical:
    """The canonical form of what a URL asks for.

    Raises:
        InvalidParameter: a number, range or date is malformed.
        InvalidField: it has too many values.
    """
    read = values_read(given_parameters(url.pairs))
    context = context_of(read, _SOME_DAY)
    parameters = {parameter.name: tuple(_canonical_values(parameter, values, context)) for parameter, values in read}
    path = f"/{(url.hash_path or '').lstrip('/').partition('/')[0]}"
    return _put_together(path if path in _SCREENS else PEOPLE, parameters)


def value_of(parameter: Parameter, value: str, context: Context = _ALONE) -> tuple[str, ...]:
    """What stands in a canonical URL for one value as it is written: several if it holds several, none if it asks
    nothing.

    Args:
        parameter: whose value it is.
        value: as it is in the URL, percent-decoded once.
        context: the other values of the URL, without which controls ask nothing.

    Raises:
        InvalidParameter: a number, range or date is malformed.
    """
    return tuple(readings_of(parameter, value, context))


def readings_of(parameter: Parameter, value: str, context: Context) -> dict[str, Predicate | None]:
    """The same, each with what it asks. Raises the same."""
    return _canonical_values(parameter, values_of(parameter, value), context)


def _put_together(path: str, parameters: Mapping[str, tuple[str, ...]]) -> Canonical:
    """Sorted, without what is empty or is a control of nothing."""
    there = {name: tuple(sorted(set(values))) for name, values in parameters.items() if values}
    ranked = sorted(map(parameter_of, there), key=by_rank)
    stand = [parameter.name for parameter in ranked if parameter.steers is None or parameter.steers in there]
    return Canonical(path, tuple([(name, there[name]) for name in stand]))


def _canonical_values(parameter: Parameter, values: Sequence[str], context: Context) -> dict[str, Predicate | None]:
    """The values that ask something, each once, with what they ask; in alphabetical order.

    Of several that ask the same it is the first.
    """
    texts: dict[Predicate | str, tuple[str, Predicate | None]] = {}
    for value in values[-1:] if parameter.combine is last_of else values:
        asked = usable(parameter, value, context)
        if asked is None or (written := parameter.write(value)) is None:
            continue
        text = _as_one(parameter, written)
        read = asked if text == value else usable(parameter, text, context)
        if read != asked:
            text = _as_one(parameter, value)
            read = usable(parameter, text, context)
        key = text if parameter.dated or isinstance(asked, MatchAll) else asked
        if key not in texts or text < texts[key][0]:
            texts[key] = (text, read)
    return dict(sorted(texts.values(), key=itemgetter(0)))


def _as_one(parameter: Parameter, value: str) -> str:
    """A text that is read as one value: `value` itself, but for what would be taken apart in it."""
    text = value.strip()
    if values_of(parameter, text) == [text]:
        return text
    text = text.removeprefix("[").strip()
    few, all_of_them = _TAKEN_APART
    one = text.translate(few)
    return one if values_of(parameter, one) == [one] else text.translate(all_of_them)


def _text(path: str, parameters: Iterable[str]) -> str:
    """The URL with these parameters, each as `_pairs` has it."""
    pairs = "&".join(parameters)
    text = f"{_BASE}/#{path}{'?' if pairs else ''}{pairs}"
    return text[:-1] + _AT_THE_END.get(text[-1], text[-1])


def _pairs(name: str, values: Iterable[str]) -> str:
    return "&".join([f"{name}={_encoded(value)}" for value in values])


def _encoded(value: str) -> str:
    """As a browser encodes it, but for what would be taken for an escape: `=3D` is one in mails."""
    encoded = value.translate(_ESCAPES) if value.isascii() else quote(value, safe=_KEPT)
    return f"%33{encoded[1:]}" if encoded.startswith("3D") else encoded
