"""Forms that are sent in parts, as cURL and others do with a list of fields."""

from __future__ import annotations

import pytest

from tests.conformance.shops import shop as shop
from tests.conformance.shops import world as world
from tests.conformance.test_protocol import whole
from tests.conformance.wire import send
from tests.publicapi.conftest import Shop


def parts(*fields: bytes, boundary: bytes = b"XyZ", end: bytes = b"--") -> bytes:
    return b"".join(b"--" + boundary + b"\r\n" + field + b"\r\n" for field in fields) + b"--" + boundary + end + b"\r\n"


def part(name: str, value: str) -> bytes:
    return f'Content-Disposition: form-data; name="{name}"\r\n\r\n{value}'.encode()


async def test_forms_in_parts_are_taken_as_curl_sends_them(shop: Shop) -> None:
    body = parts(
        part("email", "parts@example.com"), part("first_name", "Jürgen\r\nM"), part("tags[]", "a"), part("city", "")
    )
    for boundary in ("XyZ", '"XyZ"', "XyZ; charset=utf-8"):
        headers = {"Content-Type": f"Multipart/Form-Data; boundary={boundary}"}
        made = whole(await send(shop, "POST", "users/", headers=headers, body=body), 201)
        assert (made["email"], made["city"], made["tags"][0]["name"]) == ("parts@example.com", None, "a")


@pytest.mark.parametrize(
    "body",
    [
        b"{}", parts(), parts(end=b""), parts(part("email", "a"), boundary=b"other"), parts(b"nothing"),
        parts(b"Content-Disposition: form-data\r\n\r\nx"), parts(part("email", "a\x00")), parts(b"\xff: x\r\n\r\nx"),
        parts(part("email", "a")[:-1] + b"\xff"), parts(part("email[a]", "a"), part("email", "b")),
        parts(b'Content-Disposition: form-data; name="email"; filename="a.txt"\r\n\r\nx'),
    ],
)  # fmt: skip
async def test_a_broken_form_in_parts_is_refused(shop: Shop, body: bytes) -> None:
    for kind in ("multipart/form-data; boundary=XyZ", "multipart/form-data", "multipart/form-data; boundary="):
        answer = await send(shop, "PUT", "users-by-id/nobody/", headers={"Content-Type": kind}, body=body)
        assert answer.status in (400, 404)
    headers = {"Content-Type": "multipart/form-data; boundary=XyZ"}
    answer = await send(shop, "POST", "deals/", headers=headers, body=body)
    assert answer.json()["errors"].keys() <= {"body", "email", "email.a", "name"}
