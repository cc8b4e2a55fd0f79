"""First answers, kept with the change that they answer: a request repeated with its key gets the same answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dealt.kernel.db import Connection
from dealt.kernel.errors import Conflict

LONGEST_KEY = 255

# A key that another transaction holds makes this wait for its end: then the first answer is there.
_CLAIM = """
INSERT INTO idempotency_keys AS k (workspace_id, key, fingerprint, created_at)
SELECT $1, key, fingerprint, $4 FROM unnest($2::text[], $3::bytea[]) AS claimed(key, fingerprint)
ON CONFLICT (workspace_id, key) DO UPDATE SET key = k.key
RETURNING key, fingerprint, status, body"""

_ANSWER = """
UPDATE idempotency_keys AS k SET status = a.status, body = a.body
FROM unnest($2::text[], $3::smallint[], $4::bytea[]) AS a(key, status, body)
WHERE k.workspace_id = $1 AND k.key = a.key"""

# $2 behind which key $3 how many keys $4 what is searched for
_BLANK = """
WITH page AS MATERIALIZED (
    SELECT key, status <> 0 AND EXISTS (SELECT FROM unnest($4::bytea[]) AS part WHERE position(part IN body) > 0) AS hit
    FROM idempotency_keys WHERE workspace_id = $1 AND key > $2 ORDER BY key LIMIT $3
), blanked AS (
    UPDATE idempotency_keys AS k SET body = '{}' FROM page
    WHERE k.workspace_id = $1 AND k.key = page.key AND page.hit RETURNING k.key
)
SELECT (SELECT max(key) FROM page) AS last, (SELECT count(*) FROM blanked) AS blanked"""
_KEYS_A_PAGE = 5_000

_FORGET = "DELETE FROM idempotency_keys WHERE workspace_id = $1 AND key = ANY($2::text[])"


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A client's key with the fingerprint of the request that it stands for."""

    key: str
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """The status and body that the first request with a key was answered with."""

    status: int
    body: bytes


async def claim_keys(
    connection: Connection, workspace_id: int, keys: Sequence[IdempotencyKey], now: datetime
) -> dict[str, FirstAnswer | Conflict | None]:
    """For each key: None where this transaction is the first, else the first answer.

    A key that came with another request gives a Conflict. The keys of one call differ from each other.
    """
    ordered = sorted(keys, key=lambda key: key.key)
    rows = await connection.fetch(
        _CLAIM, workspace_id, [key.key for key in ordered], [key.fingerprint for key in ordered], now
    )
    sent = {key.key: key.fingerprint for key in ordered}
    found: dict[str, FirstAnswer | Conflict | None] = {}
    for row in rows:
        if row["fingerprint"] != sent[row["key"]]:
            found[row["key"]] = Conflict("This Idempotency-Key was used for another request; take a fresh one.")
        else:
            found[row["key"]] = FirstAnswer(row["status"], row["body"]) if row["status"] else None
    return found


async def keep_answers(connection: Connection, workspace_id: int, answers: dict[str, FirstAnswer]) -> None:
    """Store the answers of claimed keys, in the transaction that claimed them."""
    if answers:
        await connection.execute(
            _ANSWER,
            workspace_id,
            list(answers),
            [answer.status for answer in answers.values()],
            [answer.body for answer in answers.values()],
        )


async def forget_keys(connection: Connection, workspace_id: int, keys: Sequence[str]) -> None:
    """Let go of claimed keys whose request was refused: corrected, it may use its key again."""
    if keys:
        await connection.execute(_FORGET, workspace_id, list(keys))


async def blank_answers(connection: Connection, workspace_id: int, parts: Sequence[bytes]) -> int:
    """Make ``{}`` of every kept answer that holds one of ``parts``; how many. Their keys go on preventing repeats."""
    last: str | None = ""
    blanked = 0
    while parts and last is not None:
        row = await connection.fetchrow(_BLANK, workspace_id, last, _KEYS_A_PAGE, list(parts))
        last, blanked = row["last"], blanked + row["blanked"]
    return blanked
