"""The User.com-compatible face: thin routes in version 1 and version 2 shapes that call the domains' actions."""

from dealt.publicapi.dispatch import PublicApi
from dealt.publicapi.presenting import Presenting
from dealt.publicapi.services import Services

__all__ = ["Presenting", "PublicApi", "Services"]
