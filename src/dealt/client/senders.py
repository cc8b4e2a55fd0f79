"""The only two places that touch a connection: one waits, the other is awaited. What they do is decided elsewhere."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import httpx

from .asked import Asked
from .retries import Outcome, Retries, Steps, attempts

T = TypeVar("T")
H = TypeVar("H", httpx.Client, httpx.AsyncClient)
_PUBLIC = "/api/public"


@dataclass(frozen=True)
class Sender(Generic[H]):
    """Where requests go and with what; ``server`` is the address without a path of the API."""

    http: H
    server: str
    headers: dict[str, str]
    retries: Retries

    def steps(self, asked: Asked[Any]) -> Steps[httpx.Response]:
        """The request and its repetitions."""
        headers = dict(self.headers)
        key = asked.key
        if asked.writes and asked.takes_key and key is None and self.retries.most > 0:
            key = uuid.uuid4().hex
        if key is not None:
            headers["Idempotency-Key"] = key
        if asked.body is not None:
            headers["Content-Type"] = asked.media
        url = self.server + ("" if asked.root else _PUBLIC) + asked.target
        request = self.http.build_request(asked.method, url, content=asked.body, headers=headers)
        repeatable = not asked.writes or key is not None or asked.repeats
        return attempts(request, self.retries, time.monotonic, repeatable=repeatable)


class SyncSender(Sender[httpx.Client]):
    """Sends and waits."""

    def send(self, asked: Asked[T]) -> T:
        """What the answer tells. Raises DealtError."""
        steps, outcome = self.steps(asked), None
        try:
            while True:
                outcome = self._do(steps.send(outcome))
        except StopIteration as done:
            return asked.read(done.value)

    def _do(self, step: httpx.Request | float) -> Outcome:
        if isinstance(step, httpx.Request):
            try:
                return self.http.send(step)
            except httpx.TransportError as error:
                return error
        time.sleep(step)
        return None


class AsyncSender(Sender[httpx.AsyncClient]):
    """Sends and is awaited, on asyncio."""

    async def send(self, asked: Asked[T]) -> T:
        """What the answer tells. Raises DealtError."""
        steps, outcome = self.steps(asked), None
        try:
            while True:
                outcome = await self._do(steps.send(outcome))
        except StopIteration as done:
            return asked.read(done.value)

    async def _do(self, step: httpx.Request | float) -> Outcome:
        if isinstance(step, httpx.Request):
            try:
                return await self.http.send(step)
            except httpx.TransportError as error:
                return error
        await asyncio.sleep(step)
        return None
