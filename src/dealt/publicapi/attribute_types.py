"""What type an attribute of users or companies has, by its standard name."""

from __future__ import annotations

from dealt.attributes import ATTRIBUTES, name_std
from dealt.kernel.errors import NotFound
from dealt.kernel.http import Response, Route
from dealt.publicapi.call import Call, answer


async def type_for_users(call: Call) -> Response:
    """``GET /attribute-type/<name_std>/users/``: ``{"value_type": ...}``."""
    return await _answer_type(call, "contact")


async def type_for_companies(call: Call) -> Response:
    """``GET /attribute-type/<name_std>/companies/``: ``{"value_type": ...}``."""
    return await _answer_type(call, "company")


async def _answer_type(call: Call, domain: str) -> Response:
    known = (await call.snapshot()).part(ATTRIBUTES).of(domain)
    attribute = known.get(name_std(call.text("name_std")))
    if attribute is None:
        raise NotFound
    return answer({"value_type": attribute.value_type})


ROUTES: list[Route[Call]] = [
    Route(("GET",), "/attribute-type/<name_std>/users/", type_for_users, "read"),
    Route(("GET",), "/attribute-type/<name_std>/companies/", type_for_companies, "read"),
]
