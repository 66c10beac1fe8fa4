"""The algebra of filters: what holds for the same contacts in its simplest form, which is what engines compile.

A filter says what was asked, as it was asked; what cursors are bound to is made of that. Engines bring it into this
form first, so that each form of a question that people can ask is met in one way.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from math import inf

import msgspec

from mappings.predicates import (
    MATCH_NONE,
    All,
    Any,
    MatchAll,
    Not,
    Phrase,
    Predicate,
    Range,
    Substring,
    Terms,
    all_of,
    any_of,
)


def simplified(predicate: Predicate) -> Predicate:
    """What holds for the same contacts in its simplest form; a simple one stays as it is.

    Combinators are flat and have two parts or more, none of them twice and none that is everybody or nobody; what
    `all_of` and `any_of` join is joined. Of the parts of one at most one is a `Not`, and no `Not` stands in a `Not`:
    `Any((Not(a), Not(b)))` is `Not(All((a, b)))`, and `All((Not(a), Not(b)))` is `Not(Any((a, b)))`. Alternative ranges
    of a field have a number between them that neither has: 1 to 10 or 11 to 50 is 1 to 50.
    """
    if isinstance(predicate, All):
        return _every([simplified(part) for part in predicate.of])
    if isinstance(predicate, Any):
        return _either([simplified(part) for part in predicate.of])
    return _negated(simplified(predicate.of)) if isinstance(predicate, Not) else predicate


def _negated(predicate: Predicate) -> Predicate:
    if isinstance(predicate, Not):
        return predicate.of
    if isinstance(predicate, MatchAll):
        return MATCH_NONE
    return MatchAll() if predicate == MATCH_NONE else Not(predicate)


def _every(parts: Iterable[Predicate]) -> Predicate:
    """All of `parts`, each of them simple."""
    whole = all_of(parts)
    if not isinstance(whole, All):
        return whole
    if MATCH_NONE in whole.of:
        return MATCH_NONE
    return _joined(whole, _either)


def _either(parts: Iterable[Predicate]) -> Predicate:
    """Any of `parts`, each of them simple."""
    whole = any_of(parts)
    whole = _spanned(whole) if isinstance(whole, Any) else whole
    return _joined(whole, _every) if isinstance(whole, Any) else whole


def _spanned(whole: Any) -> Predicate:
    """The same with one range for those of a field that have a number in common, or follow each other."""
    ranges: dict[str, list[Range]] = defaultdict(list)
    for part in whole.of:
        # What has no number may have one where bounds beyond those that are stored are brought to these.
        if isinstance(part, Range) and (part.gte is None or part.lte is None or part.gte <= part.lte):
            ranges[part.field].append(part)
    spans: dict[Predicate, Range] = {part: span for several in ranges.values() for part, span in _spans(several)}
    return any_of([spans.get(part, part) for part in whole.of]) if spans else whole


def _spans(ranges: Iterable[Range]) -> Iterator[tuple[Range, Range]]:
    """Each of several ranges of a field, and the one that it becomes part of."""
    run: list[Range] = []
    most = -inf
    for each in sorted(ranges, key=_least):
        if run and _least(each) > most + 1:
            yield from _as_one(run, most)
            run, most = [], -inf
        run.append(each)
        most = max(most, inf if each.lte is None else each.lte)
    yield from _as_one(run, most)


def _least(of: Range) -> float:
    return -inf if of.gte is None else of.gte


def _as_one(run: Sequence[Range], most: float) -> Iterator[tuple[Range, Range]]:
    span = Range(run[0].field, run[0].gte, None if most == inf else int(most))
    return ((each, span) for each in run)


def _joined(whole: All | Any, opposite: Callable[[Iterable[Predicate]], Predicate]) -> Predicate:
    """The same with one `Not` of all that its parts negate, in the place of the first of them."""
    negated = [part.of for part in whole.of if isinstance(part, Not)]
    if len(negated) < 2:
        return whole
    first = next(place for place, part in enumerate(whole.of) if isinstance(part, Not))
    parts: list[Predicate] = [part for part in whole.of if not isinstance(part, Not)]
    parts.insert(first, Not(opposite(negated)))
    return parts[0] if len(parts) == 1 else type(whole)(tuple(parts))


class Extent(msgspec.Struct, frozen=True):
    """How much a filter is.

    Attributes:
        predicates: of it and in it; some values of `Terms` are one more.
        held: bytes of memory that it and what engines make of it take, about.
    """

    predicates: int
    held: int


_VALUES = 8
"""Values of `Terms` that are as much work as a predicate of its own."""

_PREDICATE_BYTES, _VALUE_BYTES, _CHARACTER_BYTES = 200, 80, 2
"""What each takes at most, with its share in JSON, as `tracemalloc` counts it."""


def extent(predicate: Predicate) -> Extent:
    """How much a filter is: what it takes to compile and to keep it."""
    left = [predicate]
    predicates = values = characters = 0
    while left:
        part = left.pop()
        predicates += 1
        match part:
            case All(of) | Any(of):
                left += of
            case Not(of):
                left.append(of)
            case Terms(_, several):
                values += len(several)
                characters += sum(map(len, several))
            case Phrase(_, text) | Substring(_, text):
                characters += len(text)
    held = predicates * _PREDICATE_BYTES + values * _VALUE_BYTES + characters * _CHARACTER_BYTES
    return Extent(predicates + values // _VALUES, held)
