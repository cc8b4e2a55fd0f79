"""How a method is described once and serves both clients.

A resource's method only builds what is asked. The decorators here make a descriptor of it, which hands that to the
sender of the client through which the method was reached: of a ``Client`` it gives the answer, of an ``AsyncClient``
something to await. Type checkers see the arguments as they are written and the result as it comes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial, update_wrapper
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from .asked import Asked
from .bulk import AsyncBulk, Stream, SyncBulk
from .pages import AsyncPages, Page, Pages
from .senders import AsyncSender, SyncSender
from .shapes import Rehearsal

S = TypeVar("S", bound=SyncSender | AsyncSender)
P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")
D = TypeVar("D")


class Resource(Generic[S]):
    """A group of methods and the sender that they use."""

    def __init__(self, sender: S) -> None:
        self._sender: S = sender


class _Described(Generic[P, R]):
    def __init__(self, build: Callable[Concatenate[Any, P], R]) -> None:
        self._build = build
        update_wrapper(self, build)  # type: ignore[arg-type]


class reads(_Described[P, Asked[T]]):  # noqa: N801 - a decorator
    """A method that asks once."""

    @overload
    def __get__(self, resource: Resource[SyncSender], owner: object) -> Callable[P, T]: ...
    @overload
    def __get__(self, resource: Resource[AsyncSender], owner: object) -> Callable[P, Awaitable[T]]: ...
    def __get__(self, resource: Resource[Any], owner: object) -> Callable[P, Any]:
        def ask(*args: P.args, **kwargs: P.kwargs) -> Any:
            return resource._sender.send(self._build(resource, *args, **kwargs))

        return update_wrapper(ask, self._build)


class lists(_Described[P, Asked[Page[T]]]):  # noqa: N801
    """A method that gives a list to iterate."""

    @overload
    def __get__(self, resource: Resource[SyncSender], owner: object) -> Callable[P, Pages[T]]: ...
    @overload
    def __get__(self, resource: Resource[AsyncSender], owner: object) -> Callable[P, AsyncPages[T]]: ...
    def __get__(self, resource: Resource[Any], owner: object) -> Callable[P, Any]:
        kind: Any = Pages if isinstance(resource._sender, SyncSender) else AsyncPages

        def ask(*args: P.args, **kwargs: P.kwargs) -> Any:
            return kind(resource._sender, self._build(resource, *args, **kwargs))

        return update_wrapper(ask, self._build)


class Write(Generic[P, R, D]):
    """A write: call it, or ``dry_run`` it with the same arguments."""

    def __init__(self, build: Callable[P, Asked[Any]], send: Callable[[Asked[Any]], Any]) -> None:
        self._build = build
        self._send = send

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        answer: R = self._send(self._build(*args, **kwargs))
        return answer

    def dry_run(self, *args: P.args, **kwargs: P.kwargs) -> D:
        """What the same call would answer and change; nothing is stored."""
        asked = self._build(*args, **kwargs)
        told: D = self._send(replace(asked, query={**asked.query, "dry_run": True}, takes_key=False, repeats=True))
        return told


class writes(_Described[P, Asked[T]]):  # noqa: N801
    """A method that changes something, once, however often it has to be sent."""

    @overload
    def __get__(self, resource: Resource[SyncSender], owner: object) -> Write[P, T, Rehearsal[T]]: ...
    @overload
    def __get__(
        self, resource: Resource[AsyncSender], owner: object
    ) -> Write[P, Awaitable[T], Awaitable[Rehearsal[T]]]: ...
    def __get__(self, resource: Resource[Any], owner: object) -> Write[P, Any, Any]:
        made: Write[P, Any, Any] = Write(partial(self._build, resource), resource._sender.send)
        update_wrapper(made, self._build)
        return made


class streams:  # noqa: N801
    """A bulk route: many objects in, a result for each out."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    @overload
    def __get__(self, resource: Resource[SyncSender], owner: object) -> SyncBulk: ...
    @overload
    def __get__(self, resource: Resource[AsyncSender], owner: object) -> AsyncBulk: ...
    def __get__(self, resource: Resource[Any], owner: object) -> SyncBulk | AsyncBulk:
        kind: Any = SyncBulk if isinstance(resource._sender, SyncSender) else AsyncBulk
        bulk: SyncBulk | AsyncBulk = kind(resource._sender, self._stream)
        return bulk
