"""What alternatives share is taken out, however many they are, and they mean the same."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mappings.algebra import simplified
from mappings.factoring import factored
from mappings.predicates import All, Any, Phrase, Predicate, Terms
from search.fields import ContactCompleteItem
from tests.harness.naive_engine import derived, matches
from tests.harness.strategies import items, leaves

PARIS, LYON, FRANCE, ROME, ITALY = (
    Phrase("person_location", name) for name in ("paris", "lyon", "france", "rome", "italy")
)
VP, WINE = Terms("seniority", ("vp",)), Phrase("industries", "wine")


def test_what_alternatives_share_is_taken_out() -> None:
    alternatives = (All((PARIS, FRANCE)), VP, All((LYON, FRANCE)))
    assert factored(alternatives) == [All((FRANCE, Any((PARIS, LYON)))), VP]
    for nothing_shared in ((PARIS, LYON), (All((PARIS, FRANCE)), VP)):
        assert factored(nothing_shared) == nothing_shared


def test_what_most_share_goes_first_and_what_is_left_of_others_then() -> None:
    alternatives = [All((ROME, VP)), *(All((FRANCE, other)) for other in (PARIS, VP, LYON, WINE)), All((ITALY, VP))]
    of_france = All((FRANCE, Any((VP, PARIS, LYON, WINE))))
    assert factored(alternatives) == [of_france, All((VP, Any((ROME, ITALY))))]
    # Of one that is left alone nothing is taken out.
    assert factored(alternatives[:-1]) == [of_france, All((ROME, VP))]


def test_thousands_of_pairs() -> None:
    cities = [Phrase("person_location", f"city{at}") for at in range(20_000)]
    states = [Phrase("person_location", f"state{at}") for at in range(10_000)]
    pairs = [All((city, states[at // 2])) for at, city in enumerate(cities)]
    expected = [All((state, Any(tuple(cities[2 * at : 2 * at + 2])))) for at, state in enumerate(states)]
    assert factored(pairs) == expected


def test_long_alternatives_stay_as_they_are() -> None:
    words = [Terms("title_words", (f"word{at}",)) for at in range(3000)]
    chain = [All(tuple(words[: at + 5])) for at in range(50)]
    assert factored(chain) == chain
    assert factored([All(tuple(words)), All(tuple(words[1:]))]) == [All(tuple(words)), All(tuple(words[1:]))]


@settings(deadline=None)
@given(st.lists(st.one_of(leaves, st.lists(leaves, min_size=2, max_size=5).map(tuple).map(All)), max_size=6), items)
def test_factoring_keeps_the_meaning(asked: list[Predicate], item: ContactCompleteItem) -> None:
    alternatives = list(map(simplified, asked))
    fields = derived(item)
    assert matches(Any(tuple(factored(alternatives))), fields) == matches(Any(tuple(alternatives)), fields)
