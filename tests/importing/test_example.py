"""What the documentation shows, done."""

from __future__ import annotations

import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq

from dealt.importing.kinds import KINDS
from dealt.importing.mapping import read_mapping
from tests.importing.conftest import Import

ROOT = Path(__file__).parents[2]
MAPPING = ROOT / "examples" / "complete-journey.toml"


def test_the_mappings_of_the_documentation_are_ones() -> None:
    found = re.findall(r"```toml\n(.*?)```", (ROOT / "docs" / "import.md").read_text(), re.DOTALL)
    kinds = {kind.one: kind for kind in KINDS.values()}
    tables = [str(re.findall(r"^\[(\w+)\]$", text, re.MULTILINE)[0]) for text in found]
    assert tables[:2] == ["order", "contact"]
    for text, table in zip(found, tables, strict=True):
        assert read_mapping(text, kinds[table])


def test_baskets_of_the_example_add_up_to_the_cent(importing: Import, tmp_path: Path) -> None:
    whole = tmp_path / "transactions.parquet"
    script = ROOT / "examples" / "complete_journey.py"
    subprocess.run([sys.executable, str(script), str(whole)], check=True, capture_output=True)
    # The year's first 5,000 lines, without the basket that they cut; some have a quantity of 0.
    rows = pq.read_table(whole).slice(0, 5_000)
    assert pc.min(rows["quantity"]).as_py() == 0
    rows = rows.filter(pc.not_equal(rows["basket_id"], rows["basket_id"][-1]))
    path = tmp_path / "some.parquet"
    pq.write_table(rows, path)
    summary = importing.run(path, MAPPING.read_text(), jobs=2, silent=True)
    assert (summary.counts.refused, summary.counts.lines) == (0, len(rows))
    assert summary.counts.created == len(rows["basket_id"].unique())
    assert summary.counts.contacts == len(rows["household_id"].unique())
    sales = sum((Decimal(str(value)) for value in rows["sales_value"].to_pylist()), Decimal(0))
    assert importing.fetch(
        "SELECT sum(value) AS value, sum(lines_total) AS lines, sum(net_value) AS net FROM deals"
    ) == [{"value": sales, "lines": sales, "net": sales}]
    assert (
        importing.one("SELECT count(*) FROM deals WHERE status = 2 AND won_at = ordered_at") == summary.counts.created
    )
    first = importing.fetch(
        "SELECT name, attributes->>'store_id' AS store, ordered_at::text FROM deals WHERE custom_id = '31198570044'"
    )
    assert first == [{"name": "Basket 31198570044", "store": "330", "ordered_at": "2017-01-01 11:53:26+00"}]
