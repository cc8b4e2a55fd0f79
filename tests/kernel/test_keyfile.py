import base64
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dealt.kernel.keyfile import UnusableKey, load_keys, new_key

OLD, NEW = bytes(range(32)), b"\xff" * 32


def environ_of(*words: str) -> dict[str, str]:
    return {"DEALT_SECRET_KEY": ",".join(words)}


def test_the_key_file_is_made_on_first_use_for_its_owner_only(tmp_path: Path) -> None:
    directory = tmp_path / "data"
    (key,) = load_keys(directory, {})
    path = directory / "secret.key"
    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert directory.stat().st_mode & 0o077 == 0
    assert [entry.name for entry in directory.iterdir()] == ["secret.key"]


def test_the_key_file_is_read_again_and_never_replaced(tmp_path: Path) -> None:
    first = load_keys(tmp_path, {})
    assert load_keys(tmp_path, {}) == first


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        keys = set(threads.map(lambda _: load_keys(tmp_path, {}), range(32)))
    assert len(keys) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["secret.key"]


def test_the_environment_goes_before_the_file_and_no_file_is_made(tmp_path: Path) -> None:
    assert load_keys(tmp_path, environ_of(NEW.hex())) == (NEW,)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        NEW.hex(),
        NEW.hex().upper(),
        base64.b64encode(NEW).decode(),
        base64.urlsafe_b64encode(NEW).decode(),
        base64.b64encode(NEW).decode().rstrip("="),
    ],
)
def test_a_key_may_be_written_in_base64_or_hexadecimal(tmp_path: Path, text: str) -> None:
    assert load_keys(tmp_path, environ_of(text)) == (NEW,)


def test_several_keys_keep_their_order(tmp_path: Path) -> None:
    assert load_keys(tmp_path, environ_of(NEW.hex(), OLD.hex())) == (NEW, OLD)
    path = tmp_path / "secret.key"
    path.write_text(f"{NEW.hex()}\n{OLD.hex()}\n")
    path.chmod(0o600)
    assert load_keys(tmp_path, {}) == (NEW, OLD)


def test_every_new_key_is_another(tmp_path: Path) -> None:
    assert len({load_keys(tmp_path, environ_of(new_key())) for _ in range(20)}) == 20


@pytest.mark.parametrize("word", ["short", NEW.hex()[:-1], "g" * 64, "é" * 44, "!" * 43])
def test_a_key_that_cannot_be_read_is_named_by_its_source_but_not_shown(tmp_path: Path, word: str) -> None:
    with pytest.raises(UnusableKey, match="A key in DEALT_SECRET_KEY is not 32 bytes") as caught:
        load_keys(tmp_path, environ_of(word))
    assert word not in caught.value.detail


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    load_keys(tmp_path, {})
    (tmp_path / "secret.key").chmod(0o640)
    with pytest.raises(UnusableKey, match="chmod 600"):
        load_keys(tmp_path, {})


def test_an_empty_key_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    path.touch(0o600)
    with pytest.raises(UnusableKey, match="holds no key"):
        load_keys(tmp_path, {})
    assert path.read_text() == ""


def test_a_place_where_no_file_can_be_made_is_refused_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(UnusableKey, match="Mend it or set DEALT_SECRET_KEY"):
        load_keys(tmp_path / "data", {})


def test_a_key_file_that_is_a_directory_is_refused(tmp_path: Path) -> None:
    os.mkdir(tmp_path / "secret.key", 0o700)  # noqa: PTH102
    with pytest.raises(UnusableKey, match="cannot be read or made"):
        load_keys(tmp_path, {})
