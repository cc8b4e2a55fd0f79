"""What a mapping file may say, and what it is refused for."""

from __future__ import annotations

import pytest

from dealt.importing.errors import BadMapping
from dealt.importing.kinds import ORDERS
from dealt.importing.mapping import Source, read_mapping

WHOLE = """
delimiter = ";"
encoding = "cp1250"
decimal_comma = true
time_zone = "Europe/Warsaw"
group_by = "Order"
rows = "together"
create_contacts = true

[order]
custom_id = "Order"
name = { template = "Order {Order}" }
status = { column = "State", values = { paid = 2 }, otherwise = 1 }
value = { lines_total = true }

[lines]
product_custom_id = "SKU"
"""


def test_a_text_stands_for_a_column_and_a_table_says_more() -> None:
    mapping = read_mapping(WHOLE)
    assert (mapping.delimiter, mapping.group_by, mapping.rows, mapping.create_contacts) == (
        ";", "Order", "together", True,
    )  # fmt: skip
    assert mapping.order["custom_id"] == "Order"
    assert mapping.order["status"] == Source(column="State", values={"paid": 2}, otherwise=1)


def test_an_empty_mapping_means_the_shape_of_the_api() -> None:
    assert read_mapping("create_contacts = true").is_api_shape(ORDERS)


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("order = ", "mapping", "not TOML"),
        ("colour = 1", "mapping", "unknown field `colour`"),
        ('[order]\ncustom_id = { colum = "x" }', "mapping", "unknown field `colum`"),
        ('rows = "sorted"', "mapping", "Invalid enum value 'sorted'"),
        ('[order]\nname = "x"', "order.custom_id", "needs an id of its own"),
        ('[order]\ncustom_id = { }', "order.custom_id", "Give one of"),
        ('[order]\ncustom_id = { column = "a", constant = 1 }', "order.custom_id", "Give one of"),
        ('[order]\ncustom_id = "a"\nname = { lines_total = true }', "order.name", "Only the order's value"),
        ('[order]\ncustom_id = "a"\nstatus = { constant = 2, split = "," }', "order.status", "comes from a column"),
        ('[order]\ncustom_id = "a"\nstatus = { column = "s", otherwise = 2 }', "order.status", "goes with values"),
        ('[order]\ncustom_id = "a"\n[contact]\nshoe_size = "b"', "contact.shoe_size", "There is no such field"),
        ('[lines]\nvalue = "a"', "order", "no field of the order"),
        ('group_by = "a"\n[order]\ncustom_id = "a"', "lines", "what their lines are made of"),
        (
            'group_by = "a"\nlines_in = "b"\n[order]\ncustom_id = "a"\n[lines]\nvalue = "c"',
            "lines_in", "not both",
        ),
        ('delimiter = "::"', "delimiter", "not one character"),
        ('encoding = "latin-99"', "encoding", "not an encoding"),
        ('time_zone = "Mars/Base"', "time_zone", "not a time zone"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_by_the_entry_that_says_it(text: str, place: str, says: str) -> None:
    with pytest.raises(BadMapping) as caught:
        read_mapping(text)
    assert says in " ".join(caught.value.fields[place])
