from pathlib import Path

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st

from dealt.kernel import secrets
from dealt.kernel.secrets import (
    SecretBox,
    SecretError,
    Tampered,
    UnknownKey,
    WrongPurpose,
    hash_password,
    needs_rehash,
    new_token,
    token_digest,
    verify_password,
)

OLD, NEW = bytes(range(32)), b"\xff" * 32
BOX = SecretBox([NEW, OLD])


@pytest.fixture(autouse=True)
def honest_passwords(quick_passwords: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "_PASSWORDS", quick_passwords)


@given(st.binary(), st.text(st.characters(codec="utf-8")), st.integers(0, 2**63))
def test_what_is_sealed_is_opened_for_the_same_purpose_and_workspace(
    plain: bytes, purpose: str, workspace_id: int
) -> None:
    assert BOX.open(BOX.seal(plain, purpose, workspace_id), purpose, workspace_id) == plain


def test_a_text_is_sealed_as_utf8() -> None:
    assert BOX.open(BOX.seal("zażółć", "smtp", 1), "smtp", 1).decode() == "zażółć"


def test_the_same_secret_is_never_sealed_to_the_same_bytes_nor_seen_in_them() -> None:
    sealed = {BOX.seal("correct horse", "smtp", 1) for _ in range(10)}
    assert len(sealed) == 10
    assert not any(b"horse" in text for text in sealed)


@pytest.mark.parametrize(("purpose", "workspace_id"), [("smtp", 1), ("totp", 2), ("totp", 11), ("", 1)])
def test_a_secret_does_not_open_for_another_purpose_or_workspace(purpose: str, workspace_id: int) -> None:
    with pytest.raises(WrongPurpose, match=r"Enter it again\."):
        BOX.open(BOX.seal("JBSWY3DP", "totp", 1), purpose, workspace_id)


def test_a_secret_whose_key_is_gone_names_the_key() -> None:
    sealed = SecretBox([OLD]).seal("x", "totp", 1)
    with pytest.raises(UnknownKey, match=f"needs the key {sealed[1:5].hex()}"):
        SecretBox([NEW]).open(sealed, "totp", 1)


def test_no_changed_byte_goes_unnoticed() -> None:
    sealed = BOX.seal("JBSWY3DP", "totp", 1)
    for place in range(len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(SecretError):
            BOX.open(changed, "totp", 1)


def test_changed_ciphertext_is_called_damaged() -> None:
    sealed = BOX.seal("JBSWY3DP", "totp", 1)
    with pytest.raises(Tampered, match="is damaged") as caught:
        BOX.open(sealed[:-1] + bytes([sealed[-1] ^ 1]), "totp", 1)
    assert caught.value.status == 503


@given(st.binary(max_size=80))
def test_arbitrary_bytes_are_refused_by_name(data: bytes) -> None:
    with pytest.raises(SecretError):
        BOX.open(data, "totp", 1)


def test_every_cut_of_a_secret_is_called_damaged() -> None:
    sealed = BOX.seal("", "totp", 1)
    for length in range(len(sealed)):
        with pytest.raises(Tampered):
            BOX.open(sealed[:length], "totp", 1)


def test_after_rotation_the_old_key_can_be_thrown_away() -> None:
    old = SecretBox([OLD]).seal("JBSWY3DP", "totp", 1)
    assert BOX.open(old, "totp", 1) == b"JBSWY3DP"
    assert SecretBox([NEW]).open(BOX.rotate(old, "totp", 1), "totp", 1) == b"JBSWY3DP"


def test_rotation_leaves_what_has_the_newest_key() -> None:
    sealed = BOX.seal("JBSWY3DP", "totp", 1)
    assert BOX.rotate(sealed, "totp", 1) is sealed


def test_rotation_does_not_move_a_secret_to_another_purpose() -> None:
    with pytest.raises(WrongPurpose):
        BOX.rotate(SecretBox([OLD]).seal("x", "totp", 1), "smtp", 1)


def test_an_installation_opens_what_it_sealed_before_a_restart(tmp_path: Path) -> None:
    sealed = SecretBox.from_directory(tmp_path, {}).seal("x", "smtp", 1)
    assert SecretBox.from_directory(tmp_path, {}).open(sealed, "smtp", 1) == b"x"


@pytest.mark.parametrize("keys", [[], [b"short"], [NEW, b"x" * 16]])
def test_a_box_needs_keys_of_256_bits(keys: list[bytes]) -> None:
    with pytest.raises(ValueError, match="one or more keys of 32 bytes"):
        SecretBox(keys)


def test_a_token_is_64_characters_that_need_no_quoting_and_no_two_are_the_same() -> None:
    tokens = {new_token() for _ in range(200)}
    assert len(tokens) == 200
    assert all(len(token) == 64 and token.isascii() and token.isalnum() for token in tokens)


def test_a_token_is_known_by_its_sha256() -> None:
    assert token_digest("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@given(st.text())
def test_any_text_can_be_looked_up_as_a_token(text: str) -> None:
    assert len(token_digest(text)) == 32


def test_a_password_is_known_by_its_hash_and_no_other_is() -> None:
    hashed = hash_password("correct horse")
    assert hashed.startswith("$argon2id$")
    assert verify_password("correct horse", hashed)
    assert not verify_password("correct horsf", hashed)
    assert not verify_password("", hashed)


def test_two_hashes_of_one_password_differ() -> None:
    assert hash_password("x") != hash_password("x")


def test_a_password_is_the_same_however_its_accents_are_composed() -> None:
    assert verify_password("cafe\u0301", hash_password("caf\u00e9"))


def test_a_password_may_hold_anything_that_json_can() -> None:
    assert verify_password("\ud800\x00", hash_password("\ud800\x00"))


@pytest.mark.parametrize("hashed", [None, "", "x", "$argon2id$v=19$broken"])
def test_nobody_signs_in_where_there_is_no_hash(hashed: str | None) -> None:
    assert not verify_password("x", hashed)


def test_a_hash_of_weaker_parameters_is_to_be_renewed() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")
    assert verify_password("x", weak)
    assert needs_rehash(weak)
    assert not needs_rehash(hash_password("x"))
