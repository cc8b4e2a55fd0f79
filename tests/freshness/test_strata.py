from __future__ import annotations

import pytest

from dealt.freshness import check_acyclic, dependents, strata
from dealt.kernel.errors import InvalidInput
from tests.freshness.defining import expression


def test_each_definition_comes_after_those_that_it_follows_from() -> None:
    found = strata([expression(1, follows=[2, 3]), expression(2, follows=[3]), expression(3), expression(4)])
    assert [[one.id for one in level] for level in found] == [[3, 4], [2], [1]]


def test_what_a_definition_follows_from_and_is_not_there_holds_it_up_in_nothing() -> None:
    assert [[one.id for one in level] for level in strata([expression(1, follows=[9])])] == [[1]]


def test_a_circle_is_refused_by_the_names_of_its_members() -> None:
    circle = [expression(1, follows=[2]), expression(2, follows=[3]), expression(3, follows=[1]), expression(4)]
    with pytest.raises(InvalidInput) as refused:
        check_acyclic([*circle, expression(5, follows=[1])])
    sentence = 'expression "e1" -> expression "e2" -> expression "e3" -> expression "e1"'
    assert refused.value.fields == {"filter": [f"These would follow from each other without end: {sentence}."]}


def test_a_definition_that_follows_from_itself_is_refused() -> None:
    with pytest.raises(InvalidInput, match='expression "e1" -> expression "e1"'):
        check_acyclic([expression(1, follows=[1])])


def test_what_follows_from_a_change_is_found_however_far() -> None:
    known = [expression(1), expression(2, follows=[1]), expression(3, follows=[2]), expression(4)]
    assert [one.id for one in dependents(known, known[:1])] == [1, 2, 3]
