"""dealt.demo.people: contacts and companies that reach nobody real."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from dealt.demo import Shop

RESERVED = re.compile(
    r"\+49(3023125|6990009|8999998)\d{3}|\+4917139200\d{2}|\+33(63998|19900|46571)\d{4}|\+3532091\d{5}"
    r"|\+467017406[1-9]\d|\+447700900\d{3}|\+1\d{3}55501\d{2}"
)


def test_there_are_six_hundred_contacts_and_twenty_five_companies(fernhill: Shop) -> None:
    assert len(fernhill.contacts) == 600
    assert len(fernhill.companies) == 25


def test_every_email_is_its_own_and_at_an_example_domain(fernhill: Shop) -> None:
    emails = [row["email"] for row in (*fernhill.contacts, *fernhill.companies)]
    assert len(set(emails)) == len(emails)
    assert all(re.fullmatch(r"[a-z0-9.]+@example\.(com|org|net)", email) for email in emails)


def test_phone_numbers_are_those_kept_for_fiction(fernhill: Shop) -> None:
    numbers = [contact["phone_number"] for contact in fernhill.contacts if contact["phone_number"]]
    assert len(numbers) > 150
    assert [number for number in numbers if not RESERVED.fullmatch(number)] == []


def test_contacts_have_typed_custom_attributes(fernhill: Shop) -> None:
    for contact in fernhill.contacts:
        assert isinstance(contact["newsletter"], bool)
        assert isinstance(contact["loyalty_points"], float)
        assert contact["preferred_store"]
        if contact["birthday"]:
            assert 1948 <= date.fromisoformat(contact["birthday"]).year <= 2005


def test_names_fit_the_api(fernhill: Shop) -> None:
    for contact in fernhill.contacts:
        assert 0 < len(contact["first_name"]) <= 40
        assert 0 < len(contact["last_name"]) <= 40
        assert contact["gender"] in (2, 3)


def test_contacts_live_in_many_countries(fernhill: Shop) -> None:
    countries = Counter(contact["country"] for contact in fernhill.contacts)
    assert len(countries) >= 10
    assert countries.most_common(1)[0][1] < 200


def test_who_works_for_a_company_lives_in_its_country(fernhill: Shop) -> None:
    companies = {company["custom_id"]: company for company in fernhill.companies}
    employed = [contact for contact in fernhill.contacts if "company_custom_id" in contact]
    assert 25 <= len(employed) <= 100
    for contact in employed:
        assert companies[contact["company_custom_id"]]["country"] == contact["country"]
