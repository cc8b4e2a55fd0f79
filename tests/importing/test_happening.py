"""Events out of files."""

from __future__ import annotations

import json
from pathlib import Path

from dealt.importing import CONTACTS, EVENTS
from tests.importing.conftest import Import

MAPPING = """
[event]
user_custom_id = "who"
name = "what"
timestamp = { column = "when", format = "%d.%m.%Y %H:%M" }
page = "page"
"""


def test_events_of_contacts_are_told_once_however_often_the_file_is_read(importing: Import, tmp_path: Path) -> None:
    people = tmp_path / "people.ndjson"
    people.write_text("".join(json.dumps({"custom_id": f"c{n}"}) + "\n" for n in range(3)))
    importing.run(people, "", kind=CONTACTS)
    path = tmp_path / "events.csv"
    rows = [f"c{n % 3},visited,24.06.2025 12:{n:02},/p{n}" for n in range(30)]
    rows += ["stranger,visited,24.06.2025 12:00,/", ",visited,24.06.2025 12:00,/", "c1,visited,noon,/", rows[0]]
    path.write_text("who,what,when,page\n" + "\n".join(rows) + "\n")
    done = importing.run(path, MAPPING, kind=EVENTS, jobs=2)
    assert (done.counts.created, done.counts.updated, done.counts.refused) == (31, 0, 3)
    assert importing.fetch("SELECT count(*) AS n, max(happened_at)::text AS at, max(actor) AS who FROM events") == [
        {"n": 31, "at": "2025-06-24 12:29:00+00", "who": "import"}
    ]
    assert importing.one("SELECT data->>'page' FROM events ORDER BY happened_at DESC LIMIT 1") == "/p29"
    rejected = (tmp_path / "events.rejected.csv").read_text()
    assert "stranger" in rejected
    assert "This row does not say the id of the contact" in rejected
    again = importing.run(path, MAPPING, kind=EVENTS)
    assert (again.counts.created, again.counts.updated) == (0, 31)
    assert importing.one("SELECT count(*) FROM events") == 31


def test_json_in_the_shape_of_the_api_brings_events_with_ids_of_their_own(importing: Import, tmp_path: Path) -> None:
    people = tmp_path / "people.ndjson"
    people.write_text('{"custom_id": "c"}\n')
    importing.run(people, "", kind=CONTACTS)
    path = tmp_path / "events.ndjson"
    event = {
        "user_custom_id": "c",
        "name": "bought",
        "custom_id": "e1",
        "data": {"sum": 2.5},
        "timestamp": 1_750_000_000,
    }
    path.write_text(json.dumps(event) + "\n" + json.dumps(event | {"data": {"sum": 9}}) + "\n")
    done = importing.run(path, "", kind=EVENTS)
    assert (done.counts.created, done.counts.updated) == (1, 1)
    assert importing.one("SELECT custom_id FROM events") == "e1"
