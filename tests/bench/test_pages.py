"""What is measured of pages: no route of theirs is forgotten."""

from __future__ import annotations

from bench.pages.examples import EXAMPLES, is_left_out

from dealt.pages import ROUTES


def test_every_page_is_visited_or_left_out_for_a_reason() -> None:
    paths = {route.path for route in ROUTES if route.methods == ("GET",)}
    forgotten = {path for path in paths if "<" in path and path not in EXAMPLES and not is_left_out(path)}
    assert forgotten == set(), "say in bench/pages/examples.py what stands for the parameters of these"
    assert set(EXAMPLES) <= paths
