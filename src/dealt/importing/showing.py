"""A mapping as the TOML text that ``read_mapping`` reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from dealt.importing.mapping import FileMapping, Source

_BARE = re.compile(r"[A-Za-z0-9_-]+").fullmatch
_TABLES = ("order", "lines", "contact", "company", "product", "event")


def toml_of(mapping: FileMapping) -> str:
    """The whole text; what is as it would be anyhow is left out."""
    return "\n".join(_lines(mapping)) + "\n"


def _lines(mapping: FileMapping) -> Iterator[str]:
    given: dict[str, Any] = msgspec.to_builtins(mapping)
    for name, value in given.items():
        if name not in _TABLES:
            yield f"{name} = {_value(value)}"
    for table in _TABLES:
        if fields := getattr(mapping, table):
            yield f"\n[{table}]"
            for name, source in fields.items():
                yield f"{_key(name)} = {_value(_plain(source))}"


def _plain(source: str | Source) -> Any:
    return msgspec.to_builtins(source) if isinstance(source, Source) else source


def _key(name: str) -> str:
    return name if _BARE(name) else _value(name)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(name)} = {_value(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    # JSON's texts, numbers, true and false are TOML's as well, but for one character.
    return msgspec.json.encode(value).decode().replace("\x7f", "\\u007f")
