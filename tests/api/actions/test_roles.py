import pytest

from api.actions.roles import Role
from api.actions.table import ACTIONS
from mappings.errors import Forbidden


def test_each_role_may_do_what_those_before_it_may():
    order = (Role.COUNTER, Role.USER, Role.ADMIN)
    assert tuple(Role) == order
    for number, role in enumerate(order):
        for least in order[: number + 1]:
            role.require(least)
        for least in order[number + 1 :]:
            with pytest.raises(Forbidden, match=rf"^Your role is {role}; this needs {least}\."):
                role.require(least)


def test_only_a_counter_does_not_see_few():
    assert [role for role in Role if not role.sees_few] == [Role.COUNTER]


def test_what_counters_may_ask():
    assert {name for name, action in ACTIONS.items() if action.least is Role.COUNTER} == {
        "analyze",
        "count_by_filter",
        "count_contacts",
        "compare_urls",
        "build_url",
        "explain_count",
        "facet_contacts",
    }
