"""The items of a Google Merchant feed, RSS or Atom, out of its bytes as they come, in bounded memory."""

from __future__ import annotations

import codecs
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from dealt.feeds.errors import BadFeed

LARGEST_ITEM = 1_000_000
MOST_FIELDS = 1_000
DEEPEST = 16
LARGEST_TAG = 4_000_000
_ITEMS = ("item", "entry")
_GOOGLE = "g:"


@dataclass
class Item:
    """One product: its tags by name without prefix. A tag that stands several times is a list, one with tags an object.

    ``number`` counts from 1. ``too_large`` says that it holds more than is read of one product; nothing of it is kept.
    """

    number: int
    fields: dict[str, Any] = field(default_factory=dict)
    too_large: bool = False


class FeedParser:
    """Give it the bytes of a feed piece by piece. Raises BadFeed.

    The parser is expat's own with every road out of it closed: a declaration of an entity, inner or outer, is refused,
    so that nothing can be expanded and nothing fetched. A document type without entities is passed over.
    """

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.EntityDeclHandler = _refuse_entity
        self._parser.UnparsedEntityDeclHandler = _refuse_entity
        self._parser.ExternalEntityRefHandler = _refuse_entity
        self._fed = 0
        self._depth = 0
        self._count = 0
        self._root: str | None = None
        self._item: Item | None = None
        self._size = 0
        self._open: list[_Tag] = []
        self._done: list[Item] = []

    def feed(self, piece: bytes) -> list[Item]:
        """The items that end in this piece."""
        self._fed += len(piece)
        self._parse(piece, is_last=False)
        if self._fed - self._parser.CurrentByteIndex > LARGEST_TAG + len(piece):
            raise BadFeed(f"The feed has a tag of more than {LARGEST_TAG:,} bytes.")
        return self._taken()

    def close(self) -> list[Item]:
        """The feed ends here. Raises BadFeed where it is not complete."""
        self._parse(b"", is_last=True)
        return self._taken()

    def _taken(self) -> list[Item]:
        done, self._done = self._done, []
        return done

    def _parse(self, piece: bytes, *, is_last: bool) -> None:
        try:
            self._parser.Parse(piece, is_last)
        except expat.ExpatError as error:
            place = f"line {error.lineno}, after {self._count:,} products"
            raise BadFeed(f"The feed cannot be read on from {place}: {expat.ErrorString(error.code)}.") from None
        except (LookupError, ValueError) as error:
            raise BadFeed(f"The feed cannot be read: {error}.") from None

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._root is None:
            self._root = _local(name)
            if self._root not in ("rss", "feed", "RDF"):
                raise BadFeed(f"This is no product feed: it begins with <{name[:60]}>, not with <rss> or <feed>.")
        if self._item is None:
            if name in _ITEMS:
                self._count += 1
                self._item, self._size = Item(self._count), 0
            return
        if len(self._open) >= DEEPEST:
            self._give_up()
        elif not self._item.too_large:
            self._open.append(_Tag(name))
            # Atom has its addresses in an attribute.
            if name == "link" and "href" in attributes:
                self._open[-1].link = (attributes.get("rel", "alternate"), attributes["href"])
                self._count_in(len(attributes["href"]))

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._item is None:
            return
        if name in _ITEMS and not (self._open or self._item.too_large):
            self._done.append(self._item)
            self._item = None
        elif self._item.too_large:
            # The end of the item itself; tags inside it were not followed.
            if name in _ITEMS:
                self._done.append(self._item)
                self._item = None
        else:
            self._close(self._open.pop())

    def _close(self, tag: _Tag) -> None:
        assert self._item is not None, "tags are followed only inside an item"
        into = self._open[-1].inner if self._open else self._item.fields
        value = tag.value()
        if value is None:
            return
        self._count_in(len(tag.name))
        if self._item.too_large:
            return
        key = _local(tag.name)
        if tag.name == key and f"{_GOOGLE}{key}" in into:
            return
        _put(into, f"{_GOOGLE}{key}" if tag.name.startswith(_GOOGLE) else key, value)
        if tag.name.startswith(_GOOGLE):
            into.pop(key, None)
        if len(into) > MOST_FIELDS:
            self._give_up()

    def _text(self, text: str) -> None:
        if self._item is not None and self._open and not self._item.too_large:
            self._open[-1].texts.append(text)
            self._count_in(len(text))

    def _count_in(self, characters: int) -> None:
        self._size += characters
        if self._size > LARGEST_ITEM:
            self._give_up()

    def _give_up(self) -> None:
        assert self._item is not None, "only an item can be too large"
        self._item.too_large = True
        self._item.fields.clear()
        self._open.clear()


class _Tag:
    __slots__ = ("inner", "link", "name", "texts")

    def __init__(self, name: str) -> None:
        self.name = name
        self.texts: list[str] = []
        self.inner: dict[str, Any] = {}
        self.link: tuple[str, str] | None = None

    def value(self) -> Any:
        """What stands in it; None where it is empty, or points elsewhere than to the product's page."""
        if self.link is not None:
            rel, href = self.link
            return href.strip() or None if rel == "alternate" else None
        if self.inner:
            return plain(self.inner)
        return "".join(self.texts).strip() or None


def plain(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields by their names without prefix."""
    return {_local(name): value for name, value in fields.items()}


def _put(into: dict[str, Any], name: str, value: Any) -> None:
    if name not in into:
        into[name] = value
    elif isinstance(into[name], list):
        into[name].append(value)
    else:
        into[name] = [into[name], value]


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_entity(*_declared: object) -> int:
    raise BadFeed("The feed declares entities, which is refused: they can be made to expand without end.")


def beginning_is_xml(beginning: bytes) -> bool:
    """Whether a file begins as XML does, whatever its encoding."""
    for mark in (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        beginning = beginning.removeprefix(mark)
    return beginning.replace(b"\0", b"").lstrip().startswith(b"<")
