"""Secrets at rest: what must be read again is sealed, what must only be recognised is hashed."""

from __future__ import annotations

import hashlib
import secrets
import string
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from os import environ as process_environ
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dealt.kernel.errors import Unavailable
from dealt.kernel.keyfile import KEY_BYTES, load_keys

# version 1 | key id | purpose id | nonce | ciphertext and tag
_VERSION = b"\x01"
_ID_BYTES, _NONCE_BYTES, _TAG_BYTES = 4, 12, 16
_KEY_AT, _PURPOSE_AT = 1, 1 + _ID_BYTES
_NONCE_AT = _PURPOSE_AT + _ID_BYTES
_BODY_AT = _NONCE_AT + _NONCE_BYTES

_ALPHABET = string.ascii_letters + string.digits
_TOKEN_LENGTH = 64

# 32 MiB and three passes: more than the 19 MiB and two that OWASP asks, while ten people who sign in at once
# still fit a small server. One lane, for such a server has few cores.
_PASSWORDS = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)


class SecretError(Unavailable):
    """503: a stored secret cannot be read; the sentence says what to do."""


class UnknownKey(SecretError):  # noqa: N818
    """The secret was sealed with a key that is not among ours."""


class WrongPurpose(SecretError):  # noqa: N818
    """The secret was sealed for another use or another workspace."""


class Tampered(SecretError):  # noqa: N818
    """The stored bytes are not those that were sealed."""


class SecretBox:
    """AES-256-GCM under keys that the database does not hold.

    The first key seals, all open. Each sealed text names its key and is bound to a purpose and a workspace:
    copied into another row or column it does not open. Nonces are random, so a key is good for some 2**32 texts.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        """``keys``: one or more of 32 bytes, newest first. Raises ValueError for none or another length."""
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"A secret box needs one or more keys of {KEY_BYTES} bytes.")
        self._ciphers = {_key_id(key): AESGCM(key) for key in keys}
        self._current = _key_id(keys[0])

    @classmethod
    def from_directory(cls, directory: Path, environ: Mapping[str, str] = process_environ) -> SecretBox:
        """The box of this installation; see ``load_keys`` for where its keys come from."""
        return cls(load_keys(directory, environ))

    @classmethod
    def when_needed(cls, directory: Path) -> Callable[[], SecretBox]:
        """Gives the box of this installation; its keys are read or made at the first call, and not before."""
        return cache(lambda: cls.from_directory(directory))

    def seal(self, plain: bytes | str, purpose: str, workspace_id: int) -> bytes:
        """Encrypt for one purpose (such as "totp") of one workspace; a text as UTF-8. 37 bytes longer."""
        binding = _binding(purpose, workspace_id)
        head = _VERSION + self._current + _short_id(binding)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        data = plain.encode() if isinstance(plain, str) else plain
        return head + nonce + self._ciphers[self._current].encrypt(nonce, data, head + binding)

    def open(self, sealed: bytes, purpose: str, workspace_id: int) -> bytes:
        """The bytes that were sealed for this purpose and workspace.

        Raises UnknownKey, WrongPurpose or Tampered.
        """
        if len(sealed) < _BODY_AT + _TAG_BYTES or not sealed.startswith(_VERSION):
            raise Tampered(f"The stored secret for {purpose} is damaged. Enter it again.")
        cipher = self._ciphers.get(sealed[_KEY_AT:_PURPOSE_AT])
        if cipher is None:
            key = sealed[_KEY_AT:_PURPOSE_AT].hex()
            raise UnknownKey(f"The stored secret for {purpose} needs the key {key}. Put it back among the keys.")
        binding = _binding(purpose, workspace_id)
        if sealed[_PURPOSE_AT:_NONCE_AT] != _short_id(binding):
            raise WrongPurpose(f"The stored secret is not one for {purpose} of this workspace. Enter it again.")
        try:
            return cipher.decrypt(sealed[_NONCE_AT:_BODY_AT], sealed[_BODY_AT:], sealed[:_NONCE_AT] + binding)
        except InvalidTag:
            raise Tampered(f"The stored secret for {purpose} is damaged. Enter it again.") from None

    def rotate(self, sealed: bytes, purpose: str, workspace_id: int) -> bytes:
        """The same secret under the first key: the very same bytes where it is already, so that none is written.

        Raises what ``open`` raises.
        """
        plain = self.open(sealed, purpose, workspace_id)
        if sealed[_KEY_AT:_PURPOSE_AT] == self._current:
            return sealed
        return self.seal(plain, purpose, workspace_id)


def new_token() -> str:
    """64 random characters of A-Z, a-z and 0-9: 381 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_TOKEN_LENGTH))


def token_digest(token: str) -> bytes:
    """The 32 bytes by which a token is stored and found.

    Plain SHA-256: a slow or salted hash protects what can be guessed, and nobody guesses more than 256 bits of
    chance; so it brings nothing here, and would cost every request. Any text is taken.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def hash_password(password: str) -> str:
    """The argon2id hash to store, with its salt and parameters in it. Takes about 60 ms: not in the event loop."""
    return _PASSWORDS.hash(_password_bytes(password))


def verify_password(password: str, hashed: str | None) -> bool:
    """Whether the password is the one that was hashed. As slow as hashing: not in the event loop.

    None, for a member who does not exist or has no password, takes as long and is False, so that the time
    tells nothing; so is anything that is no argon2 hash.
    """
    try:
        return _PASSWORDS.verify(hashed or _hash_of_nobody(), _password_bytes(password)) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(hashed: str) -> bool:
    """Whether a hash was made with weaker or other parameters than today's; hash again at the next sign-in."""
    return _PASSWORDS.check_needs_rehash(hashed)


@cache
def _hash_of_nobody() -> str:
    return hash_password(new_token())


def _password_bytes(password: str) -> bytes:
    # Keyboards differ in how they compose "é"; both ways are the same password.
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _key_id(key: bytes) -> bytes:
    return _short_id(b"dealt key id\x00" + key)


def _binding(purpose: str, workspace_id: int) -> bytes:
    return f"{workspace_id}:{purpose}".encode()


def _short_id(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:_ID_BYTES]
