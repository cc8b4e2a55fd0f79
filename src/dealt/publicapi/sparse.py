"""``?fields=id,name``: only some keys of the objects in an answer, whatever they are objects of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from dealt.kernel.errors import InvalidInput
from dealt.kernel.http import Response
from dealt.kernel.shown import shown

MOST_FIELDS = 200
_PAGE = {"count", "next", "previous", "results"}
_Object = dict[str, msgspec.Raw]
_decode = msgspec.json.Decoder(_Object | list[_Object]).decode
_decode_list = msgspec.json.Decoder(list[_Object]).decode
_encode = msgspec.json.Encoder().encode


def thin(response: Response, fields: str) -> Response:
    """The answer with nothing but the named keys of its object, of every object of its list or of its page.

    Values stay byte for byte. Raises InvalidInput for a name that none of the objects has; where there are none, any
    name will do.
    """
    if response.status != 200 or not isinstance(response.body, bytes):
        return response
    wanted = _names(fields)
    whole = _decode(response.body)
    if isinstance(whole, list):
        response.body = _encode(_thinned(whole, wanted))
    elif whole.keys() == _PAGE:
        whole["results"] = msgspec.Raw(_encode(_thinned(_decode_list(whole["results"]), wanted)))
        response.body = _encode(whole)
    else:
        response.body = _encode(_thinned([whole], wanted)[0])
    return response


def _names(fields: str) -> list[str]:
    names = list(dict.fromkeys(name.strip() for name in fields.split(",") if name.strip()))
    if not names:
        raise InvalidInput.of("fields", "Name the fields, separated by commas.")
    if len(names) > MOST_FIELDS:
        raise InvalidInput.of("fields", f"At most {MOST_FIELDS} fields can be named.")
    return names


def _thinned(objects: Sequence[_Object], wanted: Sequence[str]) -> list[_Object]:
    known: dict[str, None] = {name: None for found in objects for name in found}
    _refuse_unknown(known, [name for name in wanted if objects and name not in known])
    return [{name: found[name] for name in wanted if name in found} for found in objects]


def _refuse_unknown(known: Iterable[str], unknown: Sequence[str]) -> None:
    if unknown:
        raise InvalidInput.of(
            "fields", f"There is no field {', '.join(map(shown, unknown))}; there are {', '.join(known)}."
        )
