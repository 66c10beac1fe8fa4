"""What is little stays as it is, and what is much becomes bytes that say the same."""

from mappings.algebra import simplified
from mappings.predicates import ContactFilter, Order, Phrase, Range, any_of
from search.duckdb.compiled import LARGE, Packed, compile_filter, predicate_of

ORDER = Order("employees", ascending=True)


def test_a_large_filter_is_packed() -> None:
    for number, kind in ((LARGE - 1, ContactFilter), (LARGE, Packed)):
        predicate = any_of([*(Phrase("keywords", f"a{at}") for at in range(number - 1)), Range("employees", 2**70)])
        compiled = compile_filter(ContactFilter(predicate, ORDER))
        assert type(compiled) is kind
        assert compiled.order == ORDER
        assert predicate_of(compiled) == simplified(predicate)
