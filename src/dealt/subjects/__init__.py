"""What filters can speak of in a workspace: its contacts, deals, products ... with their fields and relations."""

from dealt.subjects.building import Extra, build_subjects
from dealt.subjects.loading import SubjectVocabulary, load_subjects
from dealt.subjects.money import is_amount

__all__ = ["Extra", "SubjectVocabulary", "build_subjects", "is_amount", "load_subjects"]
