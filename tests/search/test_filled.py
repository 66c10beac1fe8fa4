from mappings.predicates import Exists, MatchAll, Not, Phrase, Range, Terms, all_of, any_of
from search.fields import ALL_FIELDS, SEARCH_FIELDS
from search.filled import fields_of, filled


def test_a_search_field_is_made_of_fields_of_the_contact():
    assert fields_of(Terms("title_key", ("ceo",))) == ("title",)
    assert fields_of(Phrase("person_location", "berlin")) == ("city", "state", "country")
    assert fields_of(Exists("email")) == ("email",)
    for name, field in SEARCH_FIELDS.items():
        assert set(fields_of(Range(name))) == set(field.of)


def test_they_are_found_in_any_combination_in_the_order_of_the_contact():
    either = any_of([Range("employees", 1), Not(all_of([Exists("website"), Terms("seniority", ("vp",))]))])
    assert fields_of(either) == ("seniority", "employees", "website")
    assert fields_of(MatchAll()) == ()
    assert set(fields_of(either)) <= set(ALL_FIELDS)


def test_any_of_them_is_enough():
    assert filled(Phrase("person_location", "berlin")) == any_of([Exists("city"), Exists("state"), Exists("country")])
    assert filled(Not(Exists("email"))) == Exists("email")
