"""Make sure that a Python of at least 3.11 runs us. Imported first, so written for any Python 3."""

import os
import shutil
import sys

sys.dont_write_bytecode = True
OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")


def use_newer():
    """Start again under a newer Python of this machine, or say that there is none."""
    for name in NEWER:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, *sys.argv])
    sys.exit(
        "Dealt needs Python 3.11 or newer, and this is %d.%d (%s).\n"  # noqa: UP031
        "Install a newer one with your system's packages, or with uv: `uv python install 3.12`."
        % (sys.version_info[0], sys.version_info[1], sys.executable)
    )


if sys.version_info < OLDEST:
    use_newer()
