"""The pages of those who sign in: the sign-in itself, one's own account, and what an admin looks after."""

from dealt.members import coming, factor, journal, me, people, signing, system, tokens, workspace

ROUTES = [
    *signing.ROUTES,
    *coming.ROUTES,
    *me.ROUTES,
    *factor.ROUTES,
    *workspace.ROUTES,
    *people.ROUTES,
    *tokens.ROUTES,
    *journal.ROUTES,
    *system.ROUTES,
]

__all__ = ["ROUTES"]
