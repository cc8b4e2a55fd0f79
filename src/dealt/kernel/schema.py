"""Reading the fields of a body: each by its reader, all that is wrong said at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeAlias

from dealt.kernel.errors import InvalidInput
from dealt.kernel.shown import shown

Reader: TypeAlias = Callable[[Any], Any]
"""From a JSON value to ours. Raises ValueError, a sentence."""

LONGEST_NAME = 255
_TRUTH = {"true": True, "false": False, "1": True, "0": False}


def read_fields(
    body: Mapping[str, Any], readers: Mapping[str, Reader], *, required: Collection[str] = ()
) -> dict[str, Any]:
    """The fields of ``body`` that have a reader, as read. Raises InvalidInput naming each that is bad or missing."""
    found: dict[str, Any] = {}
    errors = {name: ["This field is required."] for name in required if name not in body}
    for name, reader in readers.items():
        if name in body:
            try:
                found[name] = reader(body[name])
            except ValueError as error:
                errors[name] = [str(error)]
    if errors:
        raise InvalidInput(errors)
    return found


def refuse_unknown(body: Mapping[str, Any], known: Collection[str]) -> None:
    """Raise InvalidInput for every field that is not among ``known``."""
    unknown = [name for name in body if name not in known]
    if unknown:
        there_are = f"There is no such field; there are {', '.join(sorted(known))}."
        sentence = there_are if known else "This request takes no fields."
        raise InvalidInput({name: [sentence] for name in unknown})


def text(longest: int = LONGEST_NAME, *, blank: bool = False) -> Reader:
    """Reads a text of at most ``longest`` characters, without the blanks around it."""

    def read(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(f"{shown(value)} is not a text.")
        stripped = value.strip()
        if not stripped and not blank:
            raise ValueError("This field may not be blank.")
        if len(stripped) > longest:
            raise ValueError(f"This is longer than {longest} characters.")
        return stripped

    return read


def whole_number(least: int, most: int) -> Reader:
    """Reads a whole number, also one that is written as text, as forms do."""

    def read(value: Any) -> int:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValueError(f"{shown(value)} is not a whole number.")
        if not least <= value <= most:
            raise ValueError(f"{shown(value)} is not between {least} and {most}.")
        return value

    return read


def flag(value: Any) -> bool:
    """True or false, also as the words and digits that forms send."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, str) and value.lower() in _TRUTH:
        return _TRUTH[value.lower()]
    raise ValueError(f"{shown(value)} is not true or false.")


def list_of(reader: Reader, most: int) -> Reader:
    """Reads a list of at most ``most`` values, each by ``reader``."""

    def read(value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValueError(f"{shown(value)} is not a list.")
        if len(value) > most:
            raise ValueError(f"This list has more than {most} entries.")
        return [reader(item) for item in value]

    return read


def or_null(reader: Reader) -> Reader:
    """Reads null, or else what ``reader`` reads."""
    return lambda value: None if value is None else reader(value)
