"""Lists: static groups of contacts."""

from dealt.lists.keeping import (
    List,
    create_list,
    delete_list,
    ensure_list,
    ids_of_lists,
    page_of_lists,
    read_list,
    restore_list,
    update_list,
)
from dealt.lists.members import add_to_list, lists_of, page_of_members, remove_from_list

__all__ = [
    "List",
    "add_to_list",
    "create_list",
    "delete_list",
    "ensure_list",
    "ids_of_lists",
    "lists_of",
    "page_of_lists",
    "page_of_members",
    "read_list",
    "remove_from_list",
    "restore_list",
    "update_list",
]
