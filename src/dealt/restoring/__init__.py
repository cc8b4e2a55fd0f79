"""The page of what was deleted, and bringing it back."""

from dealt.restoring.pages import ROUTES, bring_back

__all__ = ["ROUTES", "bring_back"]
