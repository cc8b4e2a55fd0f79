"""The folder of the client, copied out under another name, needs nothing of the server."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import dealt.client


def test_it_may_be_copied_out_and_used_alone(tmp_path: Path) -> None:
    shutil.copytree(Path(dealt.client.__file__).parent, tmp_path / "shopkeeper")
    program = (
        "import sys, shopkeeper\n"
        "shopkeeper.Client('https://shop.example', 'token').close()\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] in ('dealt', 'msgspec')]\n"
        "assert (__import__('pathlib').Path(shopkeeper.__file__).parent / 'py.typed').exists()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": str(tmp_path)}, cwd=tmp_path,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
