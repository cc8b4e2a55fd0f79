"""Typed custom attributes: declared by people, or inferred from the first value that arrives."""

from dealt.attributes.changing import update_attribute
from dealt.attributes.computed import define_computed, delete_computed, retype_computed
from dealt.attributes.defining import (
    ATTRIBUTES,
    create_attribute,
    define_for,
    delete_attribute,
    list_attributes,
    read_attribute,
    restore_attribute,
)
from dealt.attributes.indexing import (
    BUILD,
    DROP,
    INDEXES,
    FieldIndex,
    ask_for_index,
    build_field_index,
    build_index,
    drop_field_index,
    drop_index,
    indexing_alone,
    list_indexes,
    remove_field_index,
)
from dealt.attributes.listing import page_of_attributes
from dealt.attributes.model import EVENT, VALUE_TYPES, Attribute, Catalogue, domain_word, event_domain
from dealt.attributes.typing import Assignment, assign, name_std
from dealt.attributes.writing import LISTED, Typed, TypedSets, merge_values, split_body, type_sets, type_values

__all__ = [
    "ATTRIBUTES",
    "BUILD",
    "DROP",
    "EVENT",
    "INDEXES",
    "LISTED",
    "VALUE_TYPES",
    "Assignment",
    "Attribute",
    "Catalogue",
    "FieldIndex",
    "Typed",
    "TypedSets",
    "ask_for_index",
    "assign",
    "build_field_index",
    "build_index",
    "create_attribute",
    "define_computed",
    "define_for",
    "delete_attribute",
    "delete_computed",
    "domain_word",
    "drop_field_index",
    "drop_index",
    "event_domain",
    "indexing_alone",
    "list_attributes",
    "list_indexes",
    "merge_values",
    "name_std",
    "page_of_attributes",
    "read_attribute",
    "remove_field_index",
    "restore_attribute",
    "retype_computed",
    "split_body",
    "type_sets",
    "type_values",
    "update_attribute",
]
