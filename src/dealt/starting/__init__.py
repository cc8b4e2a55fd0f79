"""The first minutes: an empty workspace says what to do, and shows what arrives the moment it does."""

from dealt.starting.pages import ROUTES, Demo

__all__ = ["ROUTES", "Demo"]
