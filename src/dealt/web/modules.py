"""What modules import, read from their text: what a page needs is told at once, not found out file by file."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping

# Imports of the module's own; one in parentheses is made later, if at all, or is a type in a comment.
_IMPORTS = re.compile(r"""\b(?:import|export)\b(?!\s*\()[\w\s{},*$]*?(?:\bfrom\s*)?["']([^"']+)["']""")


def needed(name: str, names: Mapping[str, str], read: Callable[[str], str | None]) -> tuple[str, ...]:
    """The modules that ``name`` needs to run, nearest first, without itself.

    ``names`` are those of an import map, whole or as they begin; ``read`` gives the text of a file, None where there
    is none.
    """
    found: dict[str, None] = {name: None}
    waiting = [name]
    for one in waiting:
        for specifier in _IMPORTS.findall(read(one) or ""):
            target = _resolved(one, specifier, names)
            if target not in found and read(target) is not None:
                found[target] = None
                waiting.append(target)
    return tuple(found)[1:]


def _resolved(importer: str, specifier: str, names: Mapping[str, str]) -> str:
    if specifier.startswith("."):
        return posixpath.normpath(posixpath.join(posixpath.dirname(importer), specifier))
    begun = max((one for one in names if one.endswith("/") and specifier.startswith(one)), key=len, default="")
    return names.get(specifier) or names.get(begun, "") + specifier.removeprefix(begun)
