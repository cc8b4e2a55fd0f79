"""The keys that seal secrets: kept beside the database, never in it."""

from __future__ import annotations

import base64
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from dealt.kernel.errors import Unavailable

KEY_VARIABLE = "DEALT_SECRET_KEY"
KEY_FILE = "secret.key"
KEY_BYTES = 32


class UnusableKey(Unavailable):
    """503: the keys cannot be read; the sentence says which and what to do."""


def load_keys(directory: Path, environ: Mapping[str, str] = os.environ) -> tuple[bytes, ...]:
    """The keys, 32 bytes each, newest first: the first seals, all open.

    They come from ``DEALT_SECRET_KEY`` where that is set, else from ``directory/secret.key``, which is made
    with one new key, readable by its owner only, if it is missing. Either holds keys of 32 bytes in base64 or
    hexadecimal, parted by blanks, commas or lines; to rotate, put a new key in front.

    Raises UnusableKey.
    """
    text = environ.get(KEY_VARIABLE, "")
    if text.strip():
        return _parse(text, KEY_VARIABLE)
    path = directory / KEY_FILE
    try:
        if not path.exists():
            _create(path)
        if path.stat().st_mode & 0o077:
            raise UnusableKey(f"{path} can be read by others. Make it private: chmod 600 {path}")
        return _parse(path.read_text("latin-1"), str(path))
    except OSError as error:
        raise UnusableKey(
            f"{path} cannot be read or made ({error.strerror}). Mend it or set {KEY_VARIABLE}."
        ) from error


def new_key() -> str:
    """A new random key as it is written in the file or the environment."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _create(path: Path) -> None:
    """Make the file with one key. A link appears whole or not at all, and the first of two processes wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{new_key()}\n")
            file.flush()
            os.fsync(descriptor)
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _sync_directory(path.parent)


def _sync_directory(directory: Path) -> None:
    # What is sealed with a key must not outlive the file's entry in a power cut.
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _parse(text: str, source: str) -> tuple[bytes, ...]:
    keys = tuple(_decode(word, source) for word in text.replace(",", " ").split())
    if not keys:
        raise UnusableKey(f"{source} holds no key. Restore it, or remove it if nothing was sealed with it.")
    return keys


def _decode(word: str, source: str) -> bytes:
    try:
        if len(word) == 2 * KEY_BYTES:
            return bytes.fromhex(word)
        standard = word.replace("-", "+").replace("_", "/").rstrip("=")
        key = base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise UnusableKey(f"A key in {source} is not {KEY_BYTES} bytes in base64 or hexadecimal.")
    return key
