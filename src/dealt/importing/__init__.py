"""Orders out of files: mapped, written in sets by several processes, and taken up again where they were left."""

from dealt.importing.composing import Composer
from dealt.importing.errors import BadMapping, ImportStopped, UnfinishedImport, UnreadableFile
from dealt.importing.guessing import guess
from dealt.importing.mapping import OrderMapping, check_mapping, read_mapping
from dealt.importing.previewing import Preview, preview
from dealt.importing.reading import Reader
from dealt.importing.rows import Rows, format_of, open_rows
from dealt.importing.running import Progress, Summary, import_orders
from dealt.importing.sampling import sample_of
from dealt.importing.showing import toml_of
from dealt.importing.workers import Orders

__all__ = [
    "BadMapping",
    "Composer",
    "ImportStopped",
    "OrderMapping",
    "Orders",
    "Preview",
    "Progress",
    "Reader",
    "Rows",
    "Summary",
    "UnfinishedImport",
    "UnreadableFile",
    "check_mapping",
    "format_of",
    "guess",
    "import_orders",
    "open_rows",
    "preview",
    "read_mapping",
    "sample_of",
    "toml_of",
]
