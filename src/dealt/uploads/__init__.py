"""Imports over the API: a file that comes in parts, is imported by a worker, and tells what became of it."""

from dealt.uploads.doors import PARTS
from dealt.uploads.forgetting import REFUSED
from dealt.uploads.keeping import (
    FIELDS,
    RUN,
    add_part,
    create_import,
    delete_import,
    page_of_imports,
    page_of_rejects,
    read_import,
    start_import,
)
from dealt.uploads.model import Import, import_of
from dealt.uploads.running import run_import

__all__ = [
    "FIELDS",
    "PARTS",
    "REFUSED",
    "RUN",
    "Import",
    "add_part",
    "create_import",
    "delete_import",
    "import_of",
    "page_of_imports",
    "page_of_rejects",
    "read_import",
    "run_import",
    "start_import",
]
