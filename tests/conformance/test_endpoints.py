"""Every address that documents or public clients name is there, with every method that they use at it."""

from __future__ import annotations

import pytest

from tests.publicapi.conftest import Shop

# "<id>" stands for a number; "users-by-id" and the like take the client's own id.
_OF_A_USER = {
    "": "GET PUT PATCH DELETE",
    "set_attribute/": "POST",
    "set_multiple_attributes/": "POST",
    "remove_attribute/": "POST DELETE",
    "add_tag/": "POST",
    "add_many_tags/": "POST",
    "remove_tag/": "POST DELETE",
    "add_to_list/": "POST",
    "remove_from_list/": "POST DELETE",
    "events/": "GET POST",
    "product_events/": "GET",
    "emails/": "GET",
    "ping_hits/": "GET",
    "timeline/": "GET",
    "segments/": "GET",
}
_OF_A_COMPANY = {
    "": "GET PUT PATCH DELETE",
    "add_member/": "POST",
    "remove_member/": "POST DELETE",
    "add_tag/": "POST",
    "remove_tag/": "POST DELETE",
    "set_attribute/": "POST",
    "set_multiple_attributes/": "POST",
}
ENDPOINTS = {
    "users/": "GET POST",
    "users/search/": "GET",
    "users/update_or_create/": "POST",
    "users/merge/": "POST",
    "users/mass_update_standard_attributes/": "PUT",
    "users/mass_update_custom_attributes/": "PUT",
    "users-by-id/search/": "GET",
    **{f"{base}{rest}": methods for base in ("users/7/", "users-by-id/a@b/") for rest, methods in _OF_A_USER.items()},
    "companies/": "GET POST",
    **{
        f"{base}{rest}": methods
        for base in ("companies/7/", "companies-by-id/a@b/")
        for rest, methods in _OF_A_COMPANY.items()
    },
    "lists/": "GET POST",
    "lists/7/": "GET PUT DELETE",
    "tags/": "GET POST",
    "tags/7/": "GET PUT DELETE",
    "tags/7/users/": "GET",
    "tags/7/companies/": "GET",
    "attributes/": "GET POST",
    "attributes/7/": "GET DELETE",
    "attribute-type/size/users/": "GET",
    "attribute-type/size/companies/": "GET",
    "segments/": "GET",
    "segments/7/users/": "GET",
    "events/": "POST",
    "site-views/": "POST",
    "products/": "POST",
    "products/7/product_event/": "POST",
    "products-by-id/a@b/product_event/": "POST",
    "products-by-id/a@b/details/": "GET",
    "activities/": "POST",
    "emails/": "GET",
    "deals/": "GET POST",
    "deals/update_or_create/": "POST",
    "deals/7/": "GET PUT PATCH",
    "deals-by-id/": "POST",
    "deals-by-id/a@b/": "GET PUT",
    "/api/sdk/v1/ping/": "POST",
    "/api/sdk/v1/event/": "POST",
    "/api/sdk/v1/screen_event/": "POST",
    "/api/sdk/v1/product_event/": "POST",
    "/api/sdk/v1/delete-fcm-token/": "POST",
    **{
        f"/api/sdk/v1/{kind}/7/{action}/": "POST"
        for kind in ("push-notification", "in-app-message")
        for action in ("displayed", "clicked", "dismissed")
    },
}
NOT_YET = ("emails/send/", "predictions/predict-for-user/", "predictions/predict/")
"""Documented, and part of what is not here yet: messages and recommendations."""


async def test_every_named_address_takes_every_named_method(shop: Shop) -> None:
    root = shop.url.removesuffix("/api/public/")
    missing = {}
    for path, methods in ENDPOINTS.items():
        answer = await shop.client.options(root + path if path.startswith("/") else path)
        allowed = set(answer.headers.get("Allow", "").split(", "))
        if wanted := {*methods.split()} - allowed:
            missing[path] = wanted
    assert missing == {}


@pytest.mark.parametrize("path", NOT_YET)
async def test_what_is_not_here_yet_is_not_found(shop: Shop, path: str) -> None:
    answer = await shop.client.post(path, json={})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
