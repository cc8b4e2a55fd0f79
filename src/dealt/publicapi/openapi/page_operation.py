"""One operation on the page of the API, together with those that do the same by another address or method."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from dealt.publicapi.openapi.fragments import Json
from dealt.publicapi.openapi.html import Html, code, fields, join, kind, parameters, pretty, prose, tag

COMMON = ("page", "page_size", "limit", "cursor", "fields", "dry_run", "Idempotency-Key")
"""Parameters that are explained once for all operations."""


@dataclass(frozen=True, slots=True)
class Group:
    """Operations that do the same: the first is shown, the addresses of all are listed."""

    members: list[tuple[str, str, Json]]
    """Method, path and operation."""

    @property
    def first(self) -> Json:
        """The operation that speaks for all."""
        return next((op for method, _, op in self.members if method in ("get", "patch", "post")), self.members[0][2])

    @property
    def method(self) -> str:
        """The method of the first, in capitals."""
        return next(method for method, _, op in self.members if op is self.first).upper()

    @property
    def path(self) -> str:
        """The path of the first."""
        return next(path for _, path, op in self.members if op is self.first)

    @property
    def words(self) -> str:
        """Everything that it is found by."""
        named = [f"{method} {path} {op['operationId']}" for method, path, op in self.members]
        return " ".join([self.first["summary"], self.first["description"], *named]).lower()


def section(group: Group, document: Json, version: int) -> Html:
    """What it is, what it takes and answers, and an example of both."""
    told = group.first
    marks = [tag("span", "legacy", class_="note")] if told.get("deprecated") else []
    anchors = [tag("span", id=op["operationId"]) for _, _, op in group.members if op is not told]
    takes = join([*_parameters(told), *_body(told, document)])
    return tag(
        "article",
        *anchors,
        tag("h3", tag("a", told["summary"], href=f"#{told['operationId']}"), *marks),
        tag("div", _addresses(group), tag("p", prose(told["description"])) if told["description"] else "", takes,
            _answers(told), class_="said"),
        tag("div", code(curl(group, version), "Example request"), _example(told), class_="shown"),
        id=told["operationId"], data_words=group.words,
    )  # fmt: skip


def curl(group: Group, version: int) -> str:
    """The example request as a command for a shell where ``DEALT`` and ``DEALT_TOKEN`` are set."""
    told, path, query = group.first, group.path, {}
    for one in told.get("parameters", ()):
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", quote(str(one["example"]), safe="@"))
        elif one["in"] == "query" and "example" in one and one["name"] not in COMMON:
            query[one["name"]] = one["example"]
    address = f"$DEALT{_server(told) or '/api/public'}{path}" + (f"?{urlencode(query)}" if query else "")
    parts = ["curl" if group.method == "GET" else f"curl -X {group.method}", f'"{address}"']
    parts.append('-H "Authorization: Token $DEALT_TOKEN"')
    if version == 2:
        parts.append('-H "Accept: application/json; version=2"')
    parts += [f'-H "{one["name"]}: {one["example"]}"' for one in told.get("parameters", ()) if _is_head(one)]
    for media, content in told.get("requestBody", {}).get("content", {}).items():
        parts += [f'-H "Content-Type: {media}"', f"--data-binary {shlex.quote(pretty(content['example']))}"]
    return " \\\n  ".join([" ".join(parts[:2]), *parts[2:]])


def _server(told: Json) -> str:
    """Where its path is, if not where nearly all are."""
    return next((str(server["url"]) for server in told.get("servers", ())), "")


def _is_head(parameter: Json) -> bool:
    return bool(parameter["in"] == "header" and "example" in parameter)


def _addresses(group: Group) -> Html:
    by_path: dict[str, list[str]] = {}
    for method, path, told in group.members:
        by_path.setdefault(f"{_server(told)}{path}", []).append(method.upper())
    lines = [
        tag("li", tag("span", " ".join(methods), class_="method"), " ", tag("code", path))
        for path, methods in by_path.items()
    ]
    return tag("ul", *lines, class_="addresses")


def _parameters(told: Json) -> list[Html]:
    found = told.get("parameters", [])
    own = [one for one in found if one["name"] not in COMMON and one["in"] != "path" and "x-lookups" not in one]
    path = [one for one in found if one["in"] == "path"]
    shown = [tag("h4", "Arguments"), parameters([*path, *own])] if path or own else []
    shown += _narrowed([one for one in found if "x-lookups" in one])
    also = [tag("code", one["name"]) for one in found if one["name"] in COMMON]
    if also:
        listed = join(part for one in also for part in (one, ", "))[: -len(", ")]
        shown.append(tag("p", tag("a", "Also", href="#common"), " ", Html(listed), class_="small"))
    return shown


def _narrowed(found: list[Json]) -> list[Html]:
    """The fields that a list is narrowed by, those with the same look-ups together."""
    if not found:
        return []
    alike: dict[tuple[str, ...], list[str]] = {}
    for one in found:
        alike.setdefault(tuple(one["x-lookups"]), []).append(one["name"])
    shown = [tag("h4", "Narrowed by")]
    for lookups, names in alike.items():
        listed = Html(", ".join(tag("code", name) for name in names))
        ways = Html(", ".join(tag("code", f"__{lookup}") for lookup in lookups if lookup != "exact"))
        shown += [tag("p", listed), tag("p", "Also with ", ways, ".", class_="small")]
    return shown


def _body(told: Json, document: Json) -> list[Html]:
    shown = []
    for media, content in told.get("requestBody", {}).get("content", {}).items():
        schema = content["schema"]
        name = [kind(schema)] if "$ref" in schema else [] if "properties" in schema else [kind(schema)]
        stream = [" as ", tag("code", media)] if media != "application/json" else []
        shown.append(tag("h4", "Body", *([" ", tag("span", *name, *stream, class_="note")] if name else [])))
        whole = resolve(schema, document)
        if whole.get("properties"):
            count = len(whole["properties"])
            table = fields(whole)
            shown.append(table if count <= 6 else tag("details", tag("summary", f"{count} fields"), table))
    return shown


def _answers(told: Json) -> Html:
    rows, refusals = [], []
    for status, answer in told["responses"].items():
        if "$ref" in answer:
            refusals.append(status)
            continue
        content = next(iter(answer.get("content", {}).values()), None)
        what = [tag("span", kind(_without_rehearsal(content["schema"])), class_="kind")] if content else []
        rows.append(
            tag("tr", tag("th", tag("code", status), scope="row"), tag("td", *what, prose(answer["description"])))
        )
    refused = tag("p", tag("a", "Refuses", href="#errors"), f" with {', '.join(refusals)}", class_="small")
    return join([tag("h4", "Answers"), tag("table", tag("tbody", *rows), class_="answers"), refused])


def _without_rehearsal(schema: Json) -> Json:
    """A rehearsal is explained once for all."""
    choices: Sequence[Json] = schema.get("anyOf", ())
    others = [choice for choice in choices if not str(choice.get("$ref", "")).endswith("/Rehearsal")]
    return schema if not choices or not others else others[0] if len(others) == 1 else {"anyOf": others}


def _example(told: Json) -> Html:
    for status, answer in sorted(told["responses"].items(), reverse=True):
        for content in answer.get("content", {}).values():
            if int(status) < 300 and not _is_rehearsal(content.get("example")):
                return join([tag("p", status, class_="small"), code(pretty(content["example"]), "Example answer")])
    return Html("")


def _is_rehearsal(example: Any) -> bool:
    return isinstance(example, dict) and "dry_run" in example


def resolve(schema: Json, document: Json) -> Json:
    """The schema that a reference leads to, or the schema itself."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Json = document["components"]["schemas"][name] if name else schema
    return found
