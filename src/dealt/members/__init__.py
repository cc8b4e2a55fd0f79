"""The pages of those who sign in: the sign-in itself, one's own account, and who else may come in."""

from dealt.members.me import ROUTES as _OF_ONESELF
from dealt.members.signing import ROUTES as _OF_SIGNING

ROUTES = [*_OF_SIGNING, *_OF_ONESELF]

__all__ = ["ROUTES"]
