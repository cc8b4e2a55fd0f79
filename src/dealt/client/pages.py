"""Lists, page by page: each page is asked for when its first object is wanted, so any number takes the same memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar, cast
from urllib.parse import parse_qsl, urlsplit

import httpx

from .asked import Asked, Fields, Where, get, read_json
from .errors import UnreadableAnswer
from .senders import AsyncSender, SyncSender

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page. ``count`` is how many there are in all; above 10,000 it is an estimate, and ``count_is_exact`` False.

    ``following`` are the arguments that ask for the next page, None at the end.
    """

    results: list[T]
    count: int
    count_is_exact: bool
    following: dict[str, Where] | None


def listing(path: str, where: dict[str, Where], fields: Fields = None) -> Asked[Page[Any]]:
    """The first page of a list."""
    return replace(get(path, where, fields), read=_read_page)


def _read_page(response: httpx.Response) -> Page[Any]:
    told = read_json(response)
    try:
        results, count, link = cast("list[Any]", told["results"]), int(told["count"]), told["next"]
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableAnswer("The answer is not a page.", response) from error
    # Only the arguments of the link count: a token is never sent to another address because an answer named it.
    following: dict[str, Where] | None = dict(parse_qsl(urlsplit(link).query)) if link else None
    return Page(results, count, response.headers.get("Dealt-Count") != "estimate", following)


def _next(asked: Asked[Page[T]], page: Page[T]) -> Asked[Page[T]] | None:
    return None if page.following is None else replace(asked, query=page.following)


@dataclass(frozen=True, slots=True)
class Pages(Generic[T]):
    """A list: iterate it for its objects. Every iteration begins anew."""

    sender: SyncSender
    asked: Asked[Page[T]]

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.results

    def pages(self) -> Iterator[Page[T]]:
        """Its pages, one after the other."""
        asked: Asked[Page[T]] | None = self.asked
        while asked is not None:
            page = self.sender.send(asked)
            yield page
            asked = _next(asked, page)

    def first(self) -> Page[T]:
        """The first page, with the count of all."""
        return self.sender.send(self.asked)


@dataclass(frozen=True, slots=True)
class AsyncPages(Generic[T]):
    """A list: iterate it with ``async for``. Every iteration begins anew."""

    sender: AsyncSender
    asked: Asked[Page[T]]

    async def __aiter__(self) -> AsyncIterator[T]:
        async for page in self.pages():
            for one in page.results:
                yield one

    async def pages(self) -> AsyncIterator[Page[T]]:
        """Its pages, one after the other."""
        asked: Asked[Page[T]] | None = self.asked
        while asked is not None:
            page = await self.sender.send(asked)
            yield page
            asked = _next(asked, page)

    async def first(self) -> Page[T]:
        """The first page, with the count of all."""
        return await self.sender.send(self.asked)
