"""The rules of the house that no other tool knows."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from pathlib import Path

import pytest

from dealt.publicapi.routes import ROUTES
from dealt.settings import Settings

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "dealt"
# The composition roots know every domain from inside.
COMPOSING = {"app.py", "pages.py", "work.py", "cli", "processes"}
PACKAGES = {file.parent.name for file in SOURCE.glob("*/__init__.py")}
DOMAINS = PACKAGES - COMPOSING - {"kernel", "migrations"}


def imported(file: Path) -> list[str]:
    """The modules that a file imports from."""
    tree = ast.parse(file.read_text("utf-8"))
    return [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module]


def test_a_domain_is_entered_through_its_door() -> None:
    trespassing = []
    for file in SOURCE.rglob("*.py"):
        home = file.relative_to(SOURCE).parts[0]
        if home in COMPOSING:
            continue
        for module in imported(file):
            parts = module.split(".")
            if len(parts) > 2 and parts[0] == "dealt" and parts[1] in DOMAINS and parts[1] != home:
                trespassing.append(f"{file.relative_to(SOURCE)} imports {module}")
    assert trespassing == []


def test_every_module_stands_on_a_floor_of_the_contract() -> None:
    """One that the contract does not know could import whatever it likes."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    floors = [floor for contract in project["tool"]["importlinter"]["contracts"] for floor in contract["layers"]]
    known = {module.strip().removeprefix("dealt.") for floor in floors for module in re.split("[:|]", floor)}
    modules = {file.stem for file in SOURCE.glob("*.py")} - {"__init__", "__main__"}
    assert modules | PACKAGES - {"migrations"} == known


def test_every_module_with_routes_is_in_the_route_table() -> None:
    for file in (SOURCE / "publicapi").glob("*.py"):
        module = importlib.import_module(f"dealt.publicapi.{file.stem}") if file.stem != "__init__" else None
        for route in getattr(module, "ROUTES", []):
            assert route in ROUTES, f"{file.name}: {route.path}"


def test_every_setting_is_documented() -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    for name in Settings.__dataclass_fields__:
        variable = "DATABASE_URL" if name == "database_url" else f"DEALT_{name.upper()}"
        assert f"`{variable}`" in page, variable


def test_every_page_that_a_page_points_at_is_there() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in page.read_text("utf-8").split("](")[1:]:
            link = target.split(")")[0].split("#")[0]
            if link and "://" not in link:
                assert (page.parent / link).exists(), f"{page.name} points at {link}"


@pytest.mark.parametrize(("index", "pages"), [("README.md", "*.md"), ("api/README.md", "api/*.md")])
def test_every_page_stands_in_an_index(index: str, pages: str) -> None:
    text = (ROOT / "docs" / index).read_text("utf-8")
    for page in (ROOT / "docs").glob(pages):
        link = page.relative_to((ROOT / "docs" / index).parent).as_posix()
        assert link == "README.md" or f"]({link})" in text, f"docs/{index} does not list {link}"


def test_a_decision_has_a_number_of_its_own() -> None:
    numbers = [page.name[:4] for page in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert len(numbers) == len(set(numbers)), numbers


def test_a_migration_has_the_number_that_follows_the_one_before() -> None:
    numbers = [int(file.name[:4]) for file in sorted((SOURCE / "migrations").glob("*.sql"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_domain_gives_a_look_to_what_another_one_calls_its_own() -> None:
    """All style sheets are loaded with every page: a selector that begins with a class has it for its domain alone."""
    sheets = {file.relative_to(SOURCE).parts[0]: _selectors(file) for file in sorted(SOURCE.glob("*/static/*.css"))}
    shared = {
        name for file in SOURCE.glob("web/static/look/*.css") for one in _selectors(file) for name in _classes(one)
    }
    owned = {domain: {_classes(one)[0] for one in found if one.startswith(".")} for domain, found in sheets.items()}
    used = {domain: {name for one in found for name in _classes(one)} for domain, found in sheets.items()}
    for domain, names in owned.items():
        for other in used.keys() - {domain}:
            assert not (names & used[other]) - shared, (domain, other)


def _selectors(file: Path) -> list[str]:
    text = re.sub(r"/\*.*?\*/", "", file.read_text("utf-8"), flags=re.DOTALL)
    heads = [head for head in re.findall(r"([^{}]+)\{", text) if not head.strip().startswith("@")]
    return [one.strip() for head in heads for one in re.split(r",(?![^(]*\))", head)]


def _classes(selector: str) -> list[str]:
    return re.findall(r"\.([a-z][\w-]*)", selector)
