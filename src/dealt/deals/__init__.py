"""Orders as editable deals."""

from dealt.deals.gathering import DealWriter

__all__ = ["DealWriter"]
