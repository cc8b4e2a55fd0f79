"""HTML as text that is escaped unless it was made here, and the few pieces that the page of the API is made of."""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from typing import Any

from dealt.publicapi.openapi.fragments import Json


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, *children: str, **attributes: str | None) -> Html:
    """An element; ``class_`` and ``for_`` lose their last dash, others get dashes for underscores."""
    shown = "".join(
        f' {key.removesuffix("_").replace("_", "-")}="{html.escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Html(f"<{name}{shown}>{join(children)}</{name}>")


def join(children: Iterable[str]) -> Html:
    """Several pieces, each escaped unless it is Html."""
    return Html("".join(child if isinstance(child, Html) else html.escape(child, quote=False) for child in children))


def prose(text: str) -> Html:
    """A sentence or several, with what stands between backticks as code."""
    parts = text.split("`")
    return join(tag("code", part) if index % 2 else part for index, part in enumerate(parts))


def code(text: str, label: str) -> Html:
    """A block of code that scrolls, can be copied and has a name for those who cannot see where it stands."""
    return tag("pre", tag("code", text), tabindex="0", role="region", aria_label=label)


def pretty(value: Any) -> str:
    """A JSON value over several lines; a text, such as one of several lines, as it is."""
    return value.rstrip("\n") if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)


def kind(schema: Json) -> Html:
    """What a value is, in words; a named shape is a link to it."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return tag("a", name, href=f"#shape-{name}")
    if "allOf" in schema:
        return kind(schema["allOf"][0])
    if "anyOf" in schema:
        return _either([kind(choice) for choice in schema["anyOf"]])
    if "const" in schema:
        return tag("code", json.dumps(schema["const"]))
    if "enum" in schema:
        return _either([tag("code", json.dumps(value).strip('"')) for value in schema["enum"]])
    if "results" in schema.get("properties", {}):
        return join(["page of ", kind(schema["properties"]["results"]["items"])])
    types = schema.get("type", "any value")
    return _either([_plain(one, schema) for one in ([types] if isinstance(types, str) else types)])


def _plain(name: str, schema: Json) -> Html:
    if name == "array":
        return join(["list of ", kind(schema.get("items", {}))])
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    if name == "string":
        words["string"] = {"date-time": "moment", "date": "day"}.get(schema.get("format", ""), "text")
        if "maxLength" in schema:
            words["string"] += f", at most {schema['maxLength']:,} characters"
    return Html(html.escape(words.get(name, name)))


def _either(choices: list[Html]) -> Html:
    known = list(dict.fromkeys(choices))
    return Html(" or ".join([", ".join(known[:-1]), known[-1]] if len(known) > 1 else known))


def fields(schema: Json) -> Html:
    """The table of an object's properties; what is said of each is whether it is the exception to be needed or not."""
    properties: Json = schema.get("properties", {})
    needed = set(schema.get("required", ()))
    notes = (
        {name: "may be missing" for name in properties if name not in needed}
        if 2 * len(needed) > len(properties)
        else dict.fromkeys(needed, "needed")
    )
    rows = [_row(name, inner, notes.get(name, "")) for name, inner in properties.items()]
    extra = schema.get("additionalProperties")
    if extra:
        rows.append(_row("any other key", extra if isinstance(extra, dict) else {}, ""))
    return tag("table", tag("tbody", *rows))


def parameters(found: Iterable[Json]) -> Html:
    """The table of parameters of one place."""
    rows = [
        _row(one["name"], {**one["schema"], "description": one["description"]}, "needed" if one.get("required") else "")
        for one in found
    ]
    return tag("table", tag("tbody", *rows))


def _row(name: str, schema: Json, note: str) -> Html:
    said = [prose(schema["description"])] if schema.get("description") else []
    marks = [tag("span", note, class_="note")] if note else []
    head = name if name == "any other key" else tag("code", name)
    return tag(
        "tr",
        tag("th", head, *marks, scope="row"),
        tag("td", tag("span", kind(schema), class_="kind"), *said),
    )
