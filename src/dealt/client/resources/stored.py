"""Methods that many resources have. ``name`` is the resource's part of the path."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar, Unpack

from ..asked import Asked, Body, Fields, Id, Keyed, Where, at, get, write
from ..describing import Resource, S, lists, reads, writes
from ..pages import Page, listing
from ..shapes import AttributeSet, Change, Cleared, Tagged, Untagged

T = TypeVar("T")


class Listed(Resource[S], Generic[S, T]):
    """What can be listed and read."""

    name: ClassVar[str]

    @lists
    def list(self, /, *, fields: Fields = None, **where: Where) -> Asked[Page[T]]:
        """All for which every argument holds; see the API's page on the resource for the arguments."""
        return listing(f"/{self.name}/", where, fields)

    @reads
    def get(self, which: Id, *, fields: Fields = None) -> Asked[T]:
        """One. Raises NotFound."""
        return get(at(self.name, which), fields=fields)


class Altered(Listed[S, T]):
    """What can also be changed and deleted."""

    @writes
    def update(self, which: Id, body: Body, **how: Unpack[Keyed]) -> Asked[T]:
        """Change what the body names, and nothing else."""
        return write("PATCH", at(self.name, which), body, how)

    @writes
    def delete(self, which: Id, **how: Unpack[Keyed]) -> Asked[None]:
        """Delete it."""
        return write("DELETE", at(self.name, which), None, how)


class Changed(Altered[S, T]):
    """What can also be made, and is answered as it is read."""

    @writes
    def create(self, body: Body, **how: Unpack[Keyed]) -> Asked[T]:
        """Make one. Raises InvalidInput."""
        return write("POST", f"/{self.name}/", body, how)


class Labelled(Resource[S]):
    """One thing at a time of what has tags and attributes."""

    name: ClassVar[str]

    @writes
    def add_tag(self, which: Id, tag: str, **how: Unpack[Keyed]) -> Asked[Tagged]:
        """Put a tag on; an unknown one is made."""
        return write("POST", at(self.name, which, "add_tag"), {"name": tag}, how)

    @writes
    def remove_tag(self, which: Id, tag: str, **how: Unpack[Keyed]) -> Asked[Untagged]:
        """Take a tag off."""
        return write("POST", at(self.name, which, "remove_tag"), {"name": tag}, how)

    @writes
    def set_attribute(self, which: Id, attribute: str, value: Any, **how: Unpack[Keyed]) -> Asked[AttributeSet]:
        """Set one attribute or field; None clears it. An unknown attribute is made."""
        body = {"attribute": attribute, "value": value}
        return write("POST", at(self.name, which, "set_attribute"), body, how)

    @writes
    def set_attributes(self, which: Id, values: Body, **how: Unpack[Keyed]) -> Asked[None]:
        """Set several attributes or fields."""
        return write("POST", at(self.name, which, "set_multiple_attributes"), values, how)

    @writes
    def remove_attribute(self, which: Id, attribute: str, **how: Unpack[Keyed]) -> Asked[Cleared]:
        """Clear one attribute or field."""
        return write("POST", at(self.name, which, "remove_attribute"), {"attribute": attribute}, how)


class Remembered(Resource[S]):
    """What has a history."""

    name: ClassVar[str]

    @lists
    def history(self, /, which: Id, *, fields: Fields = None, **where: Where) -> Asked[Page[Change]]:
        """What changed, when and by whom, oldest first."""
        return listing(at(self.name, which, "history"), where, fields)
