"""The first token, kept where only its owner can read it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

NAME = "token"


def write_token(data_dir: Path, token: str) -> Path:
    """Put the token into ``data_dir/token``, mode 600, whole or not at all; the path."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / NAME
    draft = data_dir / f"{NAME}.{secrets.token_hex(8)}"
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(f"{token}\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path
