"""Contacts: the people behind orders, found by id, custom id or cookie key."""

from dealt.contacts.addressing import contacts_with_emails
from dealt.contacts.belonging import Memberships, memberships
from dealt.contacts.deleting import delete_contact
from dealt.contacts.editing import create_contact, update_contact, upsert_contact
from dealt.contacts.ensuring import ensure_contacts
from dealt.contacts.errors import CustomIdTaken
from dealt.contacts.fields import FIELDS
from dealt.contacts.finding import contacts_question, find_contacts, id_of, read_contact, read_contacts
from dealt.contacts.listing import MOMENTS, Moment, Side, TimeBound, list_contacts
from dealt.contacts.model import GENDERS, STATUSES, ContactPatch, ContactRef, Contacts, WrittenContact, display_name
from dealt.contacts.schemas import FIELD_NAMES, parse_contact
from dealt.contacts.searching import By, search_contacts, search_page
from dealt.contacts.visiting import Visit, note_visits

__all__ = [
    "FIELDS",
    "FIELD_NAMES",
    "GENDERS",
    "MOMENTS",
    "STATUSES",
    "By",
    "ContactPatch",
    "ContactRef",
    "Contacts",
    "CustomIdTaken",
    "Memberships",
    "Moment",
    "Side",
    "TimeBound",
    "Visit",
    "WrittenContact",
    "contacts_question",
    "contacts_with_emails",
    "create_contact",
    "delete_contact",
    "display_name",
    "ensure_contacts",
    "find_contacts",
    "id_of",
    "list_contacts",
    "memberships",
    "note_visits",
    "parse_contact",
    "read_contact",
    "read_contacts",
    "search_contacts",
    "search_page",
    "update_contact",
    "upsert_contact",
]
