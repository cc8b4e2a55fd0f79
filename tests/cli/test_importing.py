"""``dealt import orders``: real commands against a real database."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.processes.running import DEALT, command, processes_with, until

HEADINGS = "order_id,customer_id,order_date,sku,qty,price\n"
MANY = 12_000


def ask(url: str, query: str) -> Any:
    """The only value of a query's only row."""

    async def fetch() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(query)
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(fetch())).result()


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(HEADINGS + "7,ann,2025-06-24,MUG,2,1.50\n7,ann,2025-06-24,TEA,1,4\n8,bob,2025-06-25,MUG,1,1.50\n")
    return path


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """So many orders that an import of them can be cut short; each has its number as its price."""
    path = tmp_path / "many.csv"
    path.write_text(HEADINGS + "".join(f"o{n},c{n % 9},2025-06-24,MUG,1,{n}\n" for n in range(1, MANY + 1)))
    return path


def begin(path: Path, url: str) -> subprocess.Popen[str]:
    """An import that has come some way."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DEALT_")} | {"DATABASE_URL": url}
    process = subprocess.Popen(
        [*DEALT, "import", "orders", str(path), "--yes"],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    until(lambda: state_of(path).exists() or process.poll() is not None, "the first orders")
    assert process.poll() is None, "the import ended too soon to be cut short"
    return process


def state_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.import-state.json")


def test_a_guess_is_printed_and_used_only_when_somebody_agrees(workspace_url: str, orders: Path) -> None:
    done = command(orders.parent, "import", "orders", str(orders), DATABASE_URL=workspace_url)
    assert (done.returncode, ask(workspace_url, "SELECT count(*) FROM deals")) == (1, 0)
    assert "Nothing was imported. Save this as orders.toml" in done.stderr
    mapping = orders.with_suffix(".toml")
    mapping.write_text(done.stdout)
    agreed = command(orders.parent, "import", "orders", str(orders), "--yes", DATABASE_URL=workspace_url)
    assert agreed.returncode == 0, agreed.stderr
    assert "2 orders created, 0 updated, 0 older than what is stored; 3 lines, 2 new contacts." in agreed.stderr
    assert ask(workspace_url, "SELECT sum(value) = 8.5 AND sum(lines_total) = 8.5 FROM deals")
    again = command(
        orders.parent, "import", "orders", str(orders), "--mapping", str(mapping), DATABASE_URL=workspace_url
    )
    assert "0 orders created, 2 updated" in again.stderr


def test_a_dry_run_shows_orders_and_refusals_and_writes_nothing(workspace_url: str, orders: Path) -> None:
    with orders.open("a") as file:
        file.write("9,cy,never,MUG,x,1\n10,cy,2025-06-24,MUG,1,1\n")
    done = command(orders.parent, "import", "orders", str(orders), "--dry-run", DATABASE_URL=workspace_url)
    assert done.returncode == 1
    assert '"custom_id": "7"' in done.stdout
    assert 'Row 4: order_products.0.quantity: "x" is not an amount such as 249.99.' in done.stderr
    assert "4 orders with 4 lines, 1 of the orders would be refused, 3 contacts would be created." in done.stderr
    assert ask(workspace_url, "SELECT (SELECT count(*) FROM deals) + (SELECT count(*) FROM contacts)") == 0
    assert [p.name for p in orders.parent.iterdir() if p.name.startswith("orders")] == ["orders.csv"]


def test_a_dry_run_names_orders_of_strangers_where_contacts_are_not_created(workspace_url: str, orders: Path) -> None:
    mapping = orders.with_suffix(".toml")
    mapping.write_text('[order]\ncustom_id = "order_id"\nname = "order_id"\nuser_custom_id = "customer_id"\n')
    done = command(
        orders.parent, "import", "orders", str(orders), "--mapping", str(mapping), "--dry-run",
        DATABASE_URL=workspace_url,
    )  # fmt: skip
    assert 'There is no contact "ann"; create_contacts = true would create it.' in done.stderr


def test_refused_orders_are_told_with_the_file_and_the_exit_code(workspace_url: str, orders: Path) -> None:
    with orders.open("a") as file:
        file.write("9,cy,2025-06-24,MUG,x,1\n")
    done = command(orders.parent, "import", "orders", str(orders), "--yes", "--silent", DATABASE_URL=workspace_url)
    assert done.returncode == 1
    assert f"1 orders refused: their rows are in {orders.with_suffix('.rejected.csv')}" in done.stderr
    assert ask(workspace_url, "SELECT bool_and(cause = 1) FROM journal WHERE actor = 'import' AND contact_id > 0")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("none.csv", None, "cannot be read: No such file"),
        ("odd.odt", b"x", "odd.odt does not say what it is"),
        ("colours.csv", b"colour,size\nred,7\n", "order.custom_id: Every order needs an id of its own"),
        ("torn.parquet", b"PAR1", "torn.parquet is not a Parquet file"),
    ],
)
def test_a_file_that_cannot_be_imported_is_told_in_a_sentence(
    workspace_url: str, tmp_path: Path, name: str, content: bytes | None, says: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    done = command(tmp_path, "import", "orders", str(tmp_path / name), "--yes", DATABASE_URL=workspace_url)
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_killed_import_leaves_no_process_and_goes_on_where_it_was(workspace_url: str, many: Path) -> None:
    process = begin(many, workspace_url)
    process.send_signal(signal.SIGSTOP)  # it cannot end before the other one has looked
    busy = command(many.parent, "import", "orders", str(many), "--yes", DATABASE_URL=workspace_url)
    assert "Another import of" in busy.stderr
    process.kill()
    process.wait()
    until(lambda: not processes_with(workspace_url), "the end of every process")
    done = command(many.parent, "import", "orders", str(many), "--yes", DATABASE_URL=workspace_url)
    assert done.returncode == 0, done.stderr
    assert "orders of an earlier run" in done.stderr
    assert ask(workspace_url, "SELECT count(*) FROM deals") == MANY
    assert ask(workspace_url, "SELECT sum(value) FROM deals") == MANY * (MANY + 1) // 2
    assert ask(workspace_url, "SELECT max(version) FROM deals") == 1
    assert not state_of(many).exists()


def test_ctrl_c_ends_an_import_in_order(workspace_url: str, many: Path) -> None:
    process = begin(many, workspace_url)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Interrupted. Run the same command again to go on from here." in told
    assert "Traceback" not in told
    assert not processes_with(workspace_url)
    assert command(many.parent, "import", "orders", str(many), "--yes", DATABASE_URL=workspace_url).returncode == 0
    assert ask(workspace_url, "SELECT count(*) FROM deals") == MANY
