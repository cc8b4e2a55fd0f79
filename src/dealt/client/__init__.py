"""A client of Dealt's API, to wait for or to await, typed.

    from dealt.client import Client

    with Client("https://dealt.example", token) as client:
        for deal in client.deals.list(status=1):
            client.deals.update(deal["id"], {"stage": 4})

It needs nothing of the server and nothing but httpx, so the folder may also be copied out and used alone, under any
name. What answers look like, and why they are plain dicts with types, is told in ``shapes``.
"""

from .asked import Id
from .clients import AsyncClient, Client
from .errors import (
    ApiError,
    BulkStopped,
    Conflict,
    DealtError,
    Forbidden,
    InvalidInput,
    NotAuthenticated,
    NotFound,
    RateLimited,
    ServerError,
    TooLarge,
    Unreachable,
    UnreadableAnswer,
)
from .pages import AsyncPages, Page, Pages
from .receiving import NotGenuine, verify
from .retries import Retries

__all__ = [
    "ApiError",
    "AsyncClient",
    "AsyncPages",
    "BulkStopped",
    "Client",
    "Conflict",
    "DealtError",
    "Forbidden",
    "Id",
    "InvalidInput",
    "NotAuthenticated",
    "NotFound",
    "NotGenuine",
    "Page",
    "Pages",
    "RateLimited",
    "Retries",
    "ServerError",
    "TooLarge",
    "Unreachable",
    "UnreadableAnswer",
    "verify",
]
