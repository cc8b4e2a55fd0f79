"""``dealt audit`` against a real database."""

from __future__ import annotations

import json
from pathlib import Path

import asyncpg

from tests.processes.running import command


async def test_drift_is_told_and_repaired(workspace_url: str, tmp_path: Path) -> None:
    def audit(*arguments: str) -> tuple[int, str, str]:
        done = command(tmp_path, "audit", *arguments, DATABASE_URL=workspace_url)
        return done.returncode, done.stdout, done.stderr

    assert audit() == (0, "", "0 objects were looked at, 0 contacts wait to be computed.\nNo units of drift.\n")
    connection = await asyncpg.connect(workspace_url)
    await connection.execute(
        "INSERT INTO contacts (workspace_id, custom_id, created_at, updated_at)"
        " SELECT id, 'anna', now(), now() FROM workspaces"
    )
    code, shown, told = audit()
    assert (code, told.splitlines()[-1]) == (1, "1 unit of drift.")
    assert shown.splitlines()[1].split() == ["contact", "1", "contact_custom_ids", "anna", "-", "1"]
    doctor = command(tmp_path, "doctor", DATABASE_URL=workspace_url)
    assert "1 derived values of 1 objects are wrong" in doctor.stdout and "`dealt audit --repair`" in doctor.stdout
    code, shown, told = audit("--repair", "--json")
    answer = json.loads(shown)
    assert (code, answer["drift"], answer["repaired"], answer["looked"]) == (1, 1, True, 1)
    assert answer["findings"] == [
        {
            "object_type": "contact", "object_id": 1, "definition": "contact_custom_ids", "name": "anna",
            "stored": None, "recomputed": 1,
        }
    ]  # fmt: skip
    assert audit()[0] == 0
    await connection.close()
