"""What filters can speak of in a workspace: its contacts, deals, products ... with their fields and relations."""

from dealt.subjects.building import Extra, build_subjects

__all__ = ["Extra", "build_subjects"]
