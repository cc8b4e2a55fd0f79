"""The size of files and functions: prints how we stand, and fails where a limit is passed.

The limits: no file over 400 lines, no function over 60. The aims for src: files median 80 and p90 200 lines,
functions median 8 and p90 30.
"""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
FOLDERS = ("src", "tests", "bench", "bin")
SUFFIXES = {".py", ".js", ".css", ".html", ".sql"}
OURS = ("vendor", "__pycache__", "node_modules")


def files(folder: Path) -> Iterator[Path]:
    """Every file of ours; what others wrote stands in folders called vendor."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in SUFFIXES and not set(OURS) & set(path.parts):
            yield path


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Name and length in lines of each function, its decorators and docstring included."""
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or first) - first + 1


def too_long(folder: Path) -> Iterator[str]:
    """A line for each limit that is passed."""
    for path in files(folder):
        length = len(path.read_text().splitlines())
        if length > LONGEST_FILE:
            yield f"{path.relative_to(ROOT)} has {length} lines; {LONGEST_FILE} is the limit"
        if path.suffix == ".py":
            for name, size in functions(path):
                if size > LONGEST_FUNCTION:
                    yield f"{name} has {size} lines; {LONGEST_FUNCTION} is the limit"


def report(what: str, sizes: Sequence[int]) -> str:
    """Median, ninth decile and maximum."""
    if len(sizes) < 2:
        return f"{what}: too few"
    return (
        f"{what}: {len(sizes)}, median {statistics.median(sizes):.0f}, "
        f"p90 {statistics.quantiles(sizes, n=10)[-1]:.0f}, longest {max(sizes)} lines"
    )


def main() -> int:
    """Print the sizes of src, then whatever is too long anywhere; 1 when anything is."""
    modules = [path for path in files(ROOT / "src") if path.suffix == ".py" and path.stat().st_size > 0]
    print(report("files", [len(path.read_text().splitlines()) for path in modules]))
    print(report("functions", [size for path in modules for _, size in functions(path)]))
    problems = [line for folder in FOLDERS for line in too_long(ROOT / folder)]
    print("\n".join(problems) or "nothing is too long")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
