"""The contacts and companies of the shop: invented people whose addresses and numbers reach nobody."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from datetime import date, timedelta
from random import Random
from typing import Any

from dealt.demo.catalogue import Row, read_data

CONTACTS = 600
DOMAINS = ("example.com", "example.com", "example.org", "example.net")
FEMALE, MALE = 3, 2
WORKS_FOR_A_COMPANY = 0.1
UNDECOMPOSABLE = str.maketrans({"ß": "ss", "ł": "l", "Ł": "L", "ø": "o", "æ": "ae"})


def companies() -> tuple[Row, ...]:
    """The business customers: hostels, cafés, guides, with ``custom_id`` org-01 and up."""
    return tuple(
        {"custom_id": f"org-{number:02}", "email": f"{_plain(row['name'])}@example.com", **row}
        for number, row in enumerate(read_data("people")["companies"], 1)
    )


def currency_of(country: str) -> str:
    """The ISO code of the currency that the shop charges in ``country``."""
    found = (row for row in read_data("people")["countries"] if row["name"] == country)
    return str(next(found).get("currency", "EUR"))


def contacts(rng: Random) -> tuple[Row, ...]:
    """600 contacts in the shape of the API's users, custom attributes flat among the standard ones.

    ``birthday`` is an ISO date or None. ``phone_number`` is E.164 out of the ranges that a country's regulator
    keeps for films and books; None where there is no such range, or the person gave none.
    """
    countries = read_data("people")["countries"]
    employers: dict[str, list[Row]] = defaultdict(list)
    for company in companies():
        employers[company["country"]].append(company)
    taken: Counter[str] = Counter()
    homes = rng.choices(countries, [country["share"] for country in countries], k=CONTACTS)
    return tuple(
        _contact(rng, number, country, taken) | _employment(rng, employers[country["name"]])
        for number, country in enumerate(homes, 1)
    )


def _contact(rng: Random, number: int, country: Row, taken: Counter[str]) -> Row:
    gender = rng.choice((FEMALE, MALE))
    first = rng.choice(country["female" if gender == FEMALE else "male"])
    last = rng.choice(country["last"])
    return {
        "custom_id": f"cust-{number:05}",
        "email": _email(rng, first, last, taken),
        "first_name": first,
        "last_name": last,
        "gender": gender,
        "phone_number": _phone(rng, country["phones"]),
        "city": rng.choice(country["cities"]),
        "country": country["name"],
        "newsletter": rng.random() < 0.58,
        "birthday": _birthday(rng) if rng.random() < 0.7 else None,
        "preferred_store": rng.choice(country["stores"]),
    }


def _employment(rng: Random, employers: list[Row]) -> dict[str, Any]:
    if not employers or rng.random() > WORKS_FOR_A_COMPANY:
        return {}
    company = rng.choice(employers)
    return {"company_custom_id": company["custom_id"], "city": company["city"]}


def _email(rng: Random, first: str, last: str, taken: Counter[str]) -> str:
    local = f"{_plain(first)}.{_plain(last)}"
    taken[local] += 1
    return f"{local}{taken[local] if taken[local] > 1 else ''}@{rng.choice(DOMAINS)}"


def _plain(name: str) -> str:
    """The letters and digits of a name without accents, lower case."""
    flat = unicodedata.normalize("NFKD", name.translate(UNDECOMPOSABLE))
    return re.sub(r"[^a-z0-9]", "", flat.lower())


def _phone(rng: Random, patterns: list[str]) -> str | None:
    """A number from one of the patterns: ``#`` is any digit, ``@`` is 1 to 9."""
    if not patterns or rng.random() < 0.25:
        return None
    fill = {"#": "0123456789", "@": "123456789"}
    return "".join(rng.choice(fill.get(sign, sign)) for sign in rng.choice(patterns))


def _birthday(rng: Random) -> str:
    return (date(1948, 1, 1) + timedelta(days=rng.randrange(57 * 365))).isoformat()
