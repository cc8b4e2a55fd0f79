"""The catalogue: products, their history, and product ids that hold before a product exists."""

from dealt.products.model import LONGEST_CUSTOM_ID, ProductFacts
from dealt.products.reserving import ProductIds, product_facts, reserve_products

__all__ = ["LONGEST_CUSTOM_ID", "ProductFacts", "ProductIds", "product_facts", "reserve_products"]
