"""What answers about different kinds of objects have in common."""

from __future__ import annotations

from typing import Any, Generic, Literal, NotRequired, TypeAlias, TypedDict, TypeVar

T = TypeVar("T")
Cause: TypeAlias = Literal["live", "silent", "backfill", "merge"]


class Tag(TypedDict):
    """A free label."""

    id: int
    name: str


class Hit(TypedDict):
    """An object that a search found."""

    object_type: Literal["contact", "company", "product", "deal"]
    id: int
    name: str
    detail: str | None
    custom_id: str | None
    image_url: str | None


class Made(TypedDict):
    """The number of something that was told."""

    id: int


class Told(TypedDict):
    """An upsert, where ``created`` says whether it made the object; an event, where it says that the name is new."""

    id: int
    created: bool


class Tagged(TypedDict):
    """A tag that was put on; ``created`` says whether the tag itself is new."""

    created: bool
    tag: Tag


class Untagged(TypedDict):
    """A tag that was taken off."""

    tag: Tag


class Tags(TypedDict):
    """Tags that were put on."""

    tags: list[Tag]


class Cleared(TypedDict):
    """An attribute that has no value now."""

    attribute: str


class AttributeSet(Cleared):
    """An attribute and its value."""

    value: Any


class Change(TypedDict):
    """An entry of a history: a field's value before and after, by the field's name."""

    id: int
    at: str
    kind: str
    actor: str
    cause: Cause
    changes: dict[str, Any]


class WouldChange(TypedDict):
    """An entry that a history would get."""

    kind: str
    object_type: str
    object_id: int | None
    cause: Cause
    changes: dict[str, Any]


class Rehearsal(TypedDict, Generic[T]):
    """What a write would answer and change. Ids of new objects are not promised."""

    dry_run: Literal[True]
    status: int
    answer: T | None
    changes: list[WouldChange]
    more_changes: NotRequired[bool]


class BulkResult(TypedDict):
    """What became of a line: ``status`` is what a single request's would have been.

    ``changes`` is there in a dry run, ``errors`` or ``detail`` where the line was refused.
    """

    line: int
    status: int
    id: NotRequired[int]
    custom_id: NotRequired[str | None]
    created: NotRequired[bool]
    ignored: NotRequired[str]
    errors: NotRequired[dict[str, list[str]]]
    detail: NotRequired[str]
    dry_run: NotRequired[bool]
    changes: NotRequired[list[WouldChange]]
