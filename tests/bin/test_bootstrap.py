"""The scripts of bin/, run in copies of the checkout whose lock files are empty, so that nothing is fetched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

BIN = Path(__file__).resolve().parents[2] / "bin"
SYSTEM_PYTHON = "/usr/bin/python3"
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups") if os.geteuid() == 0 else ()
SHOW = "import sys; print('dealt', *sys.argv[1:]); print(sys.prefix)"


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every user can reach."""
    made = Path(tempfile.mkdtemp(prefix="dealt-bin-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def copy(target: Path) -> Path:
    """A checkout with the real scripts and a program that shows how it was started."""
    shutil.copytree(BIN, target / "bin", ignore=shutil.ignore_patterns("__pycache__"))
    (target / "src" / "dealt").mkdir(parents=True)
    (target / "src" / "dealt" / "__init__.py").touch()
    (target / "src" / "dealt" / "__main__.py").write_text(SHOW)
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (target / lock).write_text("# nothing\n")
    return target


@pytest.fixture
def checkout(folder: Path) -> Path:
    return copy(folder / "a checkout with spaces")


def start(
    checkout: Path,
    script: str,
    *arguments: str,
    environment: Mapping[str, str] | None = None,
    python: str = sys.executable,
    before: Sequence[str] = (),
) -> tuple[list[str], str]:
    """The lines that the program printed, and what the script said beside."""
    done = subprocess.run(
        [*before, python, checkout / "bin" / script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **(environment or {})},
    )
    return done.stdout.splitlines(), done.stderr


def test_the_first_start_installs_and_the_next_has_nothing_to_do(checkout: Path) -> None:
    printed, said = start(checkout, "serve", "--port", "1 2")
    assert printed == ["dealt serve --port 1 2", str(checkout / ".venv")]
    assert said == "Installing the dependencies in .venv: once, for about a minute.\n"
    assert start(checkout, "dealt", "token") == (["dealt token", str(checkout / ".venv")], "")


def test_a_changed_lock_file_is_installed(checkout: Path) -> None:
    start(checkout, "dealt")
    (checkout / "requirements.lock").write_text("# still nothing\n")
    assert "Installing" in start(checkout, "dealt")[1]
    assert start(checkout, "dealt")[1] == ""


def test_what_cannot_be_installed_is_named_and_tried_again_next_time(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text("dealt-without-a-hash==1\n")
    for _ in range(2):
        printed, said = start(checkout, "dealt")
        assert printed == []
        assert "--require-hashes" in said or "hash" in said


def test_a_checkout_that_was_copied_with_its_environment_runs_its_own_code(checkout: Path, folder: Path) -> None:
    start(checkout, "dealt")
    other = Path(shutil.copytree(checkout, folder / "other", symlinks=True))
    (other / "src" / "dealt" / "__main__.py").write_text("print('the copy')")
    assert start(other, "dealt")[0] == ["the copy"]
    assert start(checkout, "dealt")[0][0] == "dealt"


def test_a_folder_called_dealt_where_one_stands_is_not_taken_for_the_program(checkout: Path, folder: Path) -> None:
    (folder / "dealt").mkdir()
    (folder / "dealt" / "__main__.py").write_text("print('a stranger')")
    done = subprocess.run([checkout / "bin" / "dealt"], capture_output=True, text=True, check=True, cwd=folder)
    assert done.stdout.startswith("dealt")


def test_two_starts_at_once_install_once(checkout: Path) -> None:
    started = [
        subprocess.Popen(
            [checkout / "bin" / "dealt", str(n)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        for n in range(3)
    ]
    ended = [process.communicate() for process in started]
    assert sorted(printed.splitlines()[0] for printed, _ in ended) == ["dealt 0", "dealt 1", "dealt 2"]
    assert "".join(said for _, said in ended).count("Installing") == 1


def test_a_checkout_that_may_not_be_written_uses_the_cache_folder(checkout: Path, folder: Path) -> None:
    (folder / "cache").mkdir()
    (folder / "cache").chmod(0o777)
    cache = {"XDG_CACHE_HOME": str(folder / "cache")}
    checkout.chmod(0o555)
    for told in ("Installing the dependencies in", ""):
        printed, said = start(checkout, "dealt", environment=cache, python=SYSTEM_PYTHON, before=AS_NOBODY)
        assert Path(printed[1]).is_relative_to(folder / "cache" / "dealt")
        assert said.startswith(told) if told else said == ""
    checkout.chmod(0o755)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_another_user_uses_a_complete_environment_and_does_not_touch_it(checkout: Path) -> None:
    start(checkout, "dealt", python=SYSTEM_PYTHON)
    printed, said = start(checkout, "dealt", python=SYSTEM_PYTHON, before=AS_NOBODY)
    assert (printed[1], said) == (str(checkout / ".venv"), "")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_environment_of_a_python_that_we_may_not_run_is_left_alone(checkout: Path, folder: Path) -> None:
    start(checkout, "dealt", python=SYSTEM_PYTHON)
    hidden = folder / "private" / "python3"
    hidden.parent.mkdir(mode=0o700)
    hidden.symlink_to(SYSTEM_PYTHON)
    (checkout / ".venv" / "bin" / "python").unlink()
    (checkout / ".venv" / "bin" / "python").symlink_to(hidden)
    (folder / "cache").mkdir()
    (folder / "cache").chmod(0o777)
    cache = {"XDG_CACHE_HOME": str(folder / "cache")}
    printed, _ = start(checkout, "dealt", environment=cache, python=SYSTEM_PYTHON, before=AS_NOBODY)
    assert Path(printed[1]).is_relative_to(folder / "cache" / "dealt")


def test_a_python_without_pip_and_venv_names_the_command_that_brings_them(checkout: Path, folder: Path) -> None:
    # As on Debian without python3-venv and python3-pip: modules of that name are there and do not work.
    (folder / "bare" / "pip").mkdir(parents=True)
    (folder / "bare" / "sitecustomize.py").write_text(
        "import importlib.util as u; known = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'ensurepip' else known(name, *rest)\n"
    )
    bare = {"PATH": "/nonexistent", "PYTHONPATH": str(folder / "bare")}
    printed, said = start(checkout, "dealt", environment=bare)
    assert printed == []
    assert said.endswith("  apt install python3-venv\n")


def test_without_uv_the_environment_is_made_by_python_itself(checkout: Path) -> None:
    printed, said = start(checkout, "dealt", environment={"PATH": "/nonexistent"})
    assert printed == ["dealt", str(checkout / ".venv")], said
    assert (checkout / ".venv" / "bin" / "pip").exists()


def test_tests_get_all_cores_and_their_arguments(checkout: Path) -> None:
    (checkout / "pytest").mkdir()
    (checkout / "pytest" / "__main__.py").write_text(SHOW)
    printed, _ = start(checkout, "test", "-k", "money or dates")
    assert printed[0] == "dealt --numprocesses=auto -k money or dates"


def test_an_old_python_hands_over_or_says_what_it_needs(checkout: Path, folder: Path) -> None:
    # The same interpreter, told that it is older: only the first module may run in it.
    script = (
        "import sys; newest = sys.version_info; sys.version_info = (3, 8, 1); "
        f"sys.path.insert(0, {str(checkout / 'bin')!r}); import _python"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False, env={"PATH": str(folder)}
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Dealt needs Python 3.11 or newer, and this is 3.8 (")
