"""Tags: free labels on contacts, companies, deals and products."""

from dealt.tags.choosing import ChosenTags, TagChange, change_tags, choose_tags
from dealt.tags.naming import (
    TAGS,
    create_tag,
    delete_tag,
    ensure_tags,
    load_tags,
    page_of_tags,
    read_tag,
    rename_tag,
    restore_tag,
)

__all__ = [
    "TAGS",
    "ChosenTags",
    "TagChange",
    "change_tags",
    "choose_tags",
    "create_tag",
    "delete_tag",
    "ensure_tags",
    "load_tags",
    "page_of_tags",
    "read_tag",
    "rename_tag",
    "restore_tag",
]
