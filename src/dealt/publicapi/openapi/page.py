"""``/api/docs/``: the document as a page that needs nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from dealt.publicapi.openapi.fragments import Json
from dealt.publicapi.openapi.html import Html, code, fields, join, kind, parameters, pretty, prose, tag
from dealt.publicapi.openapi.page_operation import COMMON, Group, section
from dealt.publicapi.openapi.refusals import REFUSALS

SETTING = 'export DEALT=http://127.0.0.1:8000\nexport DEALT_TOKEN="your token"'


def page(document: Json, version: int, assets: Mapping[str, str]) -> str:
    """The whole page; ``assets`` are the addresses of the style sheet and the script by name."""
    chapters = grouped(document)
    head = tag(
        "head",
        Html('<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'),
        Html('<meta name="color-scheme" content="light dark">'),
        tag("title", document["info"]["title"]),
        Html(f'<link rel="stylesheet" href="{assets["docs.css"]}"><link rel="icon" href="data:,">'),
        tag("script", src=assets["docs.js"]),
    )
    main = [
        _introduction(document),
        *(_chapter(document, chapter, groups, version) for chapter, groups in chapters.items()),
        _shapes(document),
    ]
    body = tag(
        "body",
        tag("a", "Skip to the content", href="#start", class_="skip"),
        _sidebar(document, chapters, version),
        tag("main", *main, tag("p", "Nothing is called that.", id="nothing", hidden=""), id="start"),
    )
    return "<!doctype html>" + tag("html", head, body, lang="en")


def grouped(document: Json) -> dict[str, list[Group]]:
    """The operations by chapter, those that do the same together."""
    found: dict[str, dict[str, Group]] = {told["name"]: {} for told in document["tags"]}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            group = found[told["tags"][0]].setdefault(told["x-group"], Group([]))
            group.members.append((method, path, told))
    return {chapter: list(groups.values()) for chapter, groups in found.items() if groups}


def anchor(chapter: str) -> str:
    """The name by which a chapter is linked to."""
    return chapter.lower().replace(" ", "-")


def _sidebar(document: Json, chapters: Mapping[str, list[Group]], version: int) -> Html:
    versions = [
        tag("a", f"Version {one}", href=f"?version={one}", aria_current="page" if one == version else None)
        for one in (2, 1)
    ]
    find = tag(
        "label", tag("span", "Find", class_="hidden"),
        Html('<input id="find" type="search" placeholder="Find an operation" autocomplete="off" spellcheck="false">'),
    )  # fmt: skip
    lists = [
        tag("li", tag("a", chapter, href=f"#{anchor(chapter)}", class_="chapter"),
            tag("ul", *(_entry(group) for group in groups)))
        for chapter, groups in chapters.items()
    ]  # fmt: skip
    first = [("Start", "start"), ("For every request", "common"), ("Errors", "errors")]
    plain = [tag("li", tag("a", name, href=f"#{target}", class_="chapter")) for name, target in first]
    last = tag("li", tag("a", "Shapes", href="#shapes", class_="chapter"))
    contents = tag("details", tag("summary", "Contents"), tag("ul", *plain, *lists, last), id="contents", open="")
    name = tag("a", "Dealt API", href="#start", class_="name")
    theme = tag("button", "Dark", type="button", id="theme", hidden="")
    bar = tag("div", name, tag("span", *versions, class_="versions"), theme, class_="bar")
    return tag("nav", bar, find, contents, aria_label="Contents")


def _entry(group: Group) -> Html:
    link = tag("a", group.first["summary"], href=f"#{group.first['operationId']}")
    return tag("li", link, data_words=group.words)


def _introduction(document: Json) -> Html:
    address = f"/api/schema/?version={document['info']['title'][-1]}"
    start = [
        tag("h1", document["info"]["title"]),
        tag("p", prose(document["info"]["description"])),
        tag("p", prose("Every request carries `Authorization: Token <your token>`; `dealt token create` makes one.")),
        code(SETTING, "Settings of the examples"),
        tag("p", "Machines read the same at ", tag("a", address, href=address), "."),
    ]
    return join([tag("section", *start, class_="plain"), _common(document), _errors(document)])


def _common(document: Json) -> Html:
    known: dict[str, Json] = {}
    for methods in document["paths"].values():
        for told in methods.values():
            known |= {one["name"]: one for one in told.get("parameters", ()) if one["name"] in COMMON}
    found = [known[name] for name in COMMON if name in known]
    rehearsal = document["components"]["schemas"].get("Rehearsal")
    shown = [] if rehearsal is None else [
        tag("p", "With ", tag("code", "dry_run=true"), " a write is answered with a ",
            tag("a", "Rehearsal", href="#shape-Rehearsal"), "."),
    ]  # fmt: skip
    return tag("section", tag("h2", "For every request"), parameters(found), *shown, id="common", class_="plain")


def _errors(document: Json) -> Html:
    rows = [
        tag("tr", tag("th", tag("code", str(status)), scope="row"), tag("td", prose(told.description)))
        for status, told in REFUSALS.items()
    ]
    example = [tag("p", "400 says it by field, all others in one sentence.")]
    blocks = [code(pretty(REFUSALS[status].example), f"Example of {status}") for status in (400, 404)]
    table = tag("table", tag("tbody", *rows))
    return tag("section", tag("h2", "Errors"), table, *example, *blocks, id="errors", class_="plain")


def _chapter(document: Json, chapter: str, groups: list[Group], version: int) -> Html:
    said = next(told["description"] for told in document["tags"] if told["name"] == chapter)
    articles = [section(group, document, version) for group in groups]
    return tag("section", tag("h2", chapter), tag("p", prose(said)), *articles, id=anchor(chapter))


def _shapes(document: Json) -> Html:
    found = []
    for name, schema in document["components"]["schemas"].items():
        table = fields(schema) if "properties" in schema else tag("p", kind(schema))
        said = [tag("p", prose(schema["description"]))] if schema.get("description") else []
        words = f"{name} {' '.join(schema.get('properties', ()))}".lower()
        found.append(tag("article", tag("h3", name), tag("div", *said, table, class_="said"),
                         id=f"shape-{name}", data_words=words))  # fmt: skip
    return tag("section", tag("h2", "Shapes"), *found, id="shapes")
