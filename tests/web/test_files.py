"""The files of pages: what others wrote is what it says to be, and what is served is served for ever."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import Path

import pytest

from dealt.web import Assets, Folder
from tests.web.visiting import Site

ROOT = Path(__file__).parent.parent.parent
STATIC = ROOT / "src" / "dealt" / "web" / "static"
VENDORED = tomllib.loads((STATIC / "vendor" / "VENDORED.toml").read_text("utf-8"))["file"]


@pytest.mark.parametrize("file", VENDORED, ids=[file["path"] for file in VENDORED])
def test_a_vendored_file_is_the_one_that_was_taken_in(file: dict[str, str]) -> None:
    assert hashlib.sha256((ROOT / file["path"]).read_bytes()).hexdigest() == file["sha256"]
    assert all(file[key] for key in ("package", "version", "licence", "from"))


def test_every_vendored_file_is_listed() -> None:
    listed = {ROOT / file["path"] for file in VENDORED}
    there = {*(STATIC / "vendor").rglob("*.js"), *(STATIC / "vendor").rglob("*.woff2")}
    assert {path for path in listed if path.is_relative_to(STATIC)} == there


def test_modules_import_what_is_there() -> None:
    """Whatever a module of ours names, relative to itself or through the import map, exists."""
    for module in STATIC.glob("*.js"):
        for named in re.findall(r'from "([^"]+)"|^import "([^"]+)"', module.read_text("utf-8"), re.MULTILINE):
            name = named[0] or named[1]
            if name.startswith("."):
                assert (module.parent / name).is_file(), f"{module.name} imports {name}"


async def test_a_file_is_kept_for_ever_and_comes_compressed(site: Site) -> None:
    async with site.visitor() as client:
        page = (await client.get("/sign-in/")).text
        for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
            answer = await client.get(path)
            assert answer.status_code == 200, path
            assert "immutable" in answer.headers["cache-control"]
            packed = answer.headers.get("content-encoding") == "gzip"
            assert packed or not path.endswith((".js", ".css")), path
            assert (await client.get(re.sub("/static/[0-9a-f]+/", "/static/0000/", path))).status_code == 404


async def test_a_first_page_is_light(site: Site) -> None:
    async with site.visitor(await site.session()) as client:
        page = await client.get("/me/")
        loaded = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
        size = sum([int((await client.get(path)).headers["content-length"]) for path in loaded])
        assert size < 150_000
        assert int(page.headers["content-length"]) < 40_000


def test_another_content_is_another_address(tmp_path: Path) -> None:
    (tmp_path / "look.css").write_text("a {}")
    before = Assets(Folder("web", tmp_path)).url("web/look.css")
    (tmp_path / "look.css").write_text("b {}")
    assert Assets(Folder("web", tmp_path)).url("web/look.css") != before


def test_no_style_names_a_colour_of_its_own() -> None:
    """Colours are tokens, so that light and dark stay equals; only the tokens' own file and what floats name some."""
    for sheet in sorted((ROOT / "src" / "dealt").glob("*/static/**/*.css")):
        if sheet.name not in ("10-tokens.css", "60-floating.css"):
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(", sheet.read_text("utf-8")), sheet.name


async def test_a_page_tells_ahead_what_its_modules_need(site: Site) -> None:
    async with site.visitor(await site.session()) as client:
        page = (await client.get("/board/1/")).text
        ahead = re.findall(r'<link rel="modulepreload" href="/static/[0-9a-f]+/([^"]+)">', page)
        assert {"web/ask.js", "web/places.js", "board/groups.js", "web/vendor/lit/lit-html.js"} <= set(ahead)
        assert len(ahead) == len(set(ahead))
        # What is loaded only when it is wanted is not told.
        assert "builders/filter-builder.js" not in ahead
        assert page.index("importmap") < page.index("modulepreload")
