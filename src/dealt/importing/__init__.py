"""Objects out of files: mapped, written in sets by several processes, and taken up again where they were left."""

from dealt.importing.composing import REASON, Composer
from dealt.importing.errors import BadMapping, ImportStopped, UnfinishedImport, UnreadableFile
from dealt.importing.grouping import Group
from dealt.importing.guessing import guess
from dealt.importing.guessing_files import guess_mapping
from dealt.importing.happening import mark_of
from dealt.importing.kinds import COMPANIES, CONTACTS, EVENTS, KINDS, ORDERS, PRODUCTS, Kind
from dealt.importing.mapping import FileMapping, Source, check_mapping, read_mapping, sources_of
from dealt.importing.objects import ObjectComposer, composer_of
from dealt.importing.previewing import Preview, preview, preview_objects
from dealt.importing.reading import Reader
from dealt.importing.resuming import Counts
from dealt.importing.rows import Row, Rows, format_of, open_rows
from dealt.importing.running import Progress, Summary, import_file
from dealt.importing.sampling import sample_of
from dealt.importing.showing import toml_of
from dealt.importing.writers import Doors, Work, Writer, writer_of
from dealt.importing.writing import Written

__all__ = [
    "COMPANIES",
    "CONTACTS",
    "EVENTS",
    "KINDS",
    "ORDERS",
    "PRODUCTS",
    "REASON",
    "BadMapping",
    "Composer",
    "Counts",
    "Doors",
    "FileMapping",
    "Group",
    "ImportStopped",
    "Kind",
    "ObjectComposer",
    "Preview",
    "Progress",
    "Reader",
    "Row",
    "Rows",
    "Source",
    "Summary",
    "UnfinishedImport",
    "UnreadableFile",
    "Work",
    "Writer",
    "Written",
    "check_mapping",
    "composer_of",
    "format_of",
    "guess",
    "guess_mapping",
    "import_file",
    "mark_of",
    "open_rows",
    "preview",
    "preview_objects",
    "read_mapping",
    "sample_of",
    "sources_of",
    "toml_of",
    "writer_of",
]
