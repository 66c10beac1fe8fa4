"""Predicates as sets: the rows of the naive evaluator, few reads, and few sets in hand."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.algebra import simplified
from mappings.errors import Stopped
from mappings.predicates import All, Any, Exists, MatchAll, Not, Phrase, Predicate, Range, Terms
from search.duckdb import evaluation
from search.duckdb.evaluation import Evaluation, count_each
from search.fields import ContactCompleteItem
from tests.harness.naive_sets import NaiveSets
from tests.harness.strategies import items, predicates

CONTACTS = [
    ContactCompleteItem(
        uuid=str(at),
        title=f"t{at % 5}",
        keywords=tuple(f"kw{bit} x{at % 3}" for bit in range(6) if at >> bit & 1),
        employees=at,
        city="Paris" if at % 2 else None,
    )
    for at in range(64)
]
PLACED = [
    ContactCompleteItem(uuid=str(at), title=f"word{at} word{-at}", city=f"place{at} a", state=f"placex{at // 2}")
    for at in range(0, 99, 3)
]
WORDS = [Phrase("keywords", f"kw{bit}") for bit in range(6)]
NOBODY = Phrase("keywords", "nobody")


def title(*numbers: int) -> Terms:
    return Terms("title_key", tuple(f"t{number}" for number in numbers))


def no_pause() -> None:
    """Somebody waits."""


def rows_of(sets: NaiveSets, *asked: Predicate) -> list[list[int]]:
    simple = list(map(simplified, asked))
    evaluation = Evaluation(sets, None, simple, no_pause)
    return [list(evaluation.rows(predicate)) for predicate in simple]


@settings(deadline=None)
@given(st.lists(items, max_size=12), st.lists(predicates, max_size=6), st.sampled_from((1, 300, 2**20)))
def test_rows_and_counts_are_those_of_the_naive_evaluator(
    contacts: Sequence[ContactCompleteItem], asked: list[Predicate], held: int
) -> None:
    sets = NaiveSets(contacts)
    expected = [list(sets.of(predicate)) for predicate in asked]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evaluation, "HELD_BYTES", held)
        assert rows_of(sets, *asked) == expected
        assert count_each(sets, None, list(map(simplified, asked)), no_pause) == list(map(len, expected))
    assert sets.everyone == sets.of(MatchAll())


def test_the_leaves_of_all_predicates_are_read_together_and_once() -> None:
    sets = NaiveSets(CONTACTS)
    rows_of(sets, All((Any((WORDS[0], WORDS[1])), Not(WORDS[2]))), All((WORDS[1], title(1))), Range("employees", 5))
    assert sets.read == [[WORDS[0], WORDS[1], WORDS[2], title(1)]]


def test_no_more_sets_are_in_hand_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluation, "HELD_BYTES", 2 * (256 + 8))
    sets = NaiveSets(CONTACTS)
    assert rows_of(sets, Any((title(1), *WORDS))) == [list(sets.of(Any((title(1), *WORDS))))]
    assert sets.read == [[title(1), WORDS[0]], WORDS[1:3], WORDS[3:5], WORDS[5:]]


def test_numbers_are_looked_at_last_and_among_few_rows() -> None:
    sets = NaiveSets(CONTACTS)
    asked = All((Range("employees", 5), Exists("city"), WORDS[5], title(1, 2)))
    assert rows_of(sets, asked) == [list(sets.of(asked))]
    assert sets.numbers == [len(sets.of(All((WORDS[5], title(1, 2)))))]


def test_nothing_more_is_looked_at_where_nobody_is_left() -> None:
    sets = NaiveSets(CONTACTS)
    numbers = Any((Range("employees", 5, 6), Range("total_funding", 1)))
    assert rows_of(sets, All((numbers, title(1), NOBODY))) == [[]]
    assert sets.numbers == []


def test_what_stands_twice_is_computed_once() -> None:
    sets = NaiveSets(CONTACTS)
    large = Range("employees", 30)
    both = All((title(1), large)), All((title(2), large))
    assert rows_of(sets, *both) == [list(sets.of(each)) for each in both]
    assert sets.numbers == [64]


def test_alternative_ranges_that_follow_each_other_are_one() -> None:
    sets = NaiveSets(CONTACTS)
    assert rows_of(sets, Any((Range("employees", 1, 10), Range("employees", 11, 20)))) == [list(range(1, 21))]
    assert sets.numbers == [64]


def test_many_ranges_of_a_number_are_sought_together() -> None:
    sets = NaiveSets(CONTACTS)
    few = Any(tuple(Range("employees", at, at + 1) for at in range(0, 12, 3)))
    many = Any((*(Range("employees", at, at + 1) for at in range(0, 60, 3)), title(1), Range("total_funding", 5)))
    assert rows_of(sets, few, many) == [list(sets.of(few)), list(sets.of(many))]
    assert sets.numbers == [64] * (4 + 2)


def test_a_count_that_the_dictionary_knows_reads_no_set() -> None:
    sets = NaiveSets(CONTACTS)
    assert count_each(sets, None, [title(1), Not(title(1)), MatchAll(), title(1)], no_pause) == [13, 51, 64, 13]
    assert sets.read == []


def test_it_ends_at_the_next_pause_when_nobody_waits() -> None:
    pauses = iter((None, None, Stopped()))

    def pause() -> None:
        if error := next(pauses):
            raise error

    predicate = All((title(1), WORDS[0], WORDS[1]))
    with pytest.raises(Stopped):
        Evaluation(NaiveSets(CONTACTS), None, [predicate], pause).rows(predicate)


def place(name: object) -> Phrase:
    return Phrase("person_location", f"place{name}")


def word(name: object) -> Terms:
    return Terms("title_words", (f"word{name}",))


def region(name: object) -> Predicate:
    inside = Any((place(f"{name} a"), place(f"{name} b")))
    return Any((place(name), All((inside, Not(Any((place(f"{name} c"), place(f"{name} d"))))))))


SHAPES: dict[str, Callable[[int], Predicate]] = {
    "negated alternatives": lambda at: Not(place(at)),
    "negated words": lambda at: Not(All((word(at), word(-at)))),
    "negated domains": lambda at: Not(Any((Phrase("company_text", f"{at} x"), Terms("company_domains", (f"{at}.x",))))),
    "words, some not": lambda at: All((word(at), Not(word(-at)))),
    "alternated with negated": lambda at: Any((All((word(at), word(-at))), Not(All((word(at), word(f"x{at}")))))),
    "pairs": lambda at: All((place(at), place(f"x{at // 2}"))),
    "triples": lambda at: All((place(at), place(f"x{at // 2}"), place(f"y{at // 4}"))),
    "quadruples": lambda at: All((place(at), place(f"x{at // 2}"), place(f"y{at // 4}"), place(f"z{at // 8}"))),
    "conjunctions": lambda at: All(tuple(word(at + further) for further in range(9))),
    "regions": region,
    "cities in regions": lambda at: All((region(at % 40), place(f"x{at}"))),
    "regions in regions": lambda at: All((region(at % 40), region(f"x{at}"))),
    "negated regions": lambda at: Not(All((region(at), place(f"x{at}")))),
    "negated twice": lambda at: Not(Not(All((place(at), Not(place(f"x{at}")))))),
    "negated alternatives of negated": lambda at: Not(Any((Not(place(at)), word(at)))),
    "negated conjunctions of negated": lambda at: Not(All((Not(place(at)), word(at)))),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("combinator", [All, Any])
def test_whatever_the_shape_each_leaf_is_read_once(
    shape: Callable[[int], Predicate], combinator: Callable[[tuple[Predicate, ...]], Predicate]
) -> None:
    sets = NaiveSets(PLACED)
    asked = combinator(tuple(map(shape, range(100))))
    assert rows_of(sets, asked) == [list(sets.of(asked))]
    [leaves] = sets.read
    assert len(set(leaves)) == len(leaves)
