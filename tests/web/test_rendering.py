"""Templates are compiled once and kept, and what is kept never hides a newer template."""

from __future__ import annotations

from pathlib import Path

from dealt.web.assets import Assets
from dealt.web.rendering import Templates


def test_a_template_is_kept_as_compiled_until_it_is_another(tmp_path: Path) -> None:
    folder, compiled = tmp_path / "templates", tmp_path / "kept"
    folder.mkdir()
    (folder / "hello.html").write_text("Hello {{ who }}")
    for _ in range(2):
        assert Templates(Assets(), folder, compiled=compiled).render("hello.html", who="<Ann>") == "Hello &lt;Ann&gt;"
    assert len(list(compiled.iterdir())) == 1
    (folder / "hello.html").write_text("Good day {{ who }}")
    assert Templates(Assets(), folder, compiled=compiled).render("hello.html", who="Ann") == "Good day Ann"


def test_pages_are_shown_where_nothing_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / "hello.html").write_text("Hello")
    (tmp_path / "kept").write_text("a file where a folder should be")
    assert Templates(Assets(), tmp_path, compiled=tmp_path / "kept").render("hello.html") == "Hello"
