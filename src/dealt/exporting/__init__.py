"""A whole workspace in a folder, and back: every object with its id, its times and its history."""

from dealt.exporting.errors import BadExport, NotEmpty
from dealt.exporting.loading import load_workspace
from dealt.exporting.manifest import Manifest, read_manifest
from dealt.exporting.tables import EXPORTED, LEFT_OUT, SEQUENCES
from dealt.exporting.writing import Format, Progress, export_workspace

__all__ = [
    "EXPORTED",
    "LEFT_OUT",
    "SEQUENCES",
    "BadExport",
    "Format",
    "Manifest",
    "NotEmpty",
    "Progress",
    "export_workspace",
    "load_workspace",
    "read_manifest",
]
