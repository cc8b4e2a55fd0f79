"""The catalogue: products, their history, and product ids that hold before a product exists."""

from dealt.products.fields import FIELDS, SERVED
from dealt.products.finding import FoundProducts, products_question
from dealt.products.model import LONGEST_CUSTOM_ID, STANDARD, Product, ProductFacts, product_of
from dealt.products.reading import (
    find_product_id,
    list_products,
    matching_name,
    product_history,
    read_product,
    with_custom_id,
)
from dealt.products.refreshing import Refresh, Refreshed, refresh_products
from dealt.products.reserving import (
    ProductIds,
    facts_question,
    find_product_ids,
    product_facts,
    release_products,
    reserve_products,
)
from dealt.products.schemas import FIELD_NAMES, ProductPatch, parse_product
from dealt.products.upserting import UpsertedProduct, UpsertedProducts, upsert_products
from dealt.products.writing import WrittenProduct, create_product, delete_product, restore_product, update_product

__all__ = [
    "FIELDS",
    "FIELD_NAMES",
    "LONGEST_CUSTOM_ID",
    "SERVED",
    "STANDARD",
    "FoundProducts",
    "Product",
    "ProductFacts",
    "ProductIds",
    "ProductPatch",
    "Refresh",
    "Refreshed",
    "UpsertedProduct",
    "UpsertedProducts",
    "WrittenProduct",
    "create_product",
    "delete_product",
    "facts_question",
    "find_product_id",
    "find_product_ids",
    "list_products",
    "matching_name",
    "parse_product",
    "product_facts",
    "product_history",
    "product_of",
    "products_question",
    "read_product",
    "refresh_products",
    "release_products",
    "reserve_products",
    "restore_product",
    "update_product",
    "upsert_products",
    "with_custom_id",
]
