"""What a client is told when the database does not play along: to try again, never that the request was bad."""

from __future__ import annotations

import socket

import asyncpg
import pytest

from dealt.kernel.failures import describe


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.ConnectionDoesNotExistError("gone"),
        asyncpg.ConnectionFailureError("gone"),
        asyncpg.CannotConnectNowError("starting"),
        asyncpg.QueryCanceledError("canceling statement due to statement timeout"),
        asyncpg.DeadlockDetectedError("again and again"),
        asyncpg.SerializationError("again and again"),
        asyncpg.DiskFullError("no space left on device"),
        asyncpg.InterfaceError("connection is closed"),
        TimeoutError(),
        ConnectionRefusedError(),
        socket.gaierror(-3, "Temporary failure in name resolution"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_database_that_cannot_answer_just_now_is_a_503(error: Exception) -> None:
    failure = describe(error)
    assert (failure.status, failure.headers) == (503, {"Retry-After": "1"})
    assert not failure.unexpected


def test_anything_else_is_logged_and_told_without_details() -> None:
    failure = describe(RuntimeError("a secret"))
    assert (failure.status, failure.unexpected) == (500, True)
    assert "secret" not in str(failure.body)
