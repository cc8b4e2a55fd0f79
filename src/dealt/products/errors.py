"""What a custom id may be refused for."""

from __future__ import annotations

from dealt.kernel.errors import InvalidInput


class CustomIdTaken(InvalidInput):
    """400: a product with this custom id exists."""

    def __init__(self, custom_id: str, product_id: int) -> None:
        super().__init__({"custom_id": [f'Product {product_id} has the custom id "{custom_id}"; update it instead.']})


class FormerCustomId(InvalidInput):
    """400: orders find another product by this custom id, which it had before."""

    def __init__(self, custom_id: str, product_id: int) -> None:
        sentence = f'"{custom_id}" is a former custom id of product {product_id}, which orders know by it; use another.'
        super().__init__({"custom_id": [sentence]})


class CustomIdReserved(InvalidInput):
    """400: orders name a product by this custom id, and it is not this one."""

    def __init__(self, custom_id: str) -> None:
        sentence = f'Orders already name a product "{custom_id}" of its own; create it, or use another custom id.'
        super().__init__({"custom_id": [sentence]})
