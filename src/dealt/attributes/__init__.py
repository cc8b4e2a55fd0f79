"""Typed custom attributes: declared by people, or inferred from the first value that arrives."""

from dealt.attributes.defining import (
    ATTRIBUTES,
    create_attribute,
    define_for,
    delete_attribute,
    list_attributes,
)
from dealt.attributes.model import VALUE_TYPES, Attribute, Catalogue
from dealt.attributes.typing import Assignment, assign, name_std

__all__ = [
    "ATTRIBUTES",
    "VALUE_TYPES",
    "Assignment",
    "Attribute",
    "Catalogue",
    "assign",
    "create_attribute",
    "define_for",
    "delete_attribute",
    "list_attributes",
    "name_std",
]
