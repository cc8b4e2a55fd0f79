"""What people deleted in the pages, kept for a while so that it can be brought back exactly."""

from dealt.deletions.keeping import begin, forget_of, forget_old, keep, keep_images
from dealt.deletions.model import KEPT_FOR, Deletion
from dealt.deletions.restoring import (
    end,
    end_rows,
    find_deletions,
    images,
    is_open,
    list_deletions,
    put_back,
    take_deletion,
)

__all__ = [
    "KEPT_FOR",
    "Deletion",
    "begin",
    "end",
    "end_rows",
    "find_deletions",
    "forget_of",
    "forget_old",
    "images",
    "is_open",
    "keep",
    "keep_images",
    "list_deletions",
    "put_back",
    "take_deletion",
]
