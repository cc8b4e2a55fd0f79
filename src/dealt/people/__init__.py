"""People: contacts that are joined, split again, forgotten and told what is known of them."""

from dealt.people.exporting import export_person, journal_access
from dealt.people.forgetting import delete_person, erase_person, find_people
from dealt.people.journal import Journal
from dealt.people.kept import NAMES_NOBODY
from dealt.people.listing import list_merges
from dealt.people.merging import MOST_AT_ONCE, merge
from dealt.people.model import ROWS_A_BATCH, Forgetting, Move, Report, Returning
from dealt.people.movers import (
    Derived,
    Mover,
    Movers,
    Passing,
    Rows,
    move_history,
    move_parts,
    redirect_follows,
    tell_moved,
)
from dealt.people.naming import Path, forget_named, remember_named
from dealt.people.own import OWN
from dealt.people.restoring import restore_person
from dealt.people.texts import keep_texts, kept_texts, with_texts_of
from dealt.people.unmerging import unmerge

__all__ = [
    "MOST_AT_ONCE",
    "NAMES_NOBODY",
    "OWN",
    "ROWS_A_BATCH",
    "Derived",
    "Forgetting",
    "Journal",
    "Move",
    "Mover",
    "Movers",
    "Passing",
    "Path",
    "Report",
    "Returning",
    "Rows",
    "delete_person",
    "erase_person",
    "export_person",
    "find_people",
    "forget_named",
    "journal_access",
    "keep_texts",
    "kept_texts",
    "list_merges",
    "merge",
    "move_history",
    "move_parts",
    "redirect_follows",
    "remember_named",
    "restore_person",
    "tell_moved",
    "unmerge",
    "with_texts_of",
]
