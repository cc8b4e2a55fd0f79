"""Contacts: the people behind orders, found by id, custom id or cookie key."""

from dealt.contacts.addressing import contacts_with_emails
from dealt.contacts.auditing import check_contacts
from dealt.contacts.belonging import Memberships, memberships
from dealt.contacts.columns import contact_columns
from dealt.contacts.deleting import restore_contacts, strip_contacts
from dealt.contacts.editing import create_contact, update_contact
from dealt.contacts.ensuring import ensure_contacts
from dealt.contacts.errors import ContactsNotFound, CustomIdTaken
from dealt.contacts.fields import FIELDS
from dealt.contacts.finding import contacts_question, find_contacts, hold_contact, id_of, read_contact, read_contacts
from dealt.contacts.gathering import ContactWriter
from dealt.contacts.listing import page_of_tagged
from dealt.contacts.model import (
    BLANK,
    GENDERS,
    STATUSES,
    ContactPatch,
    ContactRef,
    Contacts,
    WrittenContact,
    called,
    display_name,
)
from dealt.contacts.schemas import FIELD_NAMES, READ_ONLY, parse_contact
from dealt.contacts.searching import narrowed_to, search_contacts, search_page
from dealt.contacts.untagging import follow_deleted_tag
from dealt.contacts.updating_many import ALIKE, MOST_AT_ONCE, update_contacts
from dealt.contacts.upserting import upsert_contact, upsert_contacts
from dealt.contacts.visiting import Visit, note_visits
from dealt.contacts.works import ContactWork, upsert_work

__all__ = [
    "ALIKE",
    "BLANK",
    "FIELDS",
    "FIELD_NAMES",
    "GENDERS",
    "MOST_AT_ONCE",
    "READ_ONLY",
    "STATUSES",
    "ContactPatch",
    "ContactRef",
    "ContactWork",
    "ContactWriter",
    "Contacts",
    "ContactsNotFound",
    "CustomIdTaken",
    "Memberships",
    "Visit",
    "WrittenContact",
    "called",
    "check_contacts",
    "contact_columns",
    "contacts_question",
    "contacts_with_emails",
    "create_contact",
    "display_name",
    "ensure_contacts",
    "find_contacts",
    "follow_deleted_tag",
    "hold_contact",
    "id_of",
    "memberships",
    "narrowed_to",
    "note_visits",
    "page_of_tagged",
    "parse_contact",
    "read_contact",
    "read_contacts",
    "restore_contacts",
    "search_contacts",
    "search_page",
    "strip_contacts",
    "update_contact",
    "update_contacts",
    "upsert_contact",
    "upsert_contacts",
    "upsert_work",
]
