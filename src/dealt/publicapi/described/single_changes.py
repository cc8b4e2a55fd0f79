"""What the document says of addresses that change one thing of an object: its tags and attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dealt.publicapi.described.parts import CUSTOM_VALUE, VALUE
from dealt.publicapi.openapi import Answer, Body, Operation, Parameter, flag, identifier, nullable, obj, said, text

_TAG = obj({"id": nullable(identifier()), "name": text()})
_WORN = {"id": 9, "name": "vip"}
_TAG_NAME = Body(obj({"name": text("The tag's name; an unknown one is made.", longest=255)}), {"name": "vip"})
_ATTRIBUTE = obj({"attribute": text("Its name; a standard field's name is taken, too.", longest=255)})


def single_changes(
    bases: Sequence[str], noun: str, path: Mapping[str, Parameter], *, attribute: str, value: object
) -> dict[str, Operation]:
    """The operations by path of objects called ``noun``; ``attribute`` and ``value`` are the example's."""
    what, kind = f"a {noun}", noun.title()
    one = {"attribute": attribute, "value": value}
    operations = {
        "add_tag/": Operation(
            id=f"add{kind}Tag", summary=f"Put a tag on {what}", path=path, body=_TAG_NAME,
            answers=said(obj({"created": flag("Whether the tag itself is new."), "tag": _TAG}), "It wears the tag.",
                         example={"created": True, "tag": _WORN}),
        ),
        "remove_tag/": Operation(
            id=f"remove{kind}Tag", summary=f"Take a tag off {what}", path=path, body=_TAG_NAME,
            answers=said(obj({"tag": _TAG}), "It does not wear the tag.", example={"tag": _WORN}),
        ),
        "set_attribute/": Operation(
            id=f"set{kind}Attribute", summary=f"Set one attribute of {what}", path=path,
            body=Body(obj({**_ATTRIBUTE["properties"], "value": VALUE}), one),
            answers=said(obj({"attribute": text("Its key."), "value": VALUE}), "It has this value.", example=one),
        ),
        "set_multiple_attributes/": Operation(
            id=f"set{kind}Attributes", summary=f"Set several attributes of {what}", path=path,
            body=Body(obj({}, extra=CUSTOM_VALUE), {attribute: value}),
            answers={200: Answer("They have these values. There is no body.")},
        ),
        "remove_attribute/": Operation(
            id=f"remove{kind}Attribute", summary=f"Clear one attribute of {what}", path=path,
            body=Body(_ATTRIBUTE, {"attribute": attribute}),
            answers=said(obj({"attribute": text("Its key.")}), "It has no value.", example={"attribute": attribute}),
        ),
    }  # fmt: skip
    return {f"{base}{suffix}": told for base in bases for suffix, told in operations.items()}
