"""A mapping as text, and back."""

from __future__ import annotations

from dealt.importing.mapping import FileMapping, Source, read_mapping
from dealt.importing.showing import toml_of


def test_what_is_printed_is_what_is_read() -> None:
    mapping = FileMapping(
        delimiter="\t",
        encoding="cp1250",
        decimal_comma=True,
        group_by='No. "1"',
        create_contacts=True,
        order={
            "custom_id": 'No. "1"',
            "status": Source(column="State\\x", values={"in progress": 1, "płatne": 2}, otherwise=1),
            "value": Source(lines_total=True),
            "tags": Source(constant=["a", "b\x7f"]),
            "Grüße": Source(column="a\nb", type="number"),
        },
        lines={"product_custom_id": "SKU"},
        contact={"email": "E-mail"},
    )
    assert read_mapping(toml_of(mapping)) == mapping


def test_what_goes_without_saying_is_not_printed() -> None:
    assert toml_of(FileMapping(order={"custom_id": "id"})) == '\n[order]\ncustom_id = "id"\n'
