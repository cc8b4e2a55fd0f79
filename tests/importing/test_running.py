"""Whole imports, by real processes into a real database."""

from __future__ import annotations

import csv
import multiprocessing
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dealt.importing import ImportStopped, Progress, UnfinishedImport, UnreadableFile
from tests.importing.conftest import Import
from tests.processes.running import until

LINES = """
group_by = "order"
create_contacts = true
[order]
custom_id = "order"
user_custom_id = "who"
name = { template = "Order {order}" }
currency = { constant = "EUR" }
status = { constant = 2 }
value = { lines_total = true }
order_date = "at"
[lines]
product_custom_id = "sku"
quantity = "qty"
total = "total"
[contact]
email = "mail"
"""
HEADINGS = ["order", "who", "mail", "at", "sku", "qty", "total"]


def write_csv(path: Path, rows: list[list[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(rows)
    return path


def baskets(count: int, lines: int = 3, people: int = 7) -> list[list[object]]:
    """Line ``n`` of basket ``b`` costs b.n."""
    return [
        [f"b{b}", f"p{b % people}", f"p{b % people}@x.example", "2025-06-24T12:00:00Z", f"sku{n}", n, f"{b}.{n}"]
        for b in range(1, count + 1)
        for n in range(1, lines + 1)
    ]


def total_of(rows: list[list[object]]) -> Decimal:
    return sum((Decimal(str(row[-1])) for row in rows), Decimal(0))


def test_lines_anywhere_in_a_file_become_orders_that_add_up_exactly(importing: Import, tmp_path: Path) -> None:
    rows = baskets(1200)
    shuffled = rows[::2] + rows[1::2]
    path = write_csv(tmp_path / "orders.csv", shuffled)
    reached: list[Progress] = []
    summary = importing.run(path, LINES, jobs=2, report=reached.append)
    counts = summary.counts
    assert (counts.created, counts.lines, counts.contacts, counts.refused) == (1200, 3600, 7, 0)
    assert (summary.finished, summary.rejected, summary.resumed_at) == (True, None, 0)
    assert importing.fetch("SELECT count(*) AS deals, sum(value) AS value, sum(lines_total) AS lines FROM deals") == [
        {"deals": 1200, "value": total_of(rows), "lines": total_of(rows)}
    ]
    assert importing.one("SELECT count(*) FROM deal_lines") == 3600
    assert importing.one("SELECT count(DISTINCT product_id) FROM deal_products") == 3
    assert importing.one("SELECT count(*) FROM contacts WHERE email = custom_id || '@x.example'") == 7
    assert (reached[-1].done, reached[-1].total) == (3600, 3600)
    assert [p.name for p in tmp_path.iterdir()] == ["orders.csv"]


def test_an_import_again_changes_nothing_and_a_changed_file_changes_what_it_says(
    importing: Import, tmp_path: Path
) -> None:
    rows = baskets(30)
    path = write_csv(tmp_path / "orders.csv", rows)
    importing.run(path, LINES)
    before = importing.fetch("SELECT id, version, value FROM deals ORDER BY id")
    again = importing.run(path, LINES)
    assert (again.counts.created, again.counts.updated) == (0, 30)
    assert importing.fetch("SELECT id, version, value FROM deals ORDER BY id") == before
    rows[0][-1] = "100.00"
    importing.run(write_csv(path, rows), LINES)
    changed = importing.fetch("SELECT custom_id, value, version FROM deals WHERE version > 1")
    assert changed == [{"custom_id": "b1", "value": Decimal("102.50"), "version": 2}]


def test_what_follows_a_deal_follows_an_imported_one_in_the_bulk_lane(importing: Import, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "orders.csv", baskets(4, people=2))
    importing.run(path, LINES, silent=True)
    told = importing.fetch(
        "SELECT kind, actor, cause, count(*) AS entries FROM journal WHERE actor = 'import' AND contact_id > 0 "
        "GROUP BY 1, 2, 3 ORDER BY 1"
    )
    assert told == [
        {"kind": "contact.created", "actor": "import", "cause": 1, "entries": 2},
        {"kind": "deal.created", "actor": "import", "cause": 1, "entries": 4},
    ]
    assert importing.fetch("SELECT DISTINCT lane, cause FROM stale") == [{"lane": 1, "cause": 1}]
    assert importing.one("SELECT count(*) FROM follows WHERE kind = 'deal.created'") == 4
    assert importing.one("SELECT count(*) FROM contact_keys") == 2


def test_refused_orders_are_written_beside_the_file_whole_and_can_be_put_right(
    importing: Import, tmp_path: Path
) -> None:
    rows = baskets(6, lines=2, people=3)
    rows[3][5] = "-1"
    rows[8][2] = "no address"
    rows[10][3] = "yesterday"
    rows.append(["", "p1", "", "", "sku1", 1, 1])
    path = write_csv(tmp_path / "orders.csv", rows)
    summary = importing.run(path, LINES)
    assert (summary.counts.created, summary.counts.refused) == (3, 4)
    assert summary.rejected == tmp_path / "orders.rejected.csv"
    with summary.rejected.open(encoding="utf-8") as file:
        rejected = list(csv.reader(file))
    assert rejected[0] == [*HEADINGS, "rejected_because"]
    told = {(row[0], row[4]): row[-1] for row in rejected[1:]}
    assert {order for order, _ in told} == {"", "b2", "b5", "b6"}
    assert len(told) == 7
    assert told["b2", "sku1"] == "order_products.1.quantity: A number of 0 or more is needed."
    assert told["b5", "sku2"] == "contact: email: Enter a valid email address."
    assert "order_date" in told["b6", "sku1"]
    assert "custom_id" in told["", "sku1"]
    text = summary.rejected.read_text().replace(",-1,", ",2,").replace("no address", "a@b.example")
    fixed = tmp_path / "fixed.csv"
    fixed.write_text(text.replace("yesterday", "2025-06-24").replace("\n,p1", "\nb7,p1"))
    assert importing.run(fixed, LINES).counts.created == 4
    assert importing.one("SELECT sum(lines_total) FROM deals") == total_of(rows)


def test_a_contact_that_cannot_be_created_refuses_its_order_and_no_other(importing: Import, tmp_path: Path) -> None:
    rows = baskets(3, lines=1, people=3)
    rows[1][2] = "no address"
    summary = importing.run(write_csv(tmp_path / "orders.csv", rows), LINES)
    assert (summary.counts.created, summary.counts.contacts, summary.counts.refused) == (2, 2, 1)
    assert "contact: email: Enter a valid email address." in (tmp_path / "orders.rejected.csv").read_text()


def test_without_leave_to_create_contacts_an_order_of_a_stranger_is_refused(importing: Import, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "orders.csv", baskets(2, people=1))
    importing.run(path, LINES.replace("create_contacts = true", ""))
    assert "No contact with the custom_id p0" in (tmp_path / "orders.rejected.csv").read_text()
    assert importing.one("SELECT count(*) FROM contacts") == 0


def test_an_order_with_too_many_rows_is_refused_with_all_of_them(importing: Import, tmp_path: Path) -> None:
    rows = [*baskets(1, lines=2), *(["big", "p", "", "2025-06-24", f"sku{n}", 1, 1] for n in range(2300))]
    summary = importing.run(write_csv(tmp_path / "orders.csv", rows), LINES + "", jobs=2)
    assert summary.counts.created == 1
    rejected = (tmp_path / "orders.rejected.csv").read_text().splitlines()
    assert len(rejected) == 2301
    assert "more than 1,000 rows" in rejected[-1]


def test_what_the_database_cannot_store_refuses_one_order(importing: Import, tmp_path: Path) -> None:
    rows = baskets(5, lines=1)
    rows[2][4] = "nul\0"
    summary = importing.run(write_csv(tmp_path / "orders.csv", rows), LINES)
    assert (summary.counts.created, summary.counts.refused) == (4, 1)
    assert "The database cannot store this order" in (tmp_path / "orders.rejected.csv").read_text()


def test_rows_said_to_be_together_that_are_not_stop_the_import(importing: Import, tmp_path: Path) -> None:
    rows = baskets(3)
    path = write_csv(tmp_path / "orders.csv", [*rows[:2], *rows[3:], rows[2]])
    with pytest.raises(UnreadableFile, match='The order "b1" has rows from 1 on, and again from 9 on'):
        importing.run(path, 'rows = "together"\n' + LINES)


def test_json_in_the_shape_of_the_api_needs_no_mapping_and_later_rows_win(importing: Import, tmp_path: Path) -> None:
    path = tmp_path / "orders.ndjson"
    orders = [
        {"custom_id": f"o{n % 3}", "name": f"Version {n}", "order_products": [{"product_custom_id": "A", "value": n}]}
        for n in range(12)
    ]
    orders.append({"custom_id": "o0", "name": "Late", "source_updated_at": "2025-06-24T12:00:00Z"})
    orders.append({"custom_id": "o0", "name": "Later still", "source_updated_at": "2025-06-23T12:00:00Z"})
    path.write_bytes(b"\n".join(map(msgspec.json.encode, orders)))
    summary = importing.run(path, "", jobs=2)
    assert (summary.counts.created, summary.counts.updated, summary.counts.older) == (3, 10, 1)
    names = [row["name"] for row in importing.fetch("SELECT name FROM deals ORDER BY custom_id")]
    assert names == ["Late", "Version 10", "Version 11"]


def test_parquet_is_read_like_csv(importing: Import, tmp_path: Path) -> None:
    rows = baskets(20)
    columns = dict(zip(HEADINGS, map(list, zip(*rows, strict=True)), strict=True))
    columns["total"] = [float(str(total)) for total in columns["total"]]
    path = tmp_path / "orders.parquet"
    pq.write_table(pa.table(columns), path)
    importing.run(path, 'rows = "together"\n' + LINES)
    assert importing.one("SELECT sum(value) FROM deals") == total_of(rows)


class Cut(Exception):  # noqa: N818
    """The import's process is told to stop where it is."""


def cut_after(orders: int, how: type[BaseException]) -> tuple[list[int], Callable[[Progress], None]]:
    seen: list[int] = []

    def report(progress: Progress) -> None:
        seen.append(progress.counts.orders)
        if progress.counts.orders >= orders:
            raise how

    return seen, report


@pytest.mark.parametrize("how", [Cut, KeyboardInterrupt])
@pytest.mark.parametrize("rows", ["together", "anywhere"])
def test_an_import_that_was_cut_short_goes_on_where_it_was(
    importing: Import, tmp_path: Path, how: type[BaseException], rows: str
) -> None:
    lines = baskets(2300, lines=1)
    for place in (100, 1000, 2200):
        lines[place][5] = "x"
    path = write_csv(tmp_path / "orders.csv", lines)
    mapping = f'rows = "{rows}"\n' + LINES
    seen, report = cut_after(900, how)
    with suppress(Cut):
        assert not importing.run(path, mapping, report=report).finished
    assert seen == [450, 900]
    with pytest.raises(UnfinishedImport, match="another mapping"):
        importing.run(path, mapping + "name = 'mail'")
    summary = importing.run(path, mapping)
    assert (summary.resumed_at, summary.finished) == (900, True)
    assert (summary.counts.orders, summary.counts.refused) == (2300, 3)
    assert importing.one("SELECT count(*) FROM deals") == 2297
    rejected = (tmp_path / "orders.rejected.csv").read_text().splitlines()
    assert {line.split(",")[0] for line in rejected[1:]} == {"b101", "b1001", "b2201"}
    assert len(rejected) == 4
    assert not (tmp_path / "orders.csv.import-state.json").exists()


def test_restart_forgets_where_the_import_was(importing: Import, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "orders.csv", baskets(600, lines=1))
    _, report = cut_after(450, KeyboardInterrupt)
    importing.run(path, LINES, report=report)
    summary = importing.run(path, LINES, restart=True)
    assert (summary.resumed_at, summary.counts.orders, summary.finished) == (0, 600, True)
    assert importing.one("SELECT count(*) FROM deals") == 600


def test_a_lost_database_stops_the_import_and_refuses_no_order(importing: Import, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "orders.csv", baskets(3000, lines=4))
    ending = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'dealt import' AND state <> 'idle'"
    )

    def end_a_busy_connection(_progress: Progress) -> None:
        until(lambda: importing.fetch(ending), "a connection in the middle of its work")

    with pytest.raises(ImportStopped, match=r"The database could not go on: .* run the same command again"):
        importing.run(path, LINES, report=end_a_busy_connection)
    summary = importing.run(path, LINES)
    assert (summary.counts.orders, summary.counts.refused) == (3000, 0)
    assert summary.resumed_at > 0
    assert importing.one("SELECT count(*) FROM deals") == 3000


def test_a_folder_that_cannot_be_written_to_is_told_before_anything_is_stored(importing: Import) -> None:
    path = Path("/proc/version")
    with pytest.raises(UnreadableFile, match=r"/proc cannot be written to .*Copy the file to a folder of yours"):
        importing.run(path, 'format = "csv"\n[order]\ncustom_id = "x"')


def test_a_process_that_is_killed_stops_the_import_in_a_sentence(importing: Import, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "orders.csv", baskets(3000, lines=1))

    def kill_a_process(_progress: Progress) -> None:
        for child in multiprocessing.active_children():
            child.kill()

    with pytest.raises(ImportStopped, match="A process of the import ended by itself"):
        importing.run(path, LINES, report=kill_a_process)
    assert importing.run(path, LINES).counts.orders == 3000


def test_a_database_that_is_not_there_stops_the_import(importing: Import, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "orders.csv", baskets(1, lines=1))
    elsewhere = Import("postgresql://127.0.0.1:1/none", importing.workspace_id)
    with pytest.raises(ImportStopped, match="The database cannot be reached"):
        elsewhere.run(path, LINES)
