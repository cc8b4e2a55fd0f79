"""Keeps what is derived from orders exact: contacts that changed are recomputed, as sets, under their locks."""

from dealt.freshness.model import MOST_CONTACTS, Settler
from dealt.freshness.queries import STALE_DUE, WAKE_DUE
from dealt.freshness.rounds import SettlingRounds
from dealt.freshness.settling import Settling
from dealt.freshness.waking import WakingRounds, wake

__all__ = ["MOST_CONTACTS", "STALE_DUE", "WAKE_DUE", "Settler", "Settling", "SettlingRounds", "WakingRounds", "wake"]
